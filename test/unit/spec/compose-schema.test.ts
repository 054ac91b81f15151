import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { load, problemsOf } from './helpers.js';

/** As much of JSON Schema as the networks of the Compose Specification use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
}

const fixture = JSON.parse(readFileSync(new URL('compose-networks.json', import.meta.url), 'utf8')) as Record<
  string,
  Schema
>;

/** A value of each type, in YAML; text that means something wherever it stands. */
const SAMPLES: Readonly<Record<string, string>> = {
  string: '"true"',
  number: '5',
  boolean: 'true',
  null: '~',
  object: '{}',
  array: '[]',
};

/** Where the text has to be an address or a driver for the rest of netctl. */
const TEXTS: Readonly<Record<string, string>> = {
  'ipam.config[].subnet': '10.0.0.0/24',
  'ipam.config[].ip_range': '10.0.0.0/25',
  'ipam.config[].gateway': '10.0.0.1',
  'ipam.config[].aux_addresses.*': '10.0.0.9',
};

interface Case {
  readonly path: string;
  readonly type: string;
  readonly block: string;
  readonly valid: boolean;
}

/** Each key of a schema with a value of each type; `wrap` puts a value at its place in a network. */
function casesOf(given: Schema, path: string, wrap: (value: string) => string): readonly Case[] {
  const schema = given.$ref === undefined ? given : (fixture[given.$ref.split('/').at(-1) ?? ''] ?? given);
  const forms = schema.oneOf ?? [schema];
  const types = forms.flatMap(({ type = [] }) => type);
  const own = Object.entries(SAMPLES).map(([type, sample]): Case => {
    const block = wrap(type === 'string' ? (TEXTS[path] ?? sample) : sample);
    return { path, type, block, valid: types.includes(type) };
  });
  const inner = forms.flatMap((form) => {
    const keys = Object.entries(form.properties ?? {}).map(([key, one]): [string, Schema] => [key, one]);
    const names = Object.entries(form.patternProperties ?? {}).map(([pattern, one]): [string, Schema] =>
      pattern === '^x-' ? ['x-any', { type: Object.keys(SAMPLES) }] : ['*', one],
    );
    const members = [...keys, ...names].flatMap(([key, one]) =>
      casesOf(one, path === '' ? key : `${path}.${key}`, (value) =>
        wrap(`{ ${companion(path, key)}${key === '*' ? 'a' : key}: ${value} }`),
      ),
    );
    const items = form.items === undefined ? [] : casesOf(form.items, `${path}[]`, (value) => wrap(`[${value}]`));
    return [...members, ...items];
  });
  return [...(path === '' ? [] : own), ...inner];
}

/** What a key cannot do without, which no schema says. */
function companion(path: string, key: string): string {
  return path === 'ipam.config[]' && key !== 'subnet' ? 'subnet: 10.0.0.0/24, ' : '';
}

const cases = casesOf(fixture['network'] ?? {}, '', (block) => block);

describe('the JSON Schema of the Compose Specification', () => {
  test('is walked through whole', () => {
    expect([...new Set(cases.map(({ path }) => path))].sort()).toMatchInlineSnapshot(`
      [
        "attachable",
        "driver",
        "driver_opts",
        "driver_opts.*",
        "enable_ipv4",
        "enable_ipv6",
        "external",
        "external.name",
        "external.x-any",
        "internal",
        "ipam",
        "ipam.config",
        "ipam.config[]",
        "ipam.config[].aux_addresses",
        "ipam.config[].aux_addresses.*",
        "ipam.config[].gateway",
        "ipam.config[].ip_range",
        "ipam.config[].subnet",
        "ipam.config[].x-any",
        "ipam.driver",
        "ipam.options",
        "ipam.options.*",
        "ipam.x-any",
        "labels",
        "labels.*",
        "labels[]",
        "name",
        "x-any",
      ]
    `);
    expect(cases.filter(({ valid }) => valid)).toHaveLength(59);
  });

  test.each(cases.filter(({ valid }) => valid))('$path takes $type: $block', ({ block }) => {
    expect(Object.keys(load(`name: a\nnetworks:\n  lan: ${block}\n`).spec.networks)).toEqual(['lan']);
  });

  test.each(cases.filter(({ valid }) => !valid))('$path does not take $type: $block', ({ block }) => {
    const codes = problemsOf(`name: a\nnetworks:\n  lan: ${block}\n`).map(({ code }) => code);
    expect(codes).toEqual([expect.stringMatching(/^(WRONG_TYPE|INVALID_VALUE)$/)]);
  });

  test('a network may be nothing at all', () =>
    expect(load('name: a\nnetworks: { lan: ~ }\n').spec.networks).toEqual({ lan: {} }));
});
