import { dynamicRange, gatewayOf } from '../addresses/ipam.js';
import { formatAddress, parsePrefix } from '../addresses/prefix.js';
import type { Family } from '../addresses/prefix.js';
import { hostsOf, intersection } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import { canonicalAddress } from '../addresses/text.js';
import type { Endpoint } from '../endpoints.js';
import type { NetworkProps } from '../model.js';

/**
 * Addresses that containers without one at the moment asked for, and that the engine would give to others when all are
 * connected to a new network: an engine reserves nothing for whoever does not run, and hands out the lowest that is free.
 */
export function handedOutAgain(
  { driver, ipam }: NetworkProps,
  endpoints: readonly Endpoint[],
): readonly { readonly endpoint: Endpoint; readonly address: string }[] {
  const isBridge = driver === 'bridge';
  const kept = ipam.config.flatMap((entry) => [
    ...Object.values(entry.auxAddresses ?? {}),
    ...[gatewayOf(entry, isBridge) ?? []].flat(),
  ]);
  const ranges = ipam.config.flatMap((entry) => hosts(entry) ?? []);
  return ([4, 6] as const).flatMap((family) => {
    const seen = endpoints.map((endpoint) => ({ endpoint, ...addressesOf(endpoint, family) }));
    const taken = new Set([...kept, ...seen.flatMap(({ asked, has }) => (has === undefined ? [] : (asked ?? [])))]);
    const chosen = seen.filter(({ asked, has }) => has !== undefined && asked === undefined).length;
    const given = new Set(lowest(ranges, family, taken, chosen));
    return seen.flatMap(({ endpoint, asked, has }) =>
      has === undefined && asked !== undefined && given.has(asked) ? [{ endpoint, address: asked }] : [],
    );
  });
}

function addressesOf({ config, has }: Endpoint, family: Family): { readonly asked?: string; readonly has?: string } {
  const [asked, now] = family === 4 ? [config.ipv4, has.ipv4] : [config.ipv6, has.ipv6];
  return {
    ...(asked === undefined ? {} : { asked: canonicalAddress(asked) }),
    ...(now === undefined ? {} : { has: now }),
  };
}

/** No engine hands out the first address of a subnet, or the last of an IPv4 one. */
function hosts(entry: NetworkProps['ipam']['config'][number]): AddressRange | undefined {
  const range = dynamicRange(entry);
  const subnet = entry.subnet === undefined ? undefined : parsePrefix(entry.subnet)?.prefix;
  return range === undefined || subnet === undefined ? range : intersection(range, hostsOf(subnet));
}

function lowest(
  ranges: readonly AddressRange[],
  family: Family,
  taken: ReadonlySet<string>,
  count: number,
): readonly string[] {
  const found: string[] = [];
  for (const range of ranges) {
    if (range.family !== family) continue;
    for (let value = range.first; value <= range.last && found.length < count; value += 1n) {
      const text = formatAddress({ family, value });
      if (!taken.has(text)) found.push(text);
    }
  }
  return found;
}
