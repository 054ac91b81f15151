import { contains, parseAddress, sizeOf } from '../addresses/prefix.js';
import type { Address, Prefix } from '../addresses/prefix.js';
import { parseRange, rangeOf } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import type { Survey } from './survey.js';

/** Bits of a range for containers: an eighth of the subnet, but no more than 32 addresses (IPv4) or 65,536 (IPv6). */
function lengthFor({ family, length }: Prefix): number {
  return family === 4 ? Math.min(Math.max(length + 3, 27), 30) : Math.min(Math.max(length + 3, 112), 125);
}

/** Blocks that are looked at: an IPv6 subnet has more than anybody can look at. */
const MOST_LOOKED_AT = 512n;

/**
 * An aligned block of a subnet in which nobody is known to be, and that meets none of `apart`. In IPv4 it is the last one,
 * since routers as a rule hand out the beginning and the middle; in IPv6 the first, among addresses short enough to be
 * written. Neither the very first block, where routers are, nor that of the broadcast address.
 */
export function freeRange(
  subnet: Prefix,
  known: readonly Address[],
  apart: readonly AddressRange[],
): Prefix | undefined {
  const length = lengthFor(subnet);
  const size = sizeOf({ ...subnet, length });
  const count = sizeOf(subnet) / size;
  for (let at = 1n; at < count - 1n && at <= MOST_LOOKED_AT; at += 1n) {
    const place = subnet.family === 4 ? count - 1n - at : at;
    const block: Prefix = { family: subnet.family, first: subnet.first + place * size, length };
    const isFree = !known.some((one) => contains(block, one)) && !apart.some((one) => meets(rangeOf(block), one));
    if (isFree) return block;
  }
  return undefined;
}

/** Whether two ranges have an address in common. */
export function meets(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** All who have an address of a subnet, as far as the host knows: itself, its routers, its neighbours, its containers. */
export function knownIn(subnet: Prefix, { facts, neighbours }: Survey): readonly Address[] {
  const texts = [
    ...(facts.links?.links ?? []).flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ...(facts.links?.routes ?? []).flatMap(({ via }) => via ?? []),
    ...facts.networks.flatMap(({ holders }) => holders.flatMap(({ ipv4, ipv6 }) => [ipv4 ?? '', ipv6 ?? ''])),
  ];
  const own = texts.flatMap((text) => parseAddress(text.replace(/\/\d+$/, '')) ?? []);
  return [...own, ...neighbours].filter((one) => contains(subnet, one));
}

/** The ranges of a subnet that Docker networks hand out already; what has none is for the plan to judge. */
export function handedOutIn(subnet: Prefix, { facts }: Survey): readonly AddressRange[] {
  return facts.networks
    .flatMap(({ props }) => props.ipam.config.flatMap((entry) => parseRange(entry.ipRange ?? '') ?? []))
    .filter((range) => meets(range, rangeOf(subnet)));
}
