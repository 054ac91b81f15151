import { dynamicRange } from '../addresses/ipam.js';
import { bitsOf, formatAddress } from '../addresses/prefix.js';
import type { Address } from '../addresses/prefix.js';
import { inRange } from '../addresses/range.js';
import type { HostName, IpamEntry, LinkResource, Ref } from '../model.js';
import { stableMac } from '../spec/mac.js';
import { formatPath } from '../spec/path.js';
import { shimName } from '../spec/rules/link-names.js';
import type { NetworkSpec } from '../spec/schema.js';

/** One network's wish for a door of the host into it. */
export interface ShimRequest {
  readonly key: string;
  readonly spec: NetworkSpec;
  readonly driver: 'macvlan' | 'ipvlan';
  readonly mode: string;
  readonly flag?: string;
  readonly parent: string;
  readonly requires: readonly Ref[];
  readonly entries: readonly IpamEntry[];
  /** The host's own addresses there. */
  readonly addresses: readonly Address[];
  /** The addresses that containers of the spec have on it. */
  readonly statics: readonly Address[];
}

/** The name that the spec gives to a network's shim, if any. */
function givenName(spec: NetworkSpec): string | undefined {
  return typeof spec.shim === 'object' ? spec.shim.name : undefined;
}

/**
 * The shim links. Networks on one parent share one shim where they can: with the same driver, mode and flag, unless the
 * spec names two. Each network adds its addresses (host addresses: with the LAN's length there would be two routes to
 * one LAN) and a route for each block of its range and each static address outside, with its own shim address as the
 * source.
 */
export function shimLinks(
  requests: readonly ShimRequest[],
  stack: string,
  host: HostName,
  macOf: (link: string) => string,
): readonly LinkResource[] {
  const groups = new Map<string, ShimRequest[]>();
  const firsts = new Map<string, ShimRequest[]>();
  // In the order of the keys, so that the order in the file makes no other link.
  for (const request of [...requests].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const common = commonOf(request);
    const named = givenName(request.spec);
    const id = named === undefined ? common : `${common} ${named}`;
    const group = groups.get(id) ?? (named === undefined ? firsts.get(common) : undefined);
    if (group !== undefined) group.push(request);
    else {
      const made = [request];
      groups.set(id, made);
      if (!firsts.has(common)) firsts.set(common, made);
    }
  }
  return [...groups.values()].flatMap((group) =>
    group[0] === undefined ? [] : [toLink(group[0], group, stack, host, macOf)],
  );
}

/** What networks must have in common to share a shim. */
function commonOf(request: ShimRequest): string {
  return [request.parent, request.driver, request.mode, request.flag ?? ''].join(' ');
}

function toLink(
  first: ShimRequest,
  group: readonly ShimRequest[],
  stack: string,
  host: HostName,
  macOf: (link: string) => string,
): LinkResource {
  const name = shimName(first.key, first.spec.shim ?? true);
  // Neighbours and DHCP servers know it again, and the parent's own makes it differ from host to host.
  const mac = first.driver === 'macvlan' ? stableMac(macOf(first.parent), stack, name) : undefined;
  return {
    type: 'link',
    role: 'shim',
    host,
    ref: `link:${name}`,
    path: formatPath(['networks', first.key, 'shim']),
    requires: [...new Set(group.flatMap(({ requires }) => requires))],
    why: `the host's own door into ${group.map(({ key }) => `network ${key}`).join(' and ')}`,
    props: {
      name,
      kind: first.driver,
      parent: first.parent,
      mode: first.mode,
      ...(first.flag === undefined ? {} : { flag: first.flag }),
      ...(mac === undefined ? {} : { mac }),
      addresses: [...new Set(group.flatMap(({ addresses }) => addresses.map(formatAddress)))],
      routes: group.flatMap(routesOf),
    },
  };
}

function routesOf({ addresses, entries, statics }: ShimRequest): LinkResource['props']['routes'] {
  const ranged = entries.flatMap((entry) => {
    const range = entry.ipRange === undefined ? undefined : dynamicRange(entry);
    return range === undefined || entry.ipRange === undefined ? [] : [{ destination: entry.ipRange, range }];
  });
  const outside = statics
    .filter((address) => !ranged.some(({ range }) => inRange(range, address)))
    .map((address) => ({
      destination: `${formatAddress(address)}/${String(bitsOf(address.family))}`,
      range: { family: address.family },
    }));
  return [...ranged, ...outside].map(({ destination, range: { family } }) => {
    const source = addresses.find((address) => address.family === family);
    return { destination, ...(source === undefined ? {} : { source: formatAddress(source) }) };
  });
}
