import { bitsOf, contains, formatAddress, formatPrefix, parseAddress } from '../../addresses/prefix.js';
import type { Address } from '../../addresses/prefix.js';
import { defaultShimAddress } from '../../addresses/shim.js';
import { formatRange, inRange, rangeSize } from '../../addresses/range.js';
import { sizeOf } from '../../addresses/prefix.js';
import type { Problem } from '../../problem.js';
import { remembered } from '../../remembered.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { quote } from '../show.js';
import { isEdge } from './pools.js';
import { reservedOf } from './reserve.js';
import { error, warning } from './rule.js';
import type { Rule } from './rule.js';
import { neighboursOf } from './segment.js';
import { addressCure } from './written.js';

interface ShimAddress {
  readonly path: string;
  readonly address: Address;
}

/** The addresses of the shim that can be read; a /32 or /128 is what it has anyway. */
function given({ spec, path }: NetworkFacts): {
  readonly addresses: readonly ShimAddress[];
  readonly problems: readonly Problem[];
} {
  const written = typeof spec.shim === 'object' ? (spec.shim.address ?? []) : [];
  const one = typeof written === 'string';
  const addresses: ShimAddress[] = [];
  const problems: Problem[] = [];
  for (const [index, text] of (one ? [written] : written).entries()) {
    const at = one ? path('shim', 'address') : path('shim', 'address', index);
    const [addressText = '', length, ...rest] = text.split('/');
    const address = parseAddress(addressText);
    if (address === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) {
      problems.push(error('INVALID_ADDRESS', at, `${quote(text)} is not an address.`, addressCure(text)));
    } else if (length !== undefined && Number(length) !== bitsOf(address.family)) {
      const message = `The shim cannot have the length /${length}: the host would have two routes to one LAN, and lose one of them.`;
      problems.push(
        error('SHIM_PREFIX_LENGTH', at, message, `Write ${addressText}, which becomes a /${bitsOf(address.family)}.`),
      );
    } else addresses.push({ path: at, address });
  }
  return { addresses, problems };
}

/** With the networks of its segment, itself first. */
const withShim =
  (look: (network: NetworkFacts, neighbours: readonly NetworkFacts[]) => readonly Problem[]): Rule =>
  (context) =>
    context.own.flatMap((network) =>
      network.lan && network.spec.shim !== undefined && network.spec.shim !== false
        ? look(network, neighboursOf(network, context))
        : [],
    );

/** A shim is one more child of the parent, so what the mode does among children it does to the host. */
const modeAllowsAShim = withShim(({ mode, driver, spec, path }) => {
  const kind = driver === 'ipvlan' ? (spec.driver_opts?.['ipvlan_flag'] ?? 'bridge') : mode;
  if (kind === 'private' || kind === 'passthru') {
    const why = kind === 'private' ? 'keeps all children of the parent apart' : 'gives the parent to one child alone';
    return [
      error(
        'SHIM_NOT_IN_MODE',
        path('shim'),
        `A shim does nothing here: ${kind} ${why}.`,
        'Remove the shim, or use the mode bridge.',
      ),
    ];
  }
  if (kind !== 'vepa') return [];
  const message =
    'With vepa a shim works only when the switch sends packets back out of the port that they came in by.';
  return [
    warning('SHIM_NEEDS_HAIRPIN', path('shim'), message, 'Use the mode bridge, unless the switch is set up for this.'),
  ];
});

const shimHasARoute = withShim((network) => {
  const { spec, pools, path } = network;
  if (spec.config_from !== undefined) return [];
  const { addresses, problems } = given(network);
  // Without a range it leads to the containers of the spec that have an address of their own.
  if (pools.every(({ written }) => written.ip_range === undefined) && network.statics.length === 0) {
    const message = 'A shim has routes to the ip_range, and this network has none.';
    return [
      ...problems,
      error(
        'SHIM_NEEDS_RANGE',
        path('shim'),
        message,
        'Write ip_range: and the part of the subnet that Docker may hand out.',
      ),
    ];
  }
  for (const family of [4, 6] as const) {
    const ofFamily = pools.filter(({ subnet }) => subnet?.family === family);
    const reachable = ofFamily.some(({ written }) => written.ip_range !== undefined);
    if (ofFamily.length === 0 || reachable || addresses.some(({ address }) => address.family === family)) continue;
    const message = `The shim has no IPv${family} address: there is no IPv${family} ip_range to take it from.`;
    return [
      ...problems,
      error('SHIM_NEEDS_RANGE', path('shim'), message, `Write an IPv${family} ip_range, or shim.address.`),
    ];
  }
  return problems;
});

const shimRoutesAreSafe = withShim((network, neighbours) =>
  network.pools.flatMap((pool) => {
    const { subnet, range } = pool;
    if (range === undefined) return [];
    const path = network.path('shim');
    const gateway = neighbours
      .flatMap(({ pools }) => pools.flatMap((one) => one.gateway ?? []))
      .find((address) => inRange(range, address));
    if (gateway !== undefined) {
      const message = `The shim would take the host's way to the gateway ${formatAddress(gateway)}, which is inside ${formatRange(range)}.`;
      return [error('SHIM_COVERS_GATEWAY', path, message, 'Write an ip_range without the gateway.')];
    }
    if (subnet === undefined || rangeSize(range) !== sizeOf(subnet) || range.first !== subnet.first) return [];
    const message = `The ip_range is the whole subnet ${formatPrefix(subnet)}: the host would have two equal routes to the LAN.`;
    return [error('SHIM_COVERS_SUBNET', path, message, 'Write an ip_range that is a part of the subnet.')];
  }),
);

const shimAddressIsFree = withShim((network, neighbours) => {
  const explicit = given(network).addresses.flatMap((entry) => inSubnet(network, entry));
  return [...explicit, ...shimAddressesOf(network).flatMap((entry) => collisions(neighbours, entry))];
});

/** The addresses of a network's shim; none where it has no shim. */
export const shimAddressesOf = remembered((network: NetworkFacts): readonly ShimAddress[] => {
  if (!network.lan || network.spec.shim === undefined || network.spec.shim === false) return [];
  const { addresses } = given(network);
  const families = new Set(addresses.map(({ address }) => address.family));
  const defaults = ([4, 6] as const).flatMap((family) => {
    const pool = families.has(family) ? undefined : network.pools.find(({ range }) => range?.family === family);
    if (pool?.range === undefined) return [];
    return [{ path: network.path('shim'), address: defaultShimAddress(pool.range, pool.subnet) }];
  });
  return [...addresses, ...defaults];
});

function inSubnet({ pools }: NetworkFacts, { path, address }: ShimAddress): readonly Problem[] {
  const subnets = pools.flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet]));
  const home = subnets.find((subnet) => contains(subnet, address));
  if (home === undefined && subnets.length > 0 && subnets.length === pools.length) {
    const message = `The shim's address ${formatAddress(address)} is outside the subnet ${subnets.map(formatPrefix).join(', ')}.`;
    return [error('OUTSIDE_SUBNET', path, message, 'Write a free address of the LAN.')];
  }
  if (home === undefined || !isEdge(home, address)) return [];
  const message = `The shim's address ${formatAddress(address)} is the network or broadcast address of ${formatPrefix(home)}.`;
  return [error('SHIM_AT_EDGE', path, message, 'Write a free address of the LAN.')];
}

function collisions(neighbours: readonly NetworkFacts[], { path, address }: ShimAddress): readonly Problem[] {
  const is = (other: Address | undefined): boolean => other?.family === address.family && other.value === address.value;
  const covered = (pool: Pool): boolean =>
    is(pool.gateway) && !(pool.range !== undefined && inRange(pool.range, address));
  const pools = neighbours.flatMap((network) => network.pools);
  const owner = pools.some(covered)
    ? 'the gateway'
    : (pools.flatMap(({ aux }) => aux).find((entry) => is(entry.address))?.path ??
      neighbours.flatMap(reservedOf).find(({ range }) => inRange(range, address))?.path);
  if (owner === undefined) return [];
  const message = `The shim's address ${formatAddress(address)} is that of ${owner} too.`;
  return [
    error(
      'ADDRESS_TWICE',
      path,
      message,
      'Write another shim.address, or free this one; netctl reserves it for the shim by itself.',
    ),
  ];
}

export const shimRules: readonly Rule[] = [modeAllowsAShim, shimHasARoute, shimRoutesAreSafe, shimAddressIsFree];
