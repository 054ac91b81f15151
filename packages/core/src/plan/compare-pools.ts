import { impliedGateway, poolsOf } from '../addresses/ipam.js';
import { contains, parseAddress, parsePrefix } from '../addresses/prefix.js';
import { inRange, parseRange } from '../addresses/range.js';
import { kindOf } from '../kinds/index.js';
import type { FoundNetwork, IpamEntry, NetworkResource } from '../model.js';
import { entryChanges, scalar } from './change.js';
import type { Change } from './change.js';

interface Pool {
  readonly subnet: string;
  readonly family: 4 | 6;
  /** Ranges and not blocks, so that what a change says can be read. */
  readonly ranges: string;
  readonly gateways: readonly string[];
  readonly aux: Readonly<Record<string, string>>;
}

/** How the addressing of a network differs from what is wanted. */
export function poolChanges(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  const { asked } = want;
  scalar(changes, 'ipam.driver', have.props.ipam.driver ?? 'default', asked.ipam.driver ?? 'default');
  const wanted = pools(asked.ipam.config);
  const effective = pools(want.props.ipam.config);
  const before = pools(have.asked?.ipam.config ?? []);
  const there = pools(have.props.ipam.config);
  const left = new Set(there);
  for (const pool of wanted) {
    const twin = there.find(({ subnet }) => subnet === pool.subnet);
    const match =
      twin ??
      [...left].find(({ subnet, family }) => family === pool.family && !wanted.some((one) => one.subnet === subnet));
    if (match !== undefined) left.delete(match);
    // What is wrong is that the family is off, which is a change of its own.
    else if (!hasFamily(have, pool.family)) continue;
    if (match?.subnet === pool.subnet) pair(changes, pool, match, { want, have, before, effective });
    else scalar(changes, 'subnet', match?.subnet, pool.subnet);
  }
  const chosen = new Set<4 | 6>();
  for (const pool of left) {
    const { subnet, family } = pool;
    // Where no subnet of a family is asked for, one is the engine's or netctl's to choose, unless it was asked for once.
    const open = asked.configOnly !== true && !wanted.some((one) => one.family === family) && !chosen.has(family);
    const kept = effective.some((one) => one.subnet === subnet);
    const once = before.some((one) => one.subnet === subnet);
    // What `auto` chose stays until the spec gives it to another network.
    const anew = want.autoSubnet && !kept ? effective.find((one) => one.family === family)?.subnet : undefined;
    const on = hasFamily(have, family);
    // Its family is off, which is a change of its own; engines keep its pool.
    const gone = !on && changes.some(({ field }) => field === `enable_ipv${family}`);
    if (gone) continue;
    if (anew !== undefined) scalar(changes, 'subnet', subnet, anew);
    else if (open && (kept || !once) && on) {
      chosen.add(family);
      const nothing: Pool = { subnet, family, ranges: '', gateways: [], aux: {} };
      pair(changes, nothing, pool, { want, have, before, effective });
    } else changes.push({ field: 'subnet', from: subnet });
  }
}

function pools(entries: readonly IpamEntry[]): readonly Pool[] {
  if (entries.length === 0) return [];
  return poolsOf(entries).map(({ subnet = '', ranges, gateways, auxAddresses }) => ({
    subnet,
    family: parsePrefix(subnet)?.prefix.family ?? 4,
    ranges: ranges.join(' '),
    gateways,
    aux: auxAddresses,
  }));
}

function hasFamily({ props }: FoundNetwork, family: 4 | 6): boolean {
  return family === 4 ? props.enableIPv4 !== false : props.enableIPv6 === true;
}

interface Sides {
  readonly want: NetworkResource;
  readonly have: FoundNetwork;
  readonly before: readonly Pool[];
  readonly effective: readonly Pool[];
}

/** Two pools of one subnet. */
function pair(changes: Change[], pool: Pool, there: Pool, { want, have, before, effective }: Sides): void {
  const none = (text: string): string | undefined => (text === '' ? undefined : text);
  scalar(changes, 'ip_range', none(there.ranges), none(pool.ranges));
  const [gateway] = pool.gateways;
  const then = before.find(({ subnet }) => subnet === pool.subnet)?.gateways[0];
  // A gateway that nobody asked for is the engine's: it appears after a restart, on every engine up to 28.
  const byHand = there.gateways.find(
    (one) => one !== gateway && (one === then || !isEnginesChoice(one, pool.subnet, want, have)),
  );
  if (gateway !== undefined && !there.gateways.includes(gateway)) {
    scalar(changes, 'gateway', there.gateways[0], gateway);
  } else if (byHand !== undefined) scalar(changes, 'gateway', byHand, undefined);
  const derived = effective.find(({ subnet }) => subnet === pool.subnet)?.aux ?? {};
  // An address is kept whatever its name, and people keep that of their shim by one of their own.
  const kept = new Set(Object.values(derived));
  const counts = ([name, address]: readonly [string, string]): boolean =>
    !kept.has(address) || Object.hasOwn(derived, name) || Object.hasOwn(pool.aux, name);
  entryChanges(changes, 'aux_addresses', Object.fromEntries(Object.entries(there.aux).filter(counts)), {
    asked: pool.aux,
    derived,
    added: within(have.added?.auxAddresses ?? {}, pool.subnet),
  });
}

/**
 * Whether an engine may have taken this gateway by itself: the first address of a range, else of the subnet, that is
 * free; where networks share a subnet, that may be a later one of the range. A configuration network takes none.
 */
function isEnginesChoice(
  gateway: string,
  subnet: string,
  { asked }: NetworkResource,
  { props }: FoundNetwork,
): boolean {
  if (asked.configOnly === true) return false;
  const address = parseAddress(gateway);
  const prefix = parsePrefix(subnet)?.prefix;
  // What an engine takes of a subnet of two or four addresses is not worth knowing.
  if (address === undefined || prefix === undefined || prefix.length >= (prefix.family === 4 ? 30 : 126)) return true;
  return props.ipam.config
    .filter((entry) => entry.subnet === subnet)
    .some(({ ipRange }) => {
      const range = ipRange === undefined ? undefined : parseRange(ipRange);
      const shared = kindOf(props.driver).sharesSubnets && range !== undefined && inRange(range, address);
      return shared || impliedGateway(prefix, range)?.value === address.value;
    });
}

function within(addresses: Readonly<Record<string, string>>, subnet: string): Record<string, string> {
  const prefix = parsePrefix(subnet)?.prefix;
  return Object.fromEntries(
    Object.entries(addresses).filter(([, text]) => {
      const address = parseAddress(text);
      return prefix !== undefined && address !== undefined && contains(prefix, address);
    }),
  );
}
