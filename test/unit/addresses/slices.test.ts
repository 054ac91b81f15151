import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lastOf } from '../../../packages/core/src/addresses/prefix.js';
import type { AddressRange } from '../../../packages/core/src/addresses/range.js';
import { countSlices, sliceOf } from '../../../packages/core/src/addresses/slices.js';

const four = { bits: 32, base: 0x0a00_0000n, spread: 0xff_ffffn } as const;
const six = { bits: 128, base: 0xfd00n << 112n, spread: (1n << 70n) - 1n } as const;

const cases = fc.constantFrom(four, six).chain(({ bits, base, spread }) =>
  fc.record({
    range: fc.tuple(fc.bigInt(0n, spread), fc.bigInt(0n, spread)).map(([a, b]): AddressRange => ({
      family: bits === 32 ? 4 : 6,
      first: base + (a < b ? a : b),
      last: base + (a < b ? b : a),
    })),
    length: fc.integer({ min: bits - 24, max: bits }),
    hosts: fc.integer({ min: 1, max: 40 }),
  }),
);

describe('slices of a range', () => {
  test('are inside it, apart from each other, in ascending order, and as many as are counted', () => {
    fc.assert(
      fc.property(cases, ({ range, length, hosts }) => {
        const slices = Array.from({ length: hosts }, (_, place) => sliceOf(range, length, place));
        const there = slices.flatMap((slice) => slice ?? []);
        expect(slices.slice(there.length).every((slice) => slice === undefined)).toBe(true);
        const count = countSlices(range, length);
        expect(BigInt(there.length)).toBe(count < BigInt(hosts) ? count : BigInt(hosts));
        let before = range.first - 1n;
        for (const slice of there) {
          expect(slice.length).toBe(length);
          expect(slice.first).toBeGreaterThan(before);
          before = lastOf(slice);
          expect(before).toBeLessThanOrEqual(range.last);
        }
      }),
    );
  });

  test('leave no room for another one before, between or after them', () => {
    fc.assert(
      fc.property(cases, ({ range, length }) => {
        const count = countSlices(range, length);
        fc.pre(count > 0n && count < 1000n);
        const size = 1n << BigInt((range.family === 4 ? 32 : 128) - length);
        const first = sliceOf(range, length, 0);
        const last = sliceOf(range, length, Number(count) - 1);
        if (first === undefined || last === undefined) throw new Error('counted, and not there');
        expect(first.first - range.first).toBeLessThan(size);
        expect(range.last - lastOf(last)).toBeLessThan(size);
        expect(last.first).toBe(first.first + (count - 1n) * size);
      }),
    );
  });
});
