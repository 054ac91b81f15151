import { lastOf } from './prefix.js';
import type { Address, Prefix } from './prefix.js';
import type { AddressRange } from './range.js';

/**
 * The address of a shim that has none in the spec: the last of the network's range, or the one before where that is the
 * broadcast address of the subnet, which no host can have. Fixed by the range alone, so that nothing else moves it.
 */
export function defaultShimAddress(range: AddressRange, subnet: Prefix | undefined): Address {
  const broadcast = subnet?.family === 4 && subnet.length < 31 && lastOf(subnet) === range.last;
  return { family: range.family, value: broadcast ? range.last - 1n : range.last };
}
