import { bitsOf } from './prefix.js';
import type { Prefix } from './prefix.js';
import type { AddressRange } from './range.js';

/**
 * The slice of a range that comes in this place, from 0: the aligned prefixes of this length that are wholly inside it, in
 * ascending order. Undefined when the range has fewer, or when no prefix of the family has this length.
 */
export function sliceOf(range: AddressRange, length: number, place: number): Prefix | undefined {
  const bits = bitsOf(range.family);
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = ((range.first + size - 1n) / size + BigInt(place)) * size;
  return first + size - 1n > range.last ? undefined : { family: range.family, first, length };
}

/** How many slices of this length a range has. */
export function countSlices({ family, first, last }: AddressRange, length: number): bigint {
  const bits = bitsOf(family);
  if (length > bits) return 0n;
  const size = 1n << BigInt(bits - length);
  const count = (last + 1n) / size - (first + size - 1n) / size;
  return count > 0n ? count : 0n;
}
