import { contains, overlaps, parseAddress, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import type { FoundNetwork, NetworkResource } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { CheckContext } from './kind.js';

/** The subnets of a network, as numbers. */
export function subnetsOf(network: NetworkResource | FoundNetwork): readonly Prefix[] {
  return network.props.ipam.config.flatMap(({ subnet }) => {
    const parsed = subnet === undefined ? undefined : parsePrefix(subnet);
    return parsed === undefined ? [] : [parsed.prefix];
  });
}

/** Whether a found network is the one that this resource stands for (and would be replaced by it). */
export function isSame(network: NetworkResource, found: FoundNetwork, stack: string): boolean {
  return (found.owner?.stack === stack && found.owner.ref === network.ref) || found.name === network.name;
}

/** The Linux bridge of a network of the driver `bridge`. */
function bridgeOf({ id, props }: FoundNetwork): string {
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

/** Shorter prefixes (`0.0.0.0/0`, or the `0.0.0.0/1` and `128.0.0.0/1` of a VPN) stand for "everything else". */
export const SHORTEST_REAL_ROUTE = 4;
