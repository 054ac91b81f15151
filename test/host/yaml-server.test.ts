import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';
import { startYamlServer, type YamlServer } from './support/yaml-server.js';

/* What editors make of the JSON Schema: a real language server, told of the schema by the first line of a file. */

let server: YamlServer;
beforeAll(async () => {
  server = await startYamlServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const name = 'examples/in-the-editor.yaml';
const told = (text: string): string =>
  `# yaml-language-server: $schema=../packages/cli/schema/netctl.schema.json\n${text}`;

const examples = readdirSync(join(repository, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.stack.yaml'))
  .map((file) => join('examples', file));

test('every example names the schema, and has nothing wrong', async () => {
  expect(examples.length).toBeGreaterThan(25);
  for (const file of examples) {
    const text = readFileSync(join(repository, file), 'utf8');
    expect(text, file).toMatch(
      /^# yaml-language-server: \$schema=(\.\.\/)+packages\/cli\/schema\/netctl\.schema\.json\n/,
    );
    expect(await server.complaints(file, text), file).toEqual([]);
  }
});

describe('completion', () => {
  const places: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['the top', 'name: home\n|', ['networks', 'vlans', 'containers', 'hosts', 'swarm', 'avoid'], /VLAN links wanted/],
    [
      'a network',
      'name: home\nnetworks:\n  lan:\n    driver: macvlan\n    |',
      ['parent', 'vlan', 'shim', 'ipam'],
      /the link of the host/,
    ],
    [
      'a pool',
      'name: home\nnetworks:\n  lan:\n    ipam:\n      config:\n        - subnet: 10.0.0.0/24\n          |',
      ['gateway', 'ip_range', 'aux_addresses'],
      /What Docker hands out/,
    ],
    [
      'a place of a container',
      'name: home\ncontainers:\n  web:\n    networks:\n      lan:\n        aliases: [a]\n        |',
      ['ipv4_address', 'mac_address', 'gw_priority'],
      /The address that it always has/,
    ],
    [
      'a network of a Compose file',
      'services: {}\nnetworks:\n  lan:\n    external: true\n    x-netctl:\n      driver: macvlan\n      |',
      ['parent', 'subnet', 'shim'],
      /the link of the host/,
    ],
  ];
  test.each(places)('of keys, in %s, with what each is', async (_place, text, labels, what) => {
    const found = await server.completions(name, told(text));
    expect(found.map(({ label }) => label)).toEqual(expect.arrayContaining([...labels]));
    expect(found.map(({ documentation }) => documentation).join('\n')).toMatch(what);
  });

  test('not of what is there already, and not of what belongs elsewhere', async () => {
    const found = await server.completions(name, told('name: home\nnetworks:\n  lan:\n    driver: macvlan\n    |'));
    const labels = found.map(({ label }) => label);
    for (const other of ['driver', 'managers', 'docker', 'networks']) expect(labels).not.toContain(other);
  });

  const values: readonly (readonly [string, string, readonly string[]])[] = [
    ['a driver', 'name: home\nnetworks:\n  lan:\n    driver: |', ['bridge', 'macvlan', 'ipvlan', 'overlay']],
    ['a mode', 'name: home\nnetworks:\n  lan:\n    mode: |', ['bridge', 'passthru', 'l3s']],
    ['yes or no', 'name: home\nnetworks:\n  lan:\n    internal: |', ['true', 'false']],
    ['an MTU', 'name: home\nnetworks:\n  lan:\n    mtu: |', ['auto']],
    ['a code to ignore', 'name: home\nignore:\n  - |', ['WIFI_PARENT', 'L3_NEEDS_ROUTE']],
  ];
  test.each(values)('of values: %s', async (_what, text, labels) => {
    const found = (await server.completions(name, told(text))).map(({ label }) => label);
    expect(found).toEqual(expect.arrayContaining([...labels]));
  });
});

test('what a key is, under the pointer', async () => {
  const text = 'name: home\nnetworks:\n  lan:\n    ip_ra|nge: 192.168.1.192/27\n';
  expect(await server.hover(name, told(text))).toMatch(/What Docker hands out: CIDR, or first-last/);
});

describe('errors', () => {
  const wrong: readonly (readonly [string, string, number, RegExp])[] = [
    ['a misspelled key', 'name: home\nnetworks:\n  lan:\n    parnet: eth0\n', 5, /Property parnet is not allowed/],
    ['a wrong type', 'name: home\nnetworks:\n  lan:\n    parent: 5\n', 5, /This must be text/],
    ['a number out of its range', 'name: home\nnetworks:\n  lan:\n    vlan: 4095\n', 5, /maximum of 4094/],
    ['text that is no number', 'name: home\nnetworks:\n  lan:\n    vlan: thirty\n', 5, /whole number from 1 to 4094/],
    [
      'a word that is none of a few',
      'name: home\nnetworks:\n  lan:\n    scope: global\n',
      5,
      /This must be local or swarm/,
    ],
    ['no name', 'networks: {}\n', 2, /Missing property "name"/],
    [
      'one in a Compose file',
      'services: {}\nnetworks:\n  lan:\n    external: true\n    x-netctl:\n      parnet: eth0\n',
      7,
      /Property parnet is not allowed/,
    ],
  ];
  test.each(wrong)('%s', async (_what, text, line, message) => {
    const found = await server.complaints(name, told(text));
    expect(found.map((one) => ({ ...one, message: message.test(one.message) }))).toEqual([{ line, message: true }]);
  });
});
