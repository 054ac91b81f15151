import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fits, formatPath, parsePath } from '../../../packages/core/src/spec/path.js';
import { DRIVER_OPTIONS } from '../../../packages/core/src/spec/options.js';
import { load, problemsOf } from './helpers.js';

describe('whatever the text is', () => {
  const words = fc.constantFrom(
    ...[
      'name: a',
      'networks:',
      '  lan:',
      '    driver: macvlan',
      '<<: *a',
      '&a',
      '*a',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ': ',
      '$',
      '${A:-',
      '}',
    ],
    ...[
      '"',
      "'",
      '\n',
      '\t',
      '  ',
      '!!set',
      '? ',
      '|',
      '>',
      '#',
      '---',
      '%YAML 1.1',
      '10.0.0.0/8',
      'null',
      '\uFEFF',
      '\u2028',
      '🙂',
    ],
  );

  /** Every problem has a place that is in the text, and none has a word that is missing. */
  function sound(text: string): void {
    const lines = text.split('\n').length;
    for (const { message, line = 1, column = 1 } of problemsOf(text, { A: 'x' })) {
      expect(message).not.toMatch(/undefined|\[object/);
      expect(line >= 1 && line <= lines && column >= 1).toBe(true);
    }
  }

  test('random text gives problems and never another error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), sound));
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        problemsOf(bytes);
      }),
    );
  });

  test('random pieces of YAML', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => sound(parts.join(''))),
      { numRuns: 500 },
    );
  });

  const keys = [
    'driver',
    'driver_opts',
    'parent',
    'mode',
    'vlan',
    'subnet',
    'gateway',
    'ip_range',
    'reserve',
    'shim',
    'external',
    'ipam',
  ];
  const moreKeys = [
    'name',
    'labels',
    'mtu',
    'isolated_from',
    'config_from',
    'config_only',
    'scope',
    'internal',
    'enable_ipv6',
    'encrypted',
  ];
  const value = fc.oneof(
    fc.constantFrom(
      'macvlan',
      'ipvlan',
      'overlay',
      'eth0',
      'lan',
      'auto',
      'private',
      'l3',
      'swarm',
      true,
      false,
      30,
      1400,
      null,
    ),
    fc.constantFrom(
      '10.0.0.0/24',
      '10.0.0.5/24',
      '10.0.0.1',
      '10.0.0.3-10.0.0.9',
      'fd00::/64',
      '0.0.0.0/0',
      '255.255.255.255/32',
      '::/0',
    ),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant({ config: [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1', aux_addresses: { a: '10.0.0.1' } }] }),
    fc.constant({ address: ['10.0.0.9', '10.0.0.9/24'], name: 'x' }),
  );
  const network = fc.dictionary(fc.constantFrom(...keys, ...moreKeys), value, { maxKeys: 8 });

  test('random networks', () => {
    const spec = fc.record({
      name: fc.constant('a'),
      networks: fc.dictionary(fc.constantFrom('lan', 'two', 'a.b', 'c d', '__proto__', 'toString'), network),
      vlans: fc.dictionary(
        fc.constantFrom('v1', 'v2', 'eth0-v30', 'toString'),
        fc.record({ parent: fc.constantFrom('v1', 'v2', 'eth0'), id: fc.constantFrom(1, 30) }),
      ),
    });
    fc.assert(
      fc.property(spec, (at) => sound(JSON.stringify(at, null, 1))),
      { numRuns: 300 },
    );
  });
});

describe('paths', () => {
  const segment = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.nat({ max: 99 }),
    fc.constantFrom('eth0.50', 'a["b', '"]', '[0]', '0', 'ä'),
  );

  test('a path and its text are one thing', () => {
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        expect(parsePath(formatPath(segments))).toEqual(segments);
      }),
    );
  });

  test.each([
    [['networks', 'lan', 'ipam', 'config', 0, 'subnet'], 'networks.lan.ipam.config[0].subnet'],
    [['vlans', 'eth0.50', 'id'], 'vlans["eth0.50"].id'],
    [[], ''],
  ])('%j is %s', (segments, text) => expect(formatPath(segments)).toBe(text));

  test('a star fits any step', () => {
    expect(fits(['a', '*'], ['a', 3])).toBe(true);
    expect(fits(['a', '*'], ['a'])).toBe(false);
  });

  test('locate finds values, keys of mappings, and the nearest thing above what is not there', () => {
    const { locate } = load('name: a\nnetworks:\n  "x.y":\n    labels: [a, b]\nvlans: {}\n');
    const places = [
      'name',
      'networks["x.y"]',
      'networks["x.y"].labels[1]',
      'networks["x.y"].subnet',
      'networks.none.a',
      'none',
      '',
    ];
    expect(places.map((path) => Object.values(locate(path) ?? {}).join(':'))).toEqual([
      '1:7',
      '3:3',
      '4:17',
      '3:3',
      '2:1',
      '1:1',
      '1:1',
    ]);
  });
});

test('the options table says since when', () => {
  expect(DRIVER_OPTIONS.ipvlan['ipvlan_mode']?.values?.['l3s']?.since).toBe('23.0');
  expect(DRIVER_OPTIONS.bridge['com.docker.network.bridge.gateway_mode_ipv4']?.values?.['isolated']?.since).toBe(
    '28.0',
  );
});
