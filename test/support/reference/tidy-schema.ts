import type { Segment } from '../../../packages/core/src/spec/path.js';
import { isExtension } from '../../../packages/core/src/spec/text/extensions.js';

/** As much of JSON Schema as netctl's own uses. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A variable in text; what it stands for is known only when netctl reads the file. */
const VARIABLE = String.raw`\$`;

/**
 * The same schema as editors take it best: what may be of several types is one schema with a list of types, so that an error
 * is about what is there and not about each of the alternatives. `x-` keys are allowed where netctl ignores them, and
 * text may be a variable.
 */
export function tidy(schema: JsonSchema, path: readonly Segment[] = []): JsonSchema {
  const { anyOf, pattern, enum: words, const: word, propertyNames, ...rest } = schema;
  if (anyOf !== undefined) {
    const all = { ...merged(anyOf.map((one) => tidy(one, path))), ...rest };
    const { errorMessage: _ofAnyFault, ...withKeys } = all;
    const { patternErrorMessage: _ofOneForm, ...withoutKeys } = all;
    // Editors have it for a key too much or too few as well, of which their own words say more.
    return all.properties === undefined ? withoutKeys : withKeys;
  }
  const { properties, additionalProperties, items } = rest;
  const text = words ?? (word === undefined ? undefined : [word]);
  return {
    ...rest,
    ...(properties && { errorMessage: undefined }),
    ...(pattern === undefined ? {} : textOf(pattern)),
    ...(Array.isArray(text) ? { ...textOf(`^(${text.join('|')})$`), examples: text } : {}),
    ...(propertyNames?.pattern === undefined ? {} : { propertyNames: { pattern: propertyNames.pattern } }),
    ...(properties && { properties: mapEntries(properties, (one, key) => tidy(one, [...path, key])) }),
    ...(items && { items: tidy(items, [...path, 0]) }),
    ...(additionalProperties === undefined ? {} : othersOf(additionalProperties, path)),
  };
}

function othersOf(others: JsonSchema | boolean, path: readonly Segment[]): JsonSchema {
  return {
    ...(isExtension(path, 'x-any') ? { patternProperties: { '^x-': {} } } : {}),
    additionalProperties: typeof others === 'boolean' ? others : tidy(others, [...path, '*']),
  };
}

function textOf(pattern: string): JsonSchema {
  return pattern === String.raw`^[\s\S]` ? { minLength: 1 } : { pattern: `${VARIABLE}|${pattern}` };
}

/** Each type's own words say nothing of the others, and texts of two patterns are text of either. */
function merged(options: readonly JsonSchema[]): JsonSchema {
  return options.reduce((one, other) => {
    const types = [...new Set([one.type, other.type].flat())] as string[];
    const patterns = [one.pattern, other.pattern].filter((pattern) => pattern !== undefined);
    const examples = [...(one.examples ?? []), ...(other.examples ?? [])];
    return {
      ...one,
      ...other,
      type: types,
      ...(patterns.length > 0 ? { pattern: patterns.join('|').replaceAll(`|${VARIABLE}|`, '|') } : {}),
      ...(examples.length > 0 ? { examples } : {}),
    };
  });
}

function mapEntries<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
