import { isAuto } from '../../addresses/auto.js';
import { contains, formatAddress, formatPrefix, lastOf } from '../../addresses/prefix.js';
import type { Address, Prefix } from '../../addresses/prefix.js';
import { formatRange, hostsOf, rangeOf } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import type { Problem } from '../../problem.js';
import { familyOf } from '../facts.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { formatPath } from '../path.js';
import { quote } from '../show.js';
import { eachNetwork, error, warning } from './rule.js';
import type { Rule } from './rule.js';

export function within(outer: Prefix, inner: AddressRange): boolean {
  const { family, first, last } = inner;
  return contains(outer, { family, value: first }) && contains(outer, { family, value: last });
}

/** The engine reserves them, except where a subnet is only one or two addresses. */
export function isEdge(subnet: Prefix, address: Address): boolean {
  const { family, length } = subnet;
  if (length >= (family === 4 ? 31 : 127)) return false;
  return address.value === subnet.first || (family === 4 && address.value === lastOf(subnet));
}

const poolsHoldTogether = eachNetwork((network) => network.pools.flatMap((pool) => poolProblems(pool)));

function poolProblems(pool: Pool): readonly Problem[] {
  const { at, written, subnet, gateway, range, aux } = pool;
  const problems: Problem[] = [];
  if (written.subnet === undefined) {
    for (const key of ['gateway', 'ip_range', 'aux_addresses'] as const) {
      if (key === 'aux_addresses' ? aux.length === 0 : written[key] === undefined) continue;
      const path = formatPath([...at, key]);
      problems.push(error('SUBNET_REQUIRED', path, `${path} needs a subnet to be in.`, 'Add subnet:.'));
    }
  }
  if (subnet === undefined) return problems;
  const outside = (path: string, what: string, choice: AddressRange): Problem => {
    const message = `${what} is outside the subnet ${formatPrefix(subnet)}.`;
    return error('OUTSIDE_SUBNET', path, message, `Choose from ${fromTo(choice)}.`);
  };
  if (range !== undefined && !within(subnet, range)) {
    problems.push(outside(formatPath([...at, 'ip_range']), `The range ${formatRange(range)}`, rangeOf(subnet)));
  }
  if (gateway !== undefined) {
    const path = formatPath([...at, 'gateway']);
    if (!contains(subnet, gateway))
      problems.push(outside(path, `The gateway ${formatAddress(gateway)}`, hostsOf(subnet)));
    else if (isEdge(subnet, gateway)) {
      const message = `The gateway ${formatAddress(gateway)} is the network or broadcast address of ${formatPrefix(subnet)}.`;
      problems.push(error('GATEWAY_AT_EDGE', path, message, 'Write the address of the router.'));
    }
  }
  for (const { name, address, path } of aux) {
    if (!contains(subnet, address))
      problems.push(outside(path, `${quote(name)}, ${formatAddress(address)},`, hostsOf(subnet)));
  }
  return problems;
}

function fromTo({ family, first, last }: AddressRange): string {
  const [from, to] = [formatAddress({ family, value: first }), formatAddress({ family, value: last })];
  return first === last ? from : `${from}-${to}`;
}

/** The engine takes it, and makes a network without IPv6 of it. */
const overlayHasNoIPv6 = eachNetwork(({ spec, pools, path, driver }) =>
  driver !== 'overlay' || spec.enable_ipv6 !== true || pools.some((pool) => familyOf(pool) === 6)
    ? []
    : [error('OVERLAY_IPV6', path('enable_ipv6'), 'Overlay networks have no IPv6.', 'Remove enable_ipv6.')],
);

const familiesAreEnabled = eachNetwork(({ spec, pools, path, driver }) =>
  pools.flatMap((pool) => {
    const family = familyOf(pool);
    const at = formatPath([...pool.at, 'subnet']);
    if (family === 6 && driver === 'overlay') {
      const message = 'Overlay networks have no IPv6: engines from 27 on never finish making one.';
      return [error('OVERLAY_IPV6', at, message, 'Remove the IPv6 subnet.')];
    }
    if (family === 6 && spec.enable_ipv6 !== true && spec.config_from === undefined) {
      const message = `${path()} has an IPv6 subnet, which the engine ignores without enable_ipv6.`;
      return [error('IPV6_NOT_ENABLED', at, message, `Add enable_ipv6: true to ${path()}.`)];
    }
    if (family === 4 && spec.enable_ipv4 === false) {
      const message = `${path()} has an IPv4 subnet, and enable_ipv4: false.`;
      return [error('IPV4_NOT_ENABLED', at, message, 'Remove one of the two.')];
    }
    return [];
  }),
);

/** moby, bridge driver: "bridge driver doesn't support multiple subnets". */
const bridgeHasOneSubnetEach = eachNetwork(({ driver, pools }) =>
  driver !== 'bridge'
    ? []
    : ([4, 6] as const).flatMap((family) =>
        pools
          .filter(({ subnet }) => subnet?.family === family)
          .slice(1)
          .map(({ at }) => {
            const message = `A bridge has at most one IPv${family} subnet.`;
            return error(
              'TOO_MANY_SUBNETS',
              formatPath([...at, 'subnet']),
              message,
              'Remove it, or make another network of it.',
            );
          }),
      ),
);

const autoIsAChoice = eachNetwork(({ spec, driver, path }) => {
  if (!isAuto(spec.subnet)) return [];
  if (driver !== 'bridge' && driver !== 'overlay') {
    const message = `A subnet cannot be chosen for the driver ${driver}: the subnet of a LAN is a fact, which its router knows.`;
    return [error('AUTO_SUBNET_HERE', path('subnet'), message, 'Write the subnet of the LAN.')];
  }
  return (['gateway', 'ip_range', 'reserve'] as const)
    .filter((key) => spec[key] !== undefined)
    .map((key) => {
      const message = `${path(key)} cannot be known before the subnet is.`;
      return error('AUTO_SUBNET_WITH_ADDRESSES', path(key), message, `Remove it, or write the subnet instead of auto.`);
    });
});

/** swarmkit keeps only subnet, range and gateway of a pool. */
const swarmDropsAux = eachNetwork(({ swarm, spec, path }) =>
  !swarm
    ? []
    : (spec.ipam?.config ?? []).flatMap(({ aux_addresses: aux }, index) => {
        if (aux === undefined || Object.keys(aux).length === 0) return [];
        const message = 'A swarm network loses its auxiliary addresses: the swarm does not keep them.';
        return [
          error(
            'SWARM_DROPS_AUX',
            path('ipam', 'config', index, 'aux_addresses'),
            message,
            'Write an ip_range that leaves them out.',
          ),
        ];
      }),
);

/** What a network on a LAN needs to say although the engine does not ask for it. */
const lanIsDescribed = eachNetwork((network) => {
  const { spec, driver, mode, lan, wire, pools, path } = network;
  if (!lan || wire === undefined || spec.config_from !== undefined || (driver === 'ipvlan' && mode !== 'l2')) return [];
  if (pools.length === 0) {
    const message = `${path()} has no subnet: Docker would choose one that is not that of the LAN.`;
    return [warning('NO_SUBNET', path(), message, 'Write the subnet of the LAN.')];
  }
  return [...withoutGateway(network), ...withoutRange(network)];
});

function withoutGateway({ spec, pools, path }: NetworkFacts): readonly Problem[] {
  if (spec.internal === true) return [];
  const families = new Set(pools.map(({ subnet }) => subnet?.family));
  return [...families].flatMap((family) => {
    if (
      family === undefined ||
      pools.some(({ subnet, written }) => subnet?.family === family && written.gateway !== undefined)
    )
      return [];
    const message = `${path()} has no IPv${family} gateway: engines up to 28 invent one, newer ones leave containers without a default route.`;
    return [warning('NO_GATEWAY', path(), message, 'Write gateway: and the address of the router.')];
  });
}

function withoutRange({ pools, path }: NetworkFacts): readonly Problem[] {
  if (pools.every(({ subnet, written }) => subnet === undefined || written.ip_range !== undefined)) return [];
  const message = `${path()} has no ip_range: Docker hands out any address of the LAN, those of other machines too.`;
  return [
    warning(
      'NO_IP_RANGE',
      path(),
      message,
      'Write ip_range: and a part of the subnet that the DHCP server leaves alone.',
    ),
  ];
}

export const poolRules: readonly Rule[] = [
  poolsHoldTogether,
  familiesAreEnabled,
  overlayHasNoIPv6,
  bridgeHasOneSubnetEach,
  autoIsAChoice,
  swarmDropsAux,
  lanIsDescribed,
];
