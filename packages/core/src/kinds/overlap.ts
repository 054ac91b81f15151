import { contains, overlaps, parseAddress, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import type { FoundNetwork, NetworkResource } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { CheckContext } from './kind.js';

/** The subnets of a network, as numbers. */
export function subnetsOf({ props }: Pick<FoundNetwork, 'props'>): readonly Prefix[] {
  return props.ipam.config.flatMap(({ subnet }) => {
    const parsed = subnet === undefined ? undefined : parsePrefix(subnet);
    return parsed === undefined ? [] : [parsed.prefix];
  });
}

/** Whether a found network is the one that this resource stands for (and would be replaced by it). */
export function isSame(network: NetworkResource, found: FoundNetwork, stack: string): boolean {
  return (found.owner?.stack === stack && found.owner.ref === network.ref) || found.name === network.name;
}

/** The Linux bridge of a network of the driver `bridge`, by its option or by the engine's rule for its name. */
export function bridgeOf({ id, props }: FoundNetwork): string {
  return props.options['com.docker.network.bridge.name'] ?? `br-${id.slice(0, 12)}`;
}

/**
 * A bridge on addresses that are in use takes traffic away from whoever has them. Engines look at other bridges only,
 * and never at the links and routes of the host.
 */
export function bridgeOverlap(network: NetworkResource, { facts, stack, leaving }: CheckContext): readonly Problem[] {
  if (facts.networks.some((found) => isSame(network, found, stack) && !leaving.networks.has(found.id))) return [];
  const gone = facts.networks.filter(({ id }) => leaving.networks.has(id)).map(bridgeOf);
  const stays = (link: string | undefined): boolean =>
    link === undefined || !(leaving.links.has(link) || gone.includes(link));
  const path = `${network.path}.subnet`;
  const cure = network.autoSubnet ? 'Give the network a subnet.' : 'Choose another subnet, or write `subnet: auto`.';
  return subnetsOf(network).flatMap((subnet) => {
    const taken = facts.networks.find(
      (found) =>
        !leaving.networks.has(found.id) &&
        found.props.scope !== 'swarm' &&
        found.props.configOnly !== true &&
        subnetsOf(found).some((other) => overlaps(subnet, other)),
    );
    if (taken !== undefined) {
      return [problem('error', 'SUBNET_OVERLAP', path, `the Docker network ${taken.name} uses these addresses`, cure)];
    }
    const link = facts.links?.links.find(
      ({ name, addresses }) =>
        stays(name) &&
        addresses.some(({ address }) => {
          const parsed = parseAddress(address);
          return parsed !== undefined && contains(subnet, parsed);
        }),
    );
    if (link !== undefined) {
      return [problem('error', 'SUBNET_OVERLAP', path, `the host's own link ${link.name} has an address in it`, cure)];
    }
    const route = facts.links?.routes.find(({ destination, link: by }) => {
      const parsed = stays(by) ? parsePrefix(destination)?.prefix : undefined;
      return parsed !== undefined && parsed.length >= SHORTEST_REAL_ROUTE && overlaps(subnet, parsed);
    });
    if (route === undefined) return [];
    const by = route.link === undefined ? '' : ` by ${route.link}`;
    return [problem('error', 'SUBNET_OVERLAP', path, `the host has a route to ${route.destination}${by}`, cure)];
  });
}

/**
 * Two networks may share a LAN only when each hands out a range of its own: then they share one set of addresses in the
 * engine. Two plain ones, or two that name the same gateway, it refuses, and overlapping ranges it wrongly accepts; a
 * bridge on the LAN's addresses would answer for the LAN.
 */
export function lanOverlap(network: NetworkResource, { facts, stack, leaving }: CheckContext): readonly Problem[] {
  if (facts.networks.some((found) => isSame(network, found, stack) && !leaving.networks.has(found.id))) return [];
  const others = facts.networks.filter(
    ({ id, props }) => !leaving.networks.has(id) && props.scope !== 'swarm' && props.configOnly !== true,
  );
  const found = others.flatMap((other) => {
    const clash = lanClash(network, other);
    return clash === undefined ? [] : [{ other, clash }];
  })[0];
  if (found === undefined) return [];
  const { other, clash } = found;
  return [
    problem(
      'error',
      'SUBNET_OVERLAP',
      `${network.path}.subnet`,
      `the Docker network ${other.name} ${clash}`,
      'Give each of the two an ip_range of its own and only one of them the gateway, or choose another subnet.',
    ),
  ];
}

/** What keeps two networks apart, as half a sentence; undefined when nothing does. */
function lanClash(network: NetworkResource, other: FoundNetwork): string | undefined {
  const lan = other.props.driver === 'macvlan' || other.props.driver === 'ipvlan';
  for (const mine of network.props.ipam.config) {
    for (const theirs of other.props.ipam.config) {
      const [a, b] = [mine.subnet, theirs.subnet].map((text) => parsePrefix(text ?? '')?.prefix);
      if (a === undefined || b === undefined || !overlaps(a, b)) continue;
      if (!lan || mine.subnet !== theirs.subnet) return `uses addresses of ${mine.subnet ?? ''}`;
      if (mine.ipRange === undefined || theirs.ipRange === undefined)
        return `has ${mine.subnet ?? ''} too, and not both have an ip_range`;
      const [c, d] = [mine.ipRange, theirs.ipRange].map((text) => parsePrefix(text)?.prefix);
      if (c !== undefined && d !== undefined && overlaps(c, d)) return `hands out addresses of ${mine.ipRange} too`;
      if (mine.gateway !== undefined && mine.gateway === theirs.gateway) {
        return `has the gateway ${mine.gateway} too, and the engine gives it to one network`;
      }
    }
  }
  return undefined;
}

/** The swarm stores an overlay network that overlaps another, and never gives it addresses. */
export function swarmOverlap(network: NetworkResource, { facts, stack, leaving }: CheckContext): readonly Problem[] {
  if (facts.networks.some((found) => isSame(network, found, stack) && !leaving.networks.has(found.id))) return [];
  const others = facts.networks.filter(({ id, props }) => !leaving.networks.has(id) && props.scope === 'swarm');
  const ingress = network.asked.ingress === true ? others.find(({ props }) => props.ingress === true) : undefined;
  if (ingress !== undefined) {
    const cure = `Remove it first (docker network rm ${ingress.name}), which needs that no service publishes a port by it.`;
    return [
      problem(
        'error',
        'INGRESS_EXISTS',
        network.path,
        `the swarm has the ingress network ${ingress.name} already`,
        cure,
      ),
    ];
  }
  const taken = others.find((other) =>
    subnetsOf(network).some((subnet) => subnetsOf(other).some((theirs) => overlaps(subnet, theirs))),
  );
  if (taken === undefined) return [];
  const path = `${network.path}.subnet`;
  return [
    problem(
      'error',
      'SUBNET_OVERLAP',
      path,
      `the swarm network ${taken.name} uses these addresses`,
      'Choose another subnet.',
    ),
  ];
}

/** Shorter prefixes (`0.0.0.0/0`, or the `0.0.0.0/1` and `128.0.0.0/1` of a VPN) stand for "everything else". */
export const SHORTEST_REAL_ROUTE = 4;
