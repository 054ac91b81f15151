import type { IpamEntry } from '../model.js';
import type { NetworkSpec } from '../spec/schema.js';
import { dynamicRange } from './ipam.js';
import { lastOf, parseAddress, parsePrefix } from './prefix.js';
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

/**
 * The addresses of a network's shim: what the spec says; without an address of a family, the default of the first pool
 * of that family which has a range. The blocks of one range are entries with one subnet.
 */
export function shimAddresses(spec: NetworkSpec, entries: readonly IpamEntry[]): readonly Address[] {
  if (spec.shim === undefined || spec.shim === false) return [];
  const written = spec.shim === true ? [] : [spec.shim.address ?? []].flat();
  const given = written.flatMap((text) => parseAddress(text.replace(/\/\d+$/, '')) ?? []);
  const defaults = ([4, 6] as const).flatMap((family) => {
    if (given.some((address) => address.family === family)) return [];
    const ranged = entries.filter((entry) => entry.ipRange !== undefined && dynamicRange(entry)?.family === family);
    const last = ranged.filter(({ subnet }) => subnet === ranged[0]?.subnet).at(-1);
    const range = last === undefined ? undefined : dynamicRange(last);
    const subnet = last?.subnet === undefined ? undefined : parsePrefix(last.subnet)?.prefix;
    return range === undefined ? [] : [defaultShimAddress(range, subnet)];
  });
  return [...given, ...defaults];
}
