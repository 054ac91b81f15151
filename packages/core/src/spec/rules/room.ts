import { handedOut, impliedGateway } from '../../addresses/ipam.js';
import { formatPrefix, lastOf, sizeOf } from '../../addresses/prefix.js';
import type { Address, Family, Prefix } from '../../addresses/prefix.js';
import { rangeSize } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import { lint } from '../../problem.js';
import type { Problem } from '../../problem.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { isEdge } from './pools.js';
import { covered, reservedOf } from './reserve.js';
import { eachNetwork } from './rule.js';
import type { Rule } from './rule.js';
import { shimAddressesOf } from './shim.js';

/** What containers and replicas want of a network. */
export interface Wants {
  /** The addresses that some of them ask for. */
  readonly statics: readonly Address[];
  /** How many there are that take what they are given. */
  readonly dynamic: Readonly<Record<Family, number>>;
}

/** A network is there for one container at the least, and it asks for nothing as long as the spec does not say so. */
function wantsOf({ attachments, statics }: NetworkFacts): Wants {
  if (attachments.length === 0) return { statics: [], dynamic: { 4: 1, 6: 1 } };
  const addresses = statics.map(({ address }) => address);
  const all = attachments.reduce((sum, { copies }) => sum + copies, 0);
  const without = (family: Family): number => all - addresses.filter((address) => address.family === family).length;
  return { statics: addresses, dynamic: { 4: without(4), 6: without(6) } };
}

/**
 * A pool that is too small shows only when a container starts: "no available IPv4 addresses". Of a family with a pool that
 * cannot be read, or that Docker does not manage, nothing is said.
 */
export function roomProblems(network: NetworkFacts, wants: Wants): readonly Problem[] {
  if ((network.spec.ipam?.driver ?? 'default') !== 'default') return [];
  return ([4, 6] as const).flatMap((family) => {
    const pools = poolsOf(network, family);
    if (pools === undefined || pools.length === 0) return [];
    const free = pools.reduce((sum, pool) => sum + freeIn(pool, takenOf(network, pool, wants.statics)), 0n);
    const allReserved = pools.every(({ range }) => covered(range, reservedOf(network)) === rangeSize(range));
    const wanted = wants.dynamic[family];
    if (free >= BigInt(wanted) || allReserved) return [];
    const of = [...new Set(pools.map(({ subnet }) => formatPrefix(subnet)))].join(' and ');
    const left = free === 0n ? 'no address' : free === 1n ? 'one address' : `${free} addresses`;
    const several = wanted === 1 ? '' : `, and ${wanted} containers want one`;
    const message = `Docker has ${left} of ${of} left to hand out${several}: without gateway, shim, reserved and static addresses there are no more.`;
    const hint = 'Write a larger subnet or ip_range, or give each container an address of its own outside the range.';
    return [lint('NO_ROOM', network.path(), message, hint)];
  });
}

interface RoomPool {
  readonly subnet: Prefix;
  readonly range: AddressRange;
  readonly pool: Pool;
}

/** Undefined when one of them cannot be read. */
function poolsOf({ pools }: NetworkFacts, family: Family): readonly RoomPool[] | undefined {
  const read = pools.map((pool): RoomPool | undefined => {
    const { subnet, range, written } = pool;
    const dynamic = written.ip_range !== undefined && range === undefined ? undefined : handedOut(subnet, range);
    return subnet === undefined || dynamic === undefined ? undefined : { subnet, range: dynamic, pool };
  });
  const known = read.filter((pool) => pool !== undefined);
  return known.length < pools.length ? undefined : known.filter(({ subnet }) => subnet.family === family);
}

function freeIn({ range }: RoomPool, taken: readonly AddressRange[]): bigint {
  return (
    rangeSize(range) -
    covered(
      range,
      taken.map((one) => ({ range: one })),
    )
  );
}

/** What nobody can be given: the edges, the gateway (bridges and overlays take one by themselves), and what is named. */
function takenOf(network: NetworkFacts, { subnet, range, pool }: RoomPool, statics: readonly Address[]) {
  const { family, first } = subnet;
  const edges = [first, lastOf(subnet)]
    .map((value) => ({ family, value }))
    .filter((address) => sizeOf(subnet) > 1n && isEdge(subnet, address));
  // Of a single address that is IPv6 there is none but itself.
  const implied = network.lan
    ? undefined
    : (impliedGateway(subnet, pool.range === undefined ? undefined : range) ?? { family, value: first });
  const gateway = pool.gateway ?? implied;
  const single = [
    ...edges,
    ...(gateway === undefined ? [] : [gateway]),
    ...pool.aux.map(({ address }) => address),
    ...shimAddressesOf(network).map(({ address }) => address),
    ...statics,
  ];
  return [
    ...single.map(({ family: of, value }): AddressRange => ({ family: of, first: value, last: value })),
    ...reservedOf(network).map((reserved) => reserved.range),
  ];
}

const networksHaveRoom = eachNetwork((network) =>
  network.spec.config_from === undefined ? roomProblems(network, wantsOf(network)) : [],
);

export const roomRules: readonly Rule[] = [networksHaveRoom];
