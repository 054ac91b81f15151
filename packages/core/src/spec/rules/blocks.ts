import { bitsOf, formatAddress, formatPrefix, lastOf, prefixOf, sizeOf } from '../../addresses/prefix.js';
import type { Address, Prefix } from '../../addresses/prefix.js';
import { blocksOf, formatRange, inRange, rangeOf } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';

/** `192.168.0.96/28 (192.168.0.96-192.168.0.111)`: a block, and what it covers. */
export function describeBlock(prefix: Prefix): string {
  const { family, first } = prefix;
  const last = formatAddress({ family, value: lastOf(prefix) });
  return `${formatPrefix(prefix)} (${formatAddress({ family, value: first })}-${last})`;
}

/**
 * What may have been meant by an address with host bits and a length: the blocks of that length on both sides of it,
 * and as a range as many addresses from there on.
 */
export function alignedChoices(
  address: Address,
  length: number,
): { readonly blocks: readonly Prefix[]; readonly range?: string } {
  const { family, value } = address;
  const below = prefixOf(address, length);
  const above = { family, first: below.first + sizeOf(below), length };
  const highest = 1n << BigInt(bitsOf(family));
  const last = value + sizeOf(below) - 1n;
  return {
    blocks: above.first < highest ? [below, above] : [below],
    ...(last < highest ? { range: formatRange({ family, first: value, last }) } : {}),
  };
}

/** The smallest block around a range, and the largest one inside it. */
export function nearestBlocks(range: AddressRange): { readonly around: Prefix; readonly inside: Prefix } {
  const first = { family: range.family, value: range.first };
  let around = prefixOf(first, bitsOf(range.family));
  while (!inRange(rangeOf(around), { family: range.family, value: range.last }))
    around = prefixOf(first, around.length - 1);
  const inside = blocksOf(range).reduce((best, block) => (block.length < best.length ? block : best));
  return { around, inside };
}
