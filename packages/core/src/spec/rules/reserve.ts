import { isAuto } from '../../addresses/auto.js';
import { handedOut, MAX_RESERVATIONS } from '../../addresses/ipam.js';
import { formatAddress, formatPrefix } from '../../addresses/prefix.js';
import type { Address } from '../../addresses/prefix.js';
import { formatRange, intersection, parseRange, rangeSize, sizeOfUnion } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import type { Problem } from '../../problem.js';
import { remembered } from '../../remembered.js';
import { gatewayOf } from '../facts.js';
import type { NamedAddress, NetworkFacts } from '../facts.js';
import { list, quote } from '../show.js';
import { within } from './pools.js';
import { eachNetwork, error } from './rule.js';
import type { Rule } from './rule.js';
import { neighboursOf } from './segment.js';

interface Reserved {
  readonly name: string;
  readonly path: string;
  readonly range: AddressRange;
}

/** The reserved addresses of a network that can be read. */
export const reservedOf = remembered(({ spec, path }: NetworkFacts): readonly Reserved[] =>
  Object.entries(spec.reserve ?? {}).flatMap(([name, text]) => {
    const range = parseRange(text);
    return range === undefined ? [] : [{ name, range, path: path('reserve', name) }];
  }),
);

const reservedAreInside = eachNetwork((network) => {
  const { spec, pools, path } = network;
  if (spec.reserve === undefined || Object.keys(spec.reserve).length === 0 || isAuto(spec.subnet)) return [];
  if (pools.every(({ written }) => written.subnet === undefined)) {
    return [
      error('SUBNET_REQUIRED', path('reserve'), 'Addresses can be reserved only in a known subnet.', 'Add subnet:.'),
    ];
  }
  const subnets = pools.flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet]));
  if (subnets.length < pools.length) return [];
  return reservedOf(network).flatMap(({ name, range, path: at }) => {
    if (subnets.some((subnet) => within(subnet, range))) return [];
    const message = `${quote(name)}, ${formatRange(range)}, is outside the subnet ${list(subnets.map(formatPrefix))}.`;
    return [error('OUTSIDE_SUBNET', at, message, 'Correct the address, or remove it.')];
  });
});

const reservedLeaveSomething: Rule = (context) =>
  context.own.flatMap((network) => {
    const reserved = neighboursOf(network, context).flatMap(reservedOf);
    if (reserved.length === 0) return [];
    return network.pools.flatMap((pool): readonly Problem[] => {
      const dynamic = handedOut(pool.subnet, pool.range);
      if (dynamic === undefined) return [];
      const count = covered(dynamic, reserved);
      const path = network.path('reserve');
      if (count >= rangeSize(dynamic)) {
        const message = `The reserved addresses cover all of ${formatRange(dynamic)}, so Docker has none to hand out.`;
        return [error('RESERVED_ALL', path, message, 'Reserve less, or write another ip_range.')];
      }
      if (count <= BigInt(MAX_RESERVATIONS)) return [];
      const message = `${count} reserved addresses are inside ${formatRange(dynamic)}, which Docker hands out; at most ${MAX_RESERVATIONS} work.`;
      return [error('TOO_MANY_RESERVED', path, message, 'Write an ip_range that leaves them out.')];
    });
  });

/**
 * A swarm keeps no auxiliary addresses, so it hands out whatever the range has. The gateway it knows; outside the range
 * there is nothing to keep.
 */
const swarmReservesNothing = eachNetwork((network) =>
  !network.swarm
    ? []
    : reservedOf(network).flatMap(({ name, path, range }) => {
        const lost = network.pools.some(({ subnet, range: written, gateway }) => {
          const dynamic = handedOut(subnet, written);
          const isGateway = range.first === range.last && gateway?.value === range.first;
          return dynamic !== undefined && !isGateway && covered(dynamic, [{ range }]) > 0n;
        });
        if (!lost) return [];
        const message = `A swarm network hands out ${quote(name)}, ${formatRange(range)}, all the same: the swarm keeps no reserved addresses.`;
        return [error('SWARM_DROPS_AUX', path, message, 'Write an ip_range that leaves it out.')];
      }),
);

/** How many addresses of the range are among these, each counted once. */
export function covered(range: AddressRange, reserved: readonly Pick<Reserved, 'range'>[]): bigint {
  return sizeOfUnion(reserved.flatMap((one) => intersection(range, one.range) ?? []));
}

/** Engines fail to make a network with one address twice: "Address already in use". */
const addressesAreOnce = eachNetwork((network) => {
  const taken = new Map<string, string>();
  for (const pool of network.pools) {
    const address = gatewayOf(network, pool);
    const itself = pool.gateway === undefined ? ' that the bridge takes by itself' : '';
    if (address !== undefined) taken.set(keyOf(address), `the gateway${itself}`);
  }
  const gateways = new Set(taken.keys());
  const single = reservedOf(network)
    .filter(({ range }) => range.first === range.last)
    .map(({ name, path, range }) => ({ name, path, address: { family: range.family, value: range.first } }));
  return [
    ...network.pools.flatMap(({ aux }) => aux.flatMap((entry) => take(taken, entry))),
    // A reserved router is the gateway itself, and says no more than that.
    ...single.filter(({ address }) => !gateways.has(keyOf(address))).flatMap((entry) => take(taken, entry)),
  ];
});

function take(taken: Map<string, string>, { name, path, address }: NamedAddress): readonly Problem[] {
  const key = keyOf(address);
  const other = taken.get(key);
  taken.set(key, other ?? path);
  if (other === undefined) return [];
  const message = `${quote(name)} has the address ${formatAddress(address)}, which is that of ${other} too.`;
  return [error('ADDRESS_TWICE', path, message, 'Remove one of the two.')];
}

function keyOf({ family, value }: Address): string {
  return `${family} ${value}`;
}

export const reserveRules: readonly Rule[] = [
  reservedAreInside,
  reservedLeaveSomething,
  swarmReservesNothing,
  addressesAreOnce,
];
