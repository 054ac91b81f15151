import { bitsOf, formatAddress, formatPrefix, lastOf, parseAddress, parsePrefix } from './prefix.js';
import type { Address, Family, Prefix } from './prefix.js';

/** A run of addresses, first and last included. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads a single address, `first-last` or a prefix without host bits; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const dash = /^([^-\s]+)\s*-\s*([^-\s]+)$/.exec(text);
  if (dash?.[1] !== undefined && dash[2] !== undefined) {
    const first = parseAddress(dash[1]);
    const last = parseAddress(dash[2]);
    if (first === undefined || last?.family !== first.family || last.value < first.value) return undefined;
    return { family: first.family, first: first.value, last: last.value };
  }
  if (text.includes('/')) {
    const parsed = parsePrefix(text);
    return parsed === undefined || parsed.hostBits ? undefined : rangeOf(parsed.prefix);
  }
  const address = parseAddress(text);
  return address === undefined ? undefined : { family: address.family, first: address.value, last: address.value };
}

export function rangeOf(prefix: Prefix): AddressRange {
  return { family: prefix.family, first: prefix.first, last: lastOf(prefix) };
}

export function inRange(range: AddressRange, address: Address): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

export function rangeSize(range: AddressRange): bigint {
  return range.last - range.first + 1n;
}

/** What a machine can have of a subnet: the first address is nobody's, nor is the last of an IPv4 one. */
export function hostsOf(subnet: Prefix): AddressRange {
  const range = rangeOf(subnet);
  if (rangeSize(range) <= 2n) return range;
  return { ...range, first: range.first + 1n, last: subnet.family === 4 ? range.last - 1n : range.last };
}

export function intersection(a: AddressRange, b: AddressRange): AddressRange | undefined {
  const first = a.first > b.first ? a.first : b.first;
  const last = a.last < b.last ? a.last : b.last;
  return a.family === b.family && first <= last ? { family: a.family, first, last } : undefined;
}

/** How many addresses several ranges of one family have together, each counted once. */
export function sizeOfUnion(ranges: readonly AddressRange[]): bigint {
  let count = 0n;
  let next = 0n;
  for (const { first, last } of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const from = first > next ? first : next;
    if (last < from) continue;
    count += last - from + 1n;
    next = last + 1n;
  }
  return count;
}

/** The fewest prefixes that together are exactly this range, in ascending order. */
export function blocksOf(range: AddressRange): readonly Prefix[] {
  const blocks: Prefix[] = [];
  const bits = bitsOf(range.family);
  let first = range.first;
  while (first <= range.last) {
    let length = bits;
    for (;;) {
      if (length === 0) break;
      const size = 1n << BigInt(bits - length + 1);
      if (first % size !== 0n || first + size - 1n > range.last) break;
      length -= 1;
    }
    const block = { family: range.family, first, length };
    blocks.push(block);
    first = lastOf(block) + 1n;
  }
  return blocks;
}

/** `192.168.1.192/27` where it is one block, `192.168.1.10-192.168.1.20` where not. */
export function formatRange(range: AddressRange): string {
  const blocks = blocksOf(range);
  const only = blocks.length === 1 ? blocks[0] : undefined;
  if (only !== undefined) return formatPrefix(only);
  const { family, first, last } = range;
  return `${formatAddress({ family, value: first })}-${formatAddress({ family, value: last })}`;
}
