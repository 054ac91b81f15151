import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specJsonSchema } from '../../support/reference/json-schema.js';
import { schemaFaults } from '../../support/reference/schema-check.js';
import type { JsonSchema } from '../../support/reference/tidy-schema.js';
import { problemsOf } from '../spec/helpers.js';

const examples = resolve(import.meta.dirname, '../../../examples');
const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'));
const contract = readFileSync(new URL('../spec/contract.yaml', import.meta.url), 'utf8');

describe('what the schema takes', () => {
  test.each(files)('examples/%s', (file) => {
    expect(schemaFaults(readFileSync(join(examples, file), 'utf8'))).toEqual([]);
  });

  test('the example of the contract', () => expect(schemaFaults(contract)).toEqual([]));

  test('a variable wherever a value is, and what Compose takes for true', () => {
    const text = `
name: \${STACK}
x-any: [1]
networks:
  a: { vlan: "\${VLAN}", mtu: "\${MTU:-1500}", internal: "\${INTERNAL}", scope: "\${SCOPE}", attachable: YES, x-b: {} }
  x-like-a-name: { driver: bridge }
`;
    expect(schemaFaults(text)).toEqual([]);
  });
});

/** What netctl says of the shape of a file, the schema says too. */
const wrong: readonly (readonly [string, string, string])[] = [
  ['no name', 'networks: {}', "must have required property 'name' name"],
  ['a name that is none', 'name: Home', '/name must match pattern'],
  ['a misspelled key at the top', 'name: a\nnetwork: {}', 'must NOT have additional properties network'],
  [
    'one of a network',
    'name: a\nnetworks: { lan: { parnet: eth0 } }',
    '/networks/lan must NOT have additional properties',
  ],
  [
    'one of a pool',
    'name: a\nnetworks: { lan: { ipam: { config: [{ subnets: x }] } } }',
    '/networks/lan/ipam/config/0',
  ],
  ['one of a shim', 'name: a\nnetworks: { lan: { shim: { adress: 10.0.0.1 } } }', '/networks/lan/shim must NOT'],
  ['one of a host', 'name: a\nnetworks: { lan: { hosts: { n: { driver: x } } } }', '/networks/lan/hosts/n must NOT'],
  [
    'one of a place',
    'name: a\ncontainers: { c: { networks: { lan: { ip: x } } } }',
    '/containers/c/networks/lan must NOT',
  ],
  ['a number for text', 'name: a\nnetworks: { lan: { parent: 5 } }', '/networks/lan/parent must be string'],
  ['text for a number', 'name: a\nnetworks: { lan: { vlan: thirty } }', '/networks/lan/vlan must match pattern'],
  ['a number that is too large', 'name: a\nnetworks: { lan: { vlan: 4095 } }', '/networks/lan/vlan must be <= 4094'],
  ['a list for a mapping', 'name: a\nnetworks: [lan]', '/networks must be object,null'],
  ['a word for true', 'name: a\nnetworks: { lan: { internal: perhaps } }', '/networks/lan/internal must match pattern'],
  ['a scope that is none', 'name: a\nnetworks: { lan: { scope: global } }', '/networks/lan/scope must match pattern'],
  ['empty text', 'name: a\nnetworks: { lan: { parent: "" } }', '/networks/lan/parent must NOT have fewer than 1'],
  [
    'a VLAN without its id',
    'name: a\nvlans: { eth0.5: { parent: eth0 } }',
    "/vlans/eth0.5 must have required property 'id'",
  ],
  ['a host without its engine', 'name: a\nhosts: { n: {} }', "/hosts/n must have required property 'docker'"],
  ['a host that is called local', 'name: a\nhosts: { local: { docker: x } }', '/hosts must match pattern'],
  [
    'a time that is none',
    'name: a\ndiscovery: { consul: { networks: [x], ttl: soon } }',
    '/discovery/consul/ttl must match',
  ],
  [
    'one in a Compose file',
    'services: {}\nnetworks: { lan: { external: true, x-netctl: { parnet: x } } }',
    '/networks/lan/x-netctl must NOT',
  ],
  [
    'what a Compose file says elsewhere',
    'services: {}\nx-netctl: { networks: {} }',
    '/x-netctl must NOT have additional',
  ],
];

test.each(wrong)('the schema refuses %s, as netctl does', (_what, text, fault) => {
  expect(schemaFaults(text).join('\n')).toContain(fault);
  expect(problemsOf(text).some(({ severity }) => severity === 'error')).toBe(true);
});

test('every key has a description', () => {
  const bare: string[] = [];
  const look = (schema: JsonSchema, path: string): void => {
    for (const [key, one] of Object.entries(schema.properties ?? {})) {
      if (one.description === undefined && one['$ref'] === undefined) bare.push(`${path}.${key}`);
      look(one, `${path}.${key}`);
    }
    for (const one of [schema.items, schema.additionalProperties]) if (typeof one === 'object') look(one, `${path}.*`);
  };
  const { definitions } = specJsonSchema() as { readonly definitions: Readonly<Record<string, JsonSchema>> };
  for (const [name, definition] of Object.entries(definitions)) look(definition, name);
  expect(bare).toEqual([]);
});
