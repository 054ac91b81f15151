import { SHORTEST_REAL_ROUTE, subnetsOf } from '../kinds/overlap.js';
import type { HostFacts } from '../model.js';
import { lastOf, overlaps, parseAddress, parsePrefix, prefixOf, sizeOf } from './prefix.js';
import type { Prefix } from './prefix.js';

/** Where `subnet: auto` looks, in this order: the part of Docker's own default range that Docker reaches last, then more. */
const POOLS = ['172.28.0.0/14', '192.168.192.0/18', '10.192.0.0/10'];
const AUTO_LENGTH = 24;

/** Every prefix that is in use on the host: Docker networks of every scope, link addresses, routes of every table. */
export function prefixesInUse(facts: HostFacts): readonly Prefix[] {
  const routes = (facts.links?.routes ?? []).flatMap(({ destination }) => {
    const prefix = parsePrefix(destination)?.prefix;
    return prefix === undefined || prefix.length < SHORTEST_REAL_ROUTE ? [] : [prefix];
  });
  const addresses = (facts.links?.links ?? []).flatMap((link) =>
    link.addresses.flatMap(({ address, prefixLength }) => {
      const parsed = parseAddress(address);
      return parsed === undefined ? [] : [prefixOf(parsed, prefixLength)];
    }),
  );
  return [...facts.networks.flatMap(subnetsOf), ...routes, ...addresses];
}

/** The first /24 that is clear of all of these; undefined when there is none. */
export function freeSubnet(used: readonly Prefix[]): Prefix | undefined {
  for (const text of POOLS) {
    const pool = parsePrefix(text)?.prefix;
    if (pool === undefined) continue;
    const step = sizeOf({ ...pool, length: AUTO_LENGTH });
    for (let first = pool.first; first <= lastOf(pool); first += step) {
      const candidate: Prefix = { family: 4, first, length: AUTO_LENGTH };
      if (!used.some((prefix) => overlaps(prefix, candidate))) return candidate;
    }
  }
  return undefined;
}
