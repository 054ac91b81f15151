import { DRIVER_OPTIONS } from '../../../packages/core/src/spec/options.js';
import type { DriverOption } from '../../../packages/core/src/spec/options.js';
import { specJsonSchema } from './json-schema.js';
import { MADE, table } from './markdown.js';
import type { JsonSchema } from './tidy-schema.js';

interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** docs/reference/spec.md */
export function specPage(): string {
  const { definitions } = specJsonSchema() as {
    readonly definitions: Readonly<Record<'spec' | 'network', JsonSchema>>;
  };
  const { networks, ...others } = definitions.spec.properties ?? {};
  const spec = { ...definitions.spec, properties: { ...others } };
  const sections = Object.entries({ name: others['name'], networks, ...spec.properties }).flatMap(([key, schema]) => {
    if (schema === undefined) return [];
    const inside = key === 'networks' ? rowsOf(definitions.network, 'networks.NAME') : rowsOf(schema, key);
    return [
      `## ${key}`,
      table(HEAD, [cellsOf({ path: key, schema, required: key === 'name' }), ...inside.map(cellsOf)]),
    ];
  });
  return [
    '# Every key of a spec',
    MADE,
    'What the keys are for is told in [the spec](../spec.md). `NAME` is any name of yours, and `[]` an item of a list. A ' +
      'value may also be a variable (`${NAME}`), and `x-` keys are ignored. `netctl schema` prints the same for editors.',
    ...sections,
    '## Options of the drivers',
    'What `driver_opts` may have. Other drivers take what their plugins take.',
    table(['driver', 'option', 'value', 'needs engine'], Object.entries(DRIVER_OPTIONS).flatMap(optionRows)),
  ].join('\n\n');
}

const HEAD = ['key', 'type', 'default', 'meaning', 'example'];

/** The keys below a value, those of mappings of names and of lists too. */
function rowsOf(schema: JsonSchema, path: string): readonly Row[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, one]): readonly Row[] => {
    const row = { path: `${path}.${key}`, schema: one, required: schema.required?.includes(key) === true };
    return [row, ...rowsOf(one, row.path)];
  });
  const { additionalProperties: others, items } = schema;
  return [
    ...own,
    ...(typeof others === 'object' ? rowsOf(others, `${path}.NAME`) : []),
    ...(items === undefined ? [] : rowsOf(items, `${path}[]`)),
  ];
}

function cellsOf({ path, schema, required }: Row): readonly string[] {
  const { description = '', examples = [] } = schema;
  return [
    `\`${path}\`${required ? ' (required)' : ''}`,
    typesOf(schema),
    schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``,
    description.replaceAll('|', '\\|').replaceAll('<', '&lt;'),
    examples.map((one) => `\`${typeof one === 'string' ? one : JSON.stringify(one)}\``).join(', '),
  ];
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'mapping',
  array: 'list',
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

/** Without what only stands for another type: text for a number or for true, nothing for an empty mapping. */
function typesOf({ type = [], minimum, maximum, pattern }: JsonSchema): string {
  const types = [type].flat().filter((one) => one !== 'null');
  const isStandIn = pattern !== undefined && types.some((one) => one === 'integer' || one === 'boolean');
  const words = types.filter((one) => !(one === 'string' && isStandIn)).map((one) => TYPES[one] ?? one);
  const limits = minimum === undefined ? '' : ` from ${String(minimum)} to ${String(maximum)}`;
  return `${words.join(', ')}${limits}${pattern?.includes('(auto)') === true ? ', or auto' : ''}`;
}

function optionRows([driver, options]: readonly [string, Readonly<Record<string, DriverOption>>]): string[][] {
  return Object.entries(options).map(([key, option]) => [driver, `\`${key}\``, valueOf(option), option.since ?? '']);
}

function valueOf({ type, values, min, max }: DriverOption): string {
  if (values === undefined) return min === undefined ? type : `${type} from ${String(min)} to ${String(max)}`;
  return Object.entries(values)
    .map(([value, { since }]) => (since === undefined ? value : `${value} (from ${since})`))
    .join(', ');
}
