import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { specSchema } from '../../../packages/core/src/spec/schema.js';
import { formatProblem } from '../../../packages/core/src/plan/format.js';
import { numberText } from '../../../packages/core/src/spec/text/numbers.js';
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

  test.each(['yes', 'Y', '"on"', '"TRUE"', 'true'])('%s is true', (word) => {
    expect(load(`name: a\nnetworks: { l: { internal: ${word} }, m: { external: ${word} } }\n`).spec.networks).toEqual({
      l: { internal: true },
      m: { external: true },
    });
  });

  test.each(['no', 'N', '"off"', '"False"', 'false'])('%s is false', (word) => {
    expect(load(`name: a\nnetworks: { l: { internal: ${word} }, m: { external: ${word} } }\n`).spec.networks).toEqual({
      l: { internal: false },
      m: { external: false },
    });
  });

  test('what is empty is not there', () => {
    const pool = 'subnet: "${NOT_SET:-}", ip_range: "", gateway: "${NOT_SET:-}"';
    const text = `name: a\nnetworks: { l: { driver: "", ipam: { driver: "", config: [{ ${pool} }] } } }\n`;
    expect(brief(load(text).problems)).toEqual([]);
    expect(load(text).spec.networks).toEqual({ l: { ipam: { config: [{}] } } });
  });

  test('with a name, the key of a network may be longer than one', () => {
    expect(brief(load(`name: a\nnetworks: { ${'l'.repeat(100)}: { name: short } }\n`).problems)).toEqual([]);
  });

  test('the old external may say the name twice', () => {
    const text = 'name: a\nnetworks: { l: { name: b, external: { name: b } } }\n';
    expect(load(text).spec.networks).toEqual({ l: { name: 'b', external: true } });
  });

  test.each([
    [
      'networks: []',
      'WRONG_TYPE networks 2:1',
      'networks must be a mapping of names to networks, and is a list.',
      'dashes',
    ],
    ['networks: { l: 7 }', 'WRONG_TYPE networks.l 2:16', 'and is 7', undefined],
    ['networks: { l: { driver: 7 } }', 'WRONG_TYPE networks.l.driver 2:26', 'must be text', 'Write it in quotes: "7".'],
    ['networks: { l: { name: "" } }', 'INVALID_VALUE networks.l.name 2:24', 'text that is not empty', undefined],
    ['networks: { l: { name: [] } }', 'WRONG_TYPE networks.l.name 2:18', 'must be text', undefined],
    ['networks: { l: { driver: } }', 'WRONG_TYPE networks.l.driver 2:18', 'and is empty', 'remove the key'],
    ['networks: { l: { internal: "" } }', 'INVALID_VALUE networks.l.internal 2:28', 'true or false', undefined],
    [
      'networks: { l: { name: a, external: { name: b } } }',
      'INVALID_VALUE networks.l.external.name 2:45',
      'the same as name',
      undefined,
    ],
    ['networks: { l: { internal: 1 } }', 'WRONG_TYPE networks.l.internal 2:28', 'true or false', undefined],
    ['networks: { l: { vlan: 0 } }', 'INVALID_VALUE networks.l.vlan 2:24', 'from 1 to 4094', undefined],
    ['networks: { l: { vlan: "4095" } }', 'INVALID_VALUE networks.l.vlan 2:24', 'from 1 to 4094', undefined],
    ['networks: { l: { vlan: 1.5 } }', 'WRONG_TYPE networks.l.vlan 2:24', 'whole number', undefined],
    ['networks: { l: { mtu: .inf } }', 'WRONG_TYPE networks.l.mtu 2:23', 'auto, or a whole number', undefined],
    ['networks: { l: { mtu: 10 } }', 'INVALID_VALUE networks.l.mtu 2:23', 'from 68', undefined],
    ['networks: { l: { mtu: -3 } }', 'INVALID_VALUE networks.l.mtu 2:23', 'and is -3', undefined],
    ['networks: { l: { mtu: "x" } }', 'INVALID_VALUE networks.l.mtu 2:23', 'and is "x"', undefined],
    ['networks: { l: { mtu: [] } }', 'WRONG_TYPE networks.l.mtu 2:18', 'and is a list', undefined],
    ['vlans: { v: { parent: x, id: 5000 } }', 'INVALID_VALUE vlans.v.id 2:30', 'and is 5000', undefined],
    [
      'networks: { l: { driver_opts: { a: true } } }',
      'WRONG_TYPE networks.l.driver_opts.a 2:36',
      'text or a number',
      'quotes: "true"',
    ],
    ['networks: { l: { labels: { a: [] } } }', 'WRONG_TYPE networks.l.labels.a 2:28', 'text, a number', undefined],
    ['networks: { l: { labels: [__proto__=b] } }', 'INVALID_VALUE networks.l.labels[0] 2:27', 'KEY=value', undefined],
    ['networks: { l: { scope: global } }', 'INVALID_VALUE networks.l.scope 2:25', 'local or swarm', undefined],
    ['networks: { l: { isolated_from: a } }', 'WRONG_TYPE networks.l.isolated_from 2:33', 'a list', '[one, two]'],
    [
      'networks: { l: { ipam: { config: {} } } }',
      'WRONG_TYPE networks.l.ipam.config 2:26',
      'a list of address pools',
      '[one, two]',
    ],
    ['networks: { l: { shim: 3 } }', 'WRONG_TYPE networks.l.shim 2:24', 'true, false, or a mapping', undefined],
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
      'The keys here are name, networks, vlans, containers, hosts, swarm, discovery, avoid and ignore.',
    ],
    ['network: {}', 'UNKNOWN_KEY network 2:1', 'no key', 'Did you mean networks?'],
    [
      'vlans: { "eth0.50": { parent: x, id: 0 } }',
      'INVALID_VALUE vlans["eth0.50"].id 2:38',
      'from 1 to 4094',
      undefined,
    ],
    ['vlans: { v: { parent: x } }', 'MISSING_KEY vlans.v.id 2:10', 'vlans.v.id is missing', 'Add id:.'],
  ])('%s', (line, expected, message, hint) => {
    const found = problemsOf(`name: a\n${line}\n`);
    const [at] = found.filter(({ path }) => expected.includes(` ${path} `));
    expect(brief(found)).toContain(expected);
    expect(found).toHaveLength(line.includes('driver: 8') ? 2 : 1);
    expect(at?.message).toContain(message);
    expect(at?.hint).toEqual(hint && expect.stringContaining(hint));
  });

  test.each(['A', '', '-a', 'a b', 'a'.repeat(64)])('the stack cannot be called "%s"', (name) =>
    expect(brief(problemsOf(`name: "${name}"\n`))).toEqual(['INVALID_VALUE name 1:7']),
  );

  describe('a file that is something else', () => {
    const line = (user: string): string => `${user}:$y$j9T$abcdefghijklmnopqrstuvwxyz0123456789$A:19000:0:99999:7:::\n`;

    test('is said to be so, in one error that tells nothing of it', () => {
      const found = problemsOf(['root', 'daemon', 'bin'].map(line).join(''));
      expect(brief(found)).toEqual(['NOT_A_SPEC  1:1']);
      expect(JSON.stringify(found)).not.toContain('$y');
      expect(found[0]?.hint).toContain('A spec begins with name: and networks:');
    });

    test.each(['', '{}', 'network: {}', 'nmae: a', 'swarm: 3', 'x-a: 1'])('"%s" is not one', (text) => {
      expect(problemsOf(text).map(({ code }) => code)).not.toContain('NOT_A_SPEC');
    });

    test('a key that is a whole line is cut short wherever it is quoted', () => {
      const [found] = problemsOf(`name: a\n${line('root')}`);
      const text = found === undefined ? '' : formatProblem(found, 'shadow');
      expect(text).toContain('["root:$y$j9T$abcdefghijklmnopqrstuvwxyz0123456789$…"]: a spec has no key "root:$y$j9T$');
      expect(text).not.toContain('6789$A');
      expect(found?.path).toContain('0123456789$A');
    });
  });

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

/** Each as `docker-compose config` 2.40 prints it. */
describe('a number where text belongs is', () => {
  test.each([
    ['5', '5'],
    ['+5', '5'],
    ['-0', '0'],
    ['-0.0', '-0'],
    ['08', '8'],
    ['0777', '511'],
    ['-017', '-15'],
    ['0o17', '15'],
    ['0O17', '15'],
    ['0b101', '5'],
    ['-0b101', '-5'],
    ['0x_1F', '31'],
    ['-0x1f', '-31'],
    ['1__0', '10'],
    ['1.', '1'],
    ['.5', '0.5'],
    ['1.50', '1.5'],
    ['1.5_0', '1.5'],
    ['1e2', '100'],
    ['123456.5', '123456.5'],
    ['1000000', '1000000'],
    ['1000000.0', '1e+06'],
    ['123456789.5', '1.234567895e+08'],
    ['0.0001', '0.0001'],
    ['0.00001', '1e-05'],
    ['-1e-7', '-1e-07'],
    ['1e21', '1e+21'],
    ['9007199254740993', '9007199254740993'],
    ['0xFFFFFFFFFFFFFFFF', '18446744073709551615'],
    ['18446744073709551616', '1.8446744073709552e+19'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['-9223372036854775809', '-9.223372036854776e+18'],
    ['1e400', '1e400'],
    ['.inf', '+Inf'],
    ['-.INF', '-Inf'],
    ['.NaN', 'NaN'],
  ])('%s: %s', (source, text) => expect(numberText(source)).toBe(text));

  test.each(['', '-', '_1', '1:30', '0x', '0b12', '1e', '.', '1.2.3', '2024-01-01', 'inf', '1 0'])(
    'no number: %s',
    (source) => expect(numberText(source)).toBeUndefined(),
  );

  test('only without quotes, and only in labels and options', () => {
    const text =
      'name: a\nnetworks: { l: { labels: { a: 010, b: "010" }, driver_opts: { c: 010 }, driver: macvlan, vlan: 010 } }\n';
    expect(
      problemsOf(text)
        .filter(({ severity }) => severity === 'error')
        .map(({ code }) => code),
    ).toEqual(['PARENT_REQUIRED']);
    const { networks } = load(text.replace('driver: macvlan, vlan: 010', 'mtu: 0100')).spec;
    expect(networks).toEqual({ l: { labels: { a: '8', b: '010' }, driver_opts: { c: '8' }, mtu: 100 } });
  });
});
