import * as z from 'zod';
import { IGNORABLE } from '../../../packages/core/src/codes.js';
import { specSchema } from '../../../packages/core/src/spec/schema.js';
import { tidy } from './tidy-schema.js';
import type { JsonSchema } from './tidy-schema.js';

/**
 * The JSON Schema of a spec, from its zod definition: draft 7, which is what editors know best. A file with `services:` or
 * `include:` is a Compose file, and has the keys of a spec below `x-netctl:`; the rest of it is left to Compose's own.
 */
export function specJsonSchema(): JsonSchema {
  const { services: _ofComposeFiles, networks, ignore, ...keys } = tidy(zodJsonSchema()).properties ?? {};
  const network = networks?.additionalProperties;
  if (typeof network !== 'object') throw new Error('networks is no mapping of names');
  const spec = {
    ...keys,
    networks: { ...networks, additionalProperties: ref('network') },
    ignore: { ...ignore, items: { ...ignore?.items, examples: IGNORABLE } },
  };
  const beside = (properties: object, ...others: string[]): readonly string[] =>
    Object.keys(properties).filter((key) => !others.includes(key));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:netctl:spec:1',
    title: 'netctl',
    description: 'Docker networks and their host links, as netctl makes them.',
    if: { type: 'object', anyOf: [{ required: ['services'] }, { required: ['include'] }] },
    then: ref('compose'),
    else: ref('spec'),
    definitions: {
      network,
      spec: objectOf(spec, ['name']),
      compose: composeFile(beside(network.properties ?? {}, 'name', 'external'), beside(spec, 'name', 'networks')),
    },
  };
}

interface Told {
  readonly error?: ((issue: never) => unknown) | undefined;
}

/** The definition as zod has it, with the words of netctl's own errors for editors to show (as VS Code's JSON does). */
function zodJsonSchema(): JsonSchema {
  return z.toJSONSchema(specSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const { _zod: zod } = zodSchema;
      // zod leaves these out of what is transformed; here they are of what is written.
      const { examples, default: usual } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (usual !== undefined) jsonSchema['default'] = usual;
      setTold(jsonSchema, 'errorMessage', zod.def);
      for (const { _zod: check } of zod.def.checks ?? []) {
        const { pattern } = check.def as { readonly pattern?: RegExp };
        if (pattern === undefined) continue;
        jsonSchema.pattern = patternOf(pattern);
        setTold(jsonSchema, 'patternErrorMessage', check.def);
      }
    },
  }) as JsonSchema;
}

/** netctl's words read after "must be". */
function setTold(schema: Record<string, unknown>, key: string, { error }: Told): void {
  const told = error?.({} as never);
  if (typeof told === 'string') schema[key] = `This must be ${told}.`;
}

/** JSON Schema has no flags. */
function patternOf({ source, flags }: RegExp): string {
  return flags.includes('i') ? source.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`) : source;
}

function composeFile(network: readonly string[], besides: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties: {
      networks: {
        type: ['object', 'null'],
        description: 'The networks of the project. netctl makes those that are external: true and have x-netctl:.',
        additionalProperties: {
          type: ['object', 'null'],
          properties: {
            'x-netctl': {
              ...objectOf(sameAs('network', network), []),
              description: 'netctl makes this network. The keys are those of a network of a spec.',
            },
          },
        },
      },
      'x-netctl': {
        ...objectOf(sameAs('spec', besides), []),
        type: ['object', 'null'],
        description: 'What netctl is told besides, as at the top of a spec: vlans, containers, avoid, ignore.',
      },
    },
  };
}

/** The properties of a definition under their own names. */
function sameAs(definition: string, keys: readonly string[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(keys.map((key) => [key, ref(`${definition}/properties/${key}`)]));
}

function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

function objectOf(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required, patternProperties: { '^x-': {} }, additionalProperties: false };
}
