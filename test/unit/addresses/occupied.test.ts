import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeSubnets } from '../../../packages/core/src/addresses/auto.js';
import { occupied } from '../../../packages/core/src/addresses/occupied.js';
import type { Occupant } from '../../../packages/core/src/addresses/occupied.js';
import {
  bitsOf,
  containsPrefix,
  formatPrefix,
  overlaps,
  prefixOf,
} from '../../../packages/core/src/addresses/prefix.js';
import type { Prefix } from '../../../packages/core/src/addresses/prefix.js';

/** Close together, so that many of them overlap. */
const prefixes: fc.Arbitrary<Prefix> = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.bigInt(0n, 0xffffn), fc.integer({ min: 8, max: 32 }))
  .map(([family, low, length]) => {
    const value = family === 4 ? 0x0a000000n + low : (0xfdn << 120n) + (low << 64n);
    return prefixOf({ family, value }, family === 4 ? length : length * 2 + 16);
  });

const occupant = (prefix: Prefix): Occupant => ({ prefix, kind: 'route', text: formatPrefix(prefix) });

describe('what overlaps a prefix', () => {
  test('is what a look at each would find', () => {
    fc.assert(
      fc.property(fc.array(prefixes, { maxLength: 60 }), prefixes, (all, one) => {
        const found = occupied(all.map(occupant)).overlapping(one);
        const naive = all.filter((other) => overlaps(other, one));
        expect(found.map(({ text }) => text).sort()).toEqual(naive.map(formatPrefix).sort());
      }),
    );
  });

  test('and nothing is said to be occupied that is not, or free that is not', () => {
    fc.assert(
      fc.property(fc.array(prefixes, { maxLength: 60 }), prefixes, (all, one) => {
        const end = occupied(all.map(occupant)).occupiedUpTo(one);
        expect(end !== undefined).toBe(all.some((other) => overlaps(other, one)));
        if (end !== undefined) expect(end).toBeGreaterThanOrEqual(one.first);
      }),
    );
  });
});

test('free subnets overlap nothing, nor one another, lie where they are to lie, and none is left out', () => {
  const wanted = fc.array(fc.integer({ min: 16, max: 28 }), { minLength: 1, maxLength: 12 });
  const from = prefixOf({ family: 4, value: 0x0a000000n }, 16);
  fc.assert(
    fc.property(fc.array(prefixes, { maxLength: 40 }), wanted, (used, lengths) => {
      const free = freeSubnets(occupied(used.map(occupant)), 'engine');
      const given: Prefix[] = [];
      for (const length of lengths) {
        const found = free.next({ family: 4, length, from });
        const taken = [...used, ...given];
        if (found === undefined) {
          expect(gapsOf(from, length, taken), `/${length}`).toEqual([]);
          continue;
        }
        expect(found.length).toBe(length);
        expect(containsPrefix(from, found)).toBe(true);
        expect(taken.filter((other) => overlaps(other, found)).map(formatPrefix)).toEqual([]);
        given.push(found);
      }
    }),
    { numRuns: 60 },
  );
});

/** The first blocks of this length that nothing overlaps, by a look at each. */
function gapsOf(from: Prefix, length: number, taken: readonly Prefix[]): readonly string[] {
  const step = 1n << BigInt(bitsOf(from.family) - length);
  const near = taken.filter((other) => overlaps(other, from));
  for (let first = from.first; containsPrefix(from, { ...from, first, length }); first += step) {
    const block = { family: from.family, first, length };
    if (!near.some((other) => overlaps(other, block))) return [formatPrefix(block)];
  }
  return [];
}
