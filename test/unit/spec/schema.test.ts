import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { specSchema } from '../../../packages/core/src/spec/schema.js';
import { editDistance, suggest } from '../../../packages/core/src/spec/suggest.js';
import { brief, load, problemsOf } from './helpers.js';

const contract = readFileSync(new URL('contract.yaml', import.meta.url), 'utf8');

describe('the format', () => {
  test('the example of the contract is valid', () => {
    const { spec, problems } = load(contract);
    expect(brief(problems)).toEqual(['NO_IP_RANGE networks.iot 15:3']);
    expect(Object.keys(spec.networks)).toEqual(['lan', 'iot', 'cameras', 'web', 'app']);
    expect(spec.networks['app']).toEqual({ driver: 'overlay', attachable: true, encrypted: true, mtu: 'auto' });
    expect(spec.vlans).toEqual({ 'eth0.50': { parent: 'eth0', id: 50, mtu: 1500 } });
  });

  test('every network block of Compose is valid, with one type for each value', () => {
    const text = `
name: a
networks:
  empty:
  old: { external: { name: real } }
  other: { external: "true", name: elsewhere }
  list: { labels: [a=b=c, d] }
  full:
    name: full_name
    driver: bridge
    driver_opts: { com.docker.network.driver.mtu: 1400, com.docker.network.bridge.enable_icc: "false" }
    attachable: false
    enable_ipv4: "true"
    enable_ipv6: TRUE
    internal: "False"
    ipam:
      driver: default
      config:
        - { subnet: 172.28.0.0/16, ip_range: 172.28.5.0/24, gateway: 172.28.5.254, aux_addresses: { host1: 172.28.1.5 } }
        - { subnet: "fd00:1::/64" }
      options: { foo: bar }
    labels: { text: x, number: 5, float: 1.5, yes: true, none: null }
`;
    expect(brief(load(text).problems)).toEqual([]);
    expect(load(text).spec.networks).toEqual({
      empty: {},
      old: { external: true, name: 'real' },
      other: { external: true, name: 'elsewhere' },
      list: { labels: { a: 'b=c', d: '' } },
      full: {
        name: 'full_name',
        driver: 'bridge',
        driver_opts: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.enable_icc': 'false' },
        attachable: false,
        enable_ipv4: true,
        enable_ipv6: true,
        internal: false,
        ipam: {
          driver: 'default',
          config: [
            {
              subnet: '172.28.0.0/16',
              ip_range: '172.28.5.0/24',
              gateway: '172.28.5.254',
              aux_addresses: { host1: '172.28.1.5' },
            },
            { subnet: 'fd00:1::/64' },
          ],
          options: { foo: 'bar' },
        },
        labels: { text: 'x', number: '5', float: '1.5', yes: 'true', none: '' },
      },
    });
  });

  test.each([
    [
      'networks: []',
      'WRONG_TYPE networks 2:1',
      'networks must be a mapping of names to networks, and is a list.',
      'dashes',
    ],
    ['networks: { l: 7 }', 'WRONG_TYPE networks.l 2:16', 'and is 7', 'mapping'],
    ['networks: { l: { driver: 7 } }', 'WRONG_TYPE networks.l.driver 2:26', 'must be text', 'Write it in quotes: "7".'],
    ['networks: { l: { driver: "" } }', 'INVALID_VALUE networks.l.driver 2:26', 'text that is not empty', 'Write'],
    ['networks: { l: { driver: } }', 'WRONG_TYPE networks.l.driver 2:18', 'and is empty', 'remove the key'],
    ['networks: { l: { internal: yes } }', 'INVALID_VALUE networks.l.internal 2:28', 'true or false', 'Write true:'],
    ['networks: { l: { internal: off } }', 'INVALID_VALUE networks.l.internal 2:28', 'true or false', 'Write false:'],
    ['networks: { l: { internal: 1 } }', 'WRONG_TYPE networks.l.internal 2:28', 'true or false', 'Write true or false'],
    ['networks: { l: { vlan: 0 } }', 'INVALID_VALUE networks.l.vlan 2:24', 'from 1 to 4094', '4094'],
    ['networks: { l: { vlan: "4095" } }', 'INVALID_VALUE networks.l.vlan 2:24', 'from 1 to 4094', '4094'],
    ['networks: { l: { vlan: 1.5 } }', 'WRONG_TYPE networks.l.vlan 2:24', 'whole number', 'whole'],
    ['networks: { l: { mtu: .inf } }', 'WRONG_TYPE networks.l.mtu 2:23', 'auto, or a whole number', 'auto'],
    ['networks: { l: { mtu: 10 } }', 'WRONG_TYPE networks.l.mtu 2:23', 'from 68', '68'],
    [
      'networks: { l: { driver_opts: { a: true } } }',
      'WRONG_TYPE networks.l.driver_opts.a 2:36',
      'text or a number',
      'quotes: "true"',
    ],
    ['networks: { l: { labels: { a: [] } } }', 'WRONG_TYPE networks.l.labels.a 2:28', 'text, a number', 'Write'],
    ['networks: { l: { labels: [=b] } }', 'INVALID_VALUE networks.l.labels[0] 2:27', 'KEY=value', 'KEY'],
    ['networks: { l: { scope: global } }', 'INVALID_VALUE networks.l.scope 2:25', 'local or swarm', 'local'],
    ['networks: { l: { isolated_from: a } }', 'WRONG_TYPE networks.l.isolated_from 2:33', 'a list', '[one, two]'],
    [
      'networks: { l: { ipam: { config: {} } } }',
      'WRONG_TYPE networks.l.ipam.config 2:26',
      'a list of address pools',
      '[one, two]',
    ],
    ['networks: { l: { shim: 3 } }', 'WRONG_TYPE networks.l.shim 2:24', 'true, false, or a mapping', 'Write'],
    [
      'networks: { l: { driver: 8, shim: { adress: x } } }',
      'UNKNOWN_KEY networks.l.shim.adress 2:37',
      'no key "adress"',
      'Did you mean address?',
    ],
    [
      'networks: { l: { ipRange: x } }',
      'UNKNOWN_KEY networks.l.ipRange 2:18',
      'no key "ipRange"',
      'Did you mean ip_range?',
    ],
    ['networks: { l: { ip-range: x } }', 'UNKNOWN_KEY networks.l.ip-range 2:18', 'no key', 'Did you mean ip_range?'],
    ['networks: { l: { parnet: x } }', 'UNKNOWN_KEY networks.l.parnet 2:18', 'no key', 'Did you mean parent?'],
    [
      'networks: { l: { macvlan_mode: x } }',
      'UNKNOWN_KEY networks.l.macvlan_mode 2:18',
      'no key',
      'Write mode, or driver_opts.macvlan_mode.',
    ],
    ['networks: { l: { where: {} } }', 'UNKNOWN_KEY networks.l.where 2:18', 'no key', 'The keys here are'],
    [
      'where: {}',
      'UNKNOWN_KEY where 2:1',
      'no key "where"',
      'The keys here are name, networks, vlans, containers, hosts, avoid and ignore.',
    ],
    ['network: {}', 'UNKNOWN_KEY network 2:1', 'no key', 'Did you mean networks?'],
    ['vlans: { "eth0.50": { parent: x, id: 0 } }', 'INVALID_VALUE vlans["eth0.50"].id 2:38', 'from 1 to 4094', '4094'],
    ['vlans: { v: { parent: x } }', 'MISSING_KEY vlans.v.id 2:10', 'vlans.v.id is missing', 'Add id:.'],
  ])('%s', (line, expected, message, hint) => {
    const found = problemsOf(`name: a\n${line}\n`);
    const [at] = found.filter(({ path }) => expected.includes(` ${path} `));
    expect(brief(found)).toContain(expected);
    expect(found).toHaveLength(line.includes('driver: 8') ? 2 : 1);
    expect(at?.message).toContain(message);
    expect(at?.hint).toContain(hint);
  });

  test.each(['A', '', '-a', 'a b', 'a'.repeat(64)])('the stack cannot be called "%s"', (name) =>
    expect(brief(problemsOf(`name: "${name}"\n`))).toEqual(['INVALID_VALUE name 1:7']),
  );

  test('one run reports what schema and rules find, and nothing that follows from it', () => {
    const text =
      'name: a\nnetworks:\n  lan: { driver: macvlan, prent: eth0, subnet: 10.0.0.1/24 }\n  web: { isolated_from: [lan, wan] }\n';
    expect(brief(problemsOf(text))).toEqual([
      'UNKNOWN_KEY networks.lan.prent 3:27',
      'HOST_BITS networks.lan.subnet 3:48',
      'ISOLATED_FROM_UNKNOWN networks.web.isolated_from[1] 4:31',
    ]);
  });

  test('the schema can become a JSON Schema', () => {
    const json = JSON.stringify(specSchema.toJSONSchema({ io: 'input' }));
    expect(json).toContain('"maximum":4094');
    expect(json).toContain('The 802.1Q id.');
  });
});

describe('suggestions', () => {
  test.each([
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'ab', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  test.each([
    ['subnt', 'subnet'],
    ['IP_RANGE', 'ip_range'],
    ['zzz', undefined],
    ['lables', 'labels'],
  ])('%s means %s', (word, meant) => expect(suggest(word, ['subnet', 'ip_range', 'labels'])).toBe(meant));
});
