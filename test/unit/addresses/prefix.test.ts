import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  contains,
  containsPrefix,
  formatAddress,
  formatPrefix,
  lastOf,
  overlaps,
  parseAddress,
  parsePrefix,
  prefixOf,
  sizeOf,
} from '../../../packages/core/src/addresses/prefix.js';
import type { Address, Prefix } from '../../../packages/core/src/addresses/prefix.js';

const address: fc.Arbitrary<Address> = fc.oneof(
  fc.bigInt(0n, 2n ** 32n - 1n).map((value) => ({ family: 4 as const, value })),
  fc.bigInt(0n, 2n ** 128n - 1n).map((value) => ({ family: 6 as const, value })),
);
const prefix: fc.Arbitrary<Prefix> = address.chain((at) =>
  fc.integer({ min: 0, max: at.family === 4 ? 32 : 128 }).map((length) => prefixOf(at, length)),
);

function parsed(text: string): Prefix {
  const found = parsePrefix(text);
  if (found === undefined) throw new Error(`${text} is not a prefix`);
  return found.prefix;
}

describe('addresses', () => {
  test.each([
    ['192.168.1.1', 4, 0xc0a80101n],
    ['0.0.0.0', 4, 0n],
    ['255.255.255.255', 4, 0xffffffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['FD00::0001', 6, 0xfd00_0000_0000_0000_0000_0000_0000_0001n],
    ['64:ff9b::10.0.0.1', 6, 0x64_ff9b_0000_0000_0000_0000_0a00_0001n],
  ])('reads %s', (text, family, value) => expect(parseAddress(text)).toEqual({ family, value }));

  test.each([
    '',
    ' ',
    '10.1',
    '1',
    '010.1.1.1',
    '1.2.3.04',
    '0x10.1.1.1',
    '256.1.1.1',
    '1.2.3.4.5',
    '1.2.3.-4',
    ' 1.2.3.4',
    '1.2.3.4 ',
    'fe80::1%eth0',
    '::1::',
    '1::g',
    'eth0',
    '[::1]',
    '1.2.3.4/24',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::010.0.0.1',
  ])('refuses "%s"', (text) => expect(parseAddress(text)).toBeUndefined());

  test('writes IPv6 in the short form of RFC 5952', () => {
    const text = parseAddress('2001:0DB8:0:0:1:0:0:1');
    expect(text && formatAddress(text)).toBe('2001:db8::1:0:0:1');
  });

  test('text and number are one thing', () => {
    fc.assert(
      fc.property(address, (at) => {
        expect(parseAddress(formatAddress(at))).toEqual(at);
      }),
    );
  });
});

describe('prefixes', () => {
  test.each([
    ['192.168.1.0/24', false, '192.168.1.0/24', 256n],
    ['192.168.1.5/24', true, '192.168.1.0/24', 256n],
    ['192.168.1.5/32', false, '192.168.1.5/32', 1n],
    ['0.0.0.0/0', false, '0.0.0.0/0', 2n ** 32n],
    ['fd00::/64', false, 'fd00::/64', 2n ** 64n],
    ['FD00:0:0::1/64', true, 'fd00::/64', 2n ** 64n],
  ])('reads %s', (text, hostBits, canonical, size) => {
    const found = parsePrefix(text);
    expect(found?.hostBits).toBe(hostBits);
    expect(found && formatPrefix(found.prefix)).toBe(canonical);
    expect(found && sizeOf(found.prefix)).toBe(size);
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '/24',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    'fd00::/129',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/024',
  ])('refuses %s', (text) => expect(parsePrefix(text)).toBeUndefined());

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['::/0', '10.0.0.0/8', false],
  ])('%s overlaps %s: %s', (a, b, expected) => expect(overlaps(parsed(a), parsed(b))).toBe(expected));

  test('a prefix holds its first and last address, and nothing next to them', () => {
    fc.assert(
      fc.property(prefix, (at) => {
        const { family, first } = at;
        expect(contains(at, { family, value: first })).toBe(true);
        expect(contains(at, { family, value: lastOf(at) })).toBe(true);
        expect(contains(at, { family, value: first - 1n })).toBe(false);
        expect(contains(at, { family, value: lastOf(at) + 1n })).toBe(false);
        expect(containsPrefix(at, at)).toBe(true);
        expect(parsed(formatPrefix(at))).toEqual(at);
      }),
    );
  });
});
