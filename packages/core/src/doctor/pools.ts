import { occupied } from '../addresses/occupied.js';
import { formatPrefix, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import { subnetsOf } from '../addresses/ipam.js';
import type { AddressPool, EngineView } from '../docker/examine.js';
import type { RouteFact } from '../links.js';
import { compareVersions } from '../versions.js';

/** What an engine takes subnets from that is told nothing (moby, libnetwork/ipamutils, of all versions from 18.06 on). */
const BUILT_IN: readonly AddressPool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
];

/** Who has a prefix of a pool. */
export interface Taker {
  readonly prefix: Prefix;
  readonly text: string;
}

export interface PoolUse {
  readonly total: number;
  readonly free: number;
  /** Those by whom the others are taken. */
  readonly takers: readonly Taker[];
}

/** The IPv4 pools that the engine takes subnets from. */
export function poolsOf({ pools }: Pick<EngineView, 'pools'>): readonly AddressPool[] {
  const configured = pools.filter(({ base }) => parsePrefix(base)?.prefix.family === 4);
  return configured.length > 0 ? configured : BUILT_IN;
}

/** How many subnets the engine can still choose by itself. */
export function poolUse(
  view: Pick<EngineView, 'pools' | 'networks' | 'engine'>,
  routes: readonly RouteFact[],
): PoolUse {
  const takers = [...ofNetworks(view), ...ofRoutes(routes, view.engine.version)];
  const taken = occupied(takers);
  let [total, free] = [0, 0];
  const seen = new Set<Taker>();
  for (const { base, size } of poolsOf(view)) {
    const pool = parsePrefix(base)?.prefix;
    if (pool === undefined || size < pool.length) continue;
    const count = 2 ** (size - pool.length);
    const step = 1n << BigInt(32 - size);
    total += count;
    for (const taker of taken.overlapping(pool)) seen.add(taker);
    for (let at = 0; at < Math.min(count, MOST); at += 1) {
      const subnet: Prefix = { family: 4, first: pool.first + BigInt(at) * step, length: size };
      if (taken.occupiedUpTo(subnet) === undefined) free += 1;
    }
    free += Math.max(0, count - MOST);
  }
  return { total, free, takers: [...seen] };
}

/** Nobody runs out of more. */
const MOST = 4096;

/** Networks of a swarm take theirs from another address space. */
function ofNetworks({ networks }: Pick<EngineView, 'networks'>): readonly Taker[] {
  return networks
    .filter(({ props }) => props.scope !== 'swarm' && props.configOnly !== true)
    .flatMap(({ name, props }) =>
      subnetsOf(props)
        .filter(({ family }) => family === 4)
        .map((prefix) => ({ prefix, text: `${formatPrefix(prefix)} of network ${name}` })),
    );
}

/**
 * An engine goes round routes of the main table but the default one (moby, libnetwork/netutils); from 27 on only round
 * those without a next hop.
 */
function ofRoutes(routes: readonly RouteFact[], version: string): readonly Taker[] {
  const onLinkAlone = compareVersions(version, '27.0') >= 0;
  return routes.flatMap(({ destination, table, via, link = '' }) => {
    const prefix = parsePrefix(destination)?.prefix;
    if (table !== 'main' || prefix?.family !== 4 || prefix.length === 0 || (onLinkAlone && via !== undefined))
      return [];
    return [{ prefix, text: `${destination}, a route of the host by ${link}` }];
  });
}
