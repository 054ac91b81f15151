import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatPrefix, lastOf } from '../../../packages/core/src/addresses/prefix.js';
import { blocksOf, formatRange, inRange, parseRange, rangeSize } from '../../../packages/core/src/addresses/range.js';
import type { AddressRange } from '../../../packages/core/src/addresses/range.js';

function range(text: string): AddressRange {
  const found = parseRange(text);
  if (found === undefined) throw new Error(`${text} is not a range`);
  return found;
}

const ranges: fc.Arbitrary<AddressRange> = fc
  .constantFrom(4 as const, 6 as const)
  .chain((family) => {
    const highest = 2n ** (family === 4 ? 32n : 128n) - 1n;
    return fc.tuple(fc.constant(family), fc.bigInt(0n, highest), fc.bigInt(0n, highest));
  })
  .map(([family, a, b]) => ({ family, first: a < b ? a : b, last: a < b ? b : a }));

describe('ranges', () => {
  test.each([
    ['192.168.1.192/27', '192.168.1.192/27', 32n],
    ['192.168.1.192-192.168.1.223', '192.168.1.192/27', 32n],
    ['192.168.1.10 - 192.168.1.20', '192.168.1.10-192.168.1.20', 11n],
    ['192.168.1.1', '192.168.1.1/32', 1n],
    ['fd00::-fd00::ff', 'fd00::/120', 256n],
    ['0.0.0.0-255.255.255.255', '0.0.0.0/0', 2n ** 32n],
  ])('reads %s as %s', (text, canonical, size) => {
    expect(formatRange(range(text))).toBe(canonical);
    expect(rangeSize(range(text))).toBe(size);
  });

  test.each([
    '',
    '192.168.1.5/24',
    '192.168.1.20-192.168.1.10',
    '10.0.0.1-fd00::1',
    '10.0.0.1-20',
    '10.0.0.0/24-10.0.1.0/24',
    'a-b',
    '-',
    '10.0.0.1-',
  ])('refuses "%s"', (text) => expect(parseRange(text)).toBeUndefined());

  test.each([
    ['192.168.0.100-192.168.0.115', ['192.168.0.100/30', '192.168.0.104/29', '192.168.0.112/30']],
    ['10.0.0.1-10.0.0.6', ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
    ['255.255.255.254-255.255.255.255', ['255.255.255.254/31']],
  ])('%s is these blocks', (text, blocks) => expect(blocksOf(range(text)).map(formatPrefix)).toEqual(blocks));

  test('the blocks are exactly the range, aligned, in order, and no two of them could be one', () => {
    fc.assert(
      fc.property(ranges, (at) => {
        const blocks = blocksOf(at);
        let next = at.first;
        for (const block of blocks) {
          expect(block.first).toBe(next);
          const size = lastOf(block) - block.first + 1n;
          expect(block.first % size).toBe(0n);
          next = lastOf(block) + 1n;
        }
        expect(next).toBe(at.last + 1n);
        for (const [index, block] of blocks.slice(1).entries()) {
          const before = blocks[index];
          const size = lastOf(block) - block.first + 1n;
          expect(before?.length === block.length && block.first % (2n * size) !== 0n).toBe(false);
        }
      }),
    );
  });

  test('a range holds its ends and nothing beyond', () => {
    const at = range('10.0.0.5-10.0.0.9');
    const holds = (value: bigint): boolean => inRange(at, { family: 4, value });
    expect([at.first - 1n, at.first, at.last, at.last + 1n].map(holds)).toEqual([false, true, true, false]);
    expect(inRange(at, { family: 6, value: at.first })).toBe(false);
  });
});
