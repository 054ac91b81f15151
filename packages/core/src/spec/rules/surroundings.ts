import { handedOut } from '../../addresses/ipam.js';
import type { Address } from '../../addresses/prefix.js';
import type { AddressRange } from '../../addresses/range.js';
import { remembered } from '../../remembered.js';
import { gatewayOf } from '../facts.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { reservedOf } from './reserve.js';
import type { RuleContext } from './rule.js';
import { segmentOf, sharersOf } from './segment.js';
import { shimAddressesOf } from './shim.js';

/** What is said of the addresses of a network, by itself and by others of its segment: nobody on it can have those. */
export interface Surroundings {
  /** Undefined where they are in a configuration network that is not in the file. */
  readonly pools: readonly Pool[] | undefined;
  /** Addresses that somebody has, besides containers; `owner` goes after `the address … is`. */
  readonly kept: readonly { readonly range: AddressRange; readonly owner: string }[];
  /** What Docker hands out, and of which network. */
  readonly handedOut: readonly { readonly range: AddressRange; readonly by: NetworkFacts }[];
}

/** Found once for each network: there may be thousands of containers on it. */
export const surroundingsOf = remembered((context: RuleContext) =>
  remembered((network: NetworkFacts): Surroundings => {
    const pools = poolsOf(network, context);
    if (pools === undefined) return { pools, kept: [], handedOut: [] };
    const sharers = sharersOf(network, context).map((by) => ({ by, its: by === network ? pools : by.pools }));
    return {
      pools,
      kept: sharers.flatMap(({ by, its }) => [
        ...keptByPools(by, its),
        ...(segmentOf(by) === segmentOf(network) ? keptOnWire(by) : []),
      ]),
      handedOut: sharers.flatMap(({ by, its }) =>
        its.flatMap(({ subnet, range }) => {
          const dynamic = handedOut(subnet, range);
          return dynamic === undefined ? [] : [{ by, range: dynamic }];
        }),
      ),
    };
  }),
);

function poolsOf({ spec, pools }: NetworkFacts, { networks }: RuleContext): readonly Pool[] | undefined {
  if (spec.config_from === undefined) return pools;
  return networks.find(({ name, external }) => name === spec.config_from && !external)?.pools;
}

/** By the engine, which has one set of addresses for all networks of one subnet. */
function keptByPools(by: NetworkFacts, pools: readonly Pool[]): Surroundings['kept'] {
  const gateways = pools.flatMap((pool) => gatewayOf(by, pool) ?? []);
  return [
    ...gateways.map((address) => ({ range: alone(address), owner: `the gateway of ${by.path()}` })),
    ...pools.flatMap(({ aux }) =>
      aux.map(({ address, path }) => ({
        range: alone(address),
        owner: `kept by ${path}: Docker gives it to nobody`,
      })),
    ),
  ];
}

/** By whoever else is on the same wire. */
function keptOnWire(by: NetworkFacts): Surroundings['kept'] {
  return [
    ...reservedOf(by).map(({ range, path }) => ({ range, owner: `reserved by ${path}` })),
    ...shimAddressesOf(by).map(({ address, path }) => ({
      range: alone(address),
      owner: `that of the shim, ${path}`,
    })),
  ];
}

function alone({ family, value }: Address): AddressRange {
  return { family, first: value, last: value };
}
