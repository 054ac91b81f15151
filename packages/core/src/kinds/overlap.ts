import { subnetsOf } from '../addresses/ipam.js';
import { nameOf } from '../addresses/occupants.js';
import type { Occupant } from '../addresses/occupied.js';
import { formatPrefix, overlaps, parsePrefix } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import { linkNamed, networksMarked, networksNamed } from '../lookup.js';
import type { FoundNetwork, NetworkResource } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { CheckContext } from './kind.js';

/** Whether a found network is the one that this resource stands for (and would be replaced by it). */
export function isSame(network: NetworkResource, found: FoundNetwork, stack: string): boolean {
  return (found.owner?.stack === stack && found.owner.ref === network.ref) || found.name === network.name;
}

/** The Linux bridge of a network of the driver `bridge`, by its option or by the engine's rule for its name. */
export function bridgeOf({ id, props }: FoundNetwork): string {
  return props.options['com.docker.network.bridge.name'] ?? `br-${id.slice(0, 12)}`;
}

/** Whether the network is there already and stays: then what is in its way is no news. */
function isThere(network: NetworkResource, { facts, stack, leaving }: CheckContext): boolean {
  const likely = [...networksMarked(facts, network.ref), ...networksNamed(facts, network.name)];
  return likely.some((found) => isSame(network, found, stack) && !leaving.networks.has(found.id));
}

/** Those who have addresses of a subnet, but for what the same plan takes away. */
function inTheWay(subnet: Prefix, { leaving, addresses }: CheckContext): readonly Occupant[] {
  return addresses.occupied
    .overlapping(subnet)
    .filter(
      ({ networkId, link }) =>
        !(networkId !== undefined && leaving.networks.has(networkId)) &&
        !(link !== undefined && (leaving.links.has(link) || leaving.bridges.has(link))),
    );
}

/** The worst comes first: a network says more than the address and the route that it brings. */
const BY_WEIGHT: readonly Occupant['kind'][] = ['network', 'address', 'route'];

function worst(occupants: readonly Occupant[]): Occupant | undefined {
  return BY_WEIGHT.map((kind) => occupants.find((one) => one.kind === kind)).find((one) => one !== undefined);
}

function taken(
  network: NetworkResource,
  subnet: Prefix,
  { text }: Occupant,
  { addresses }: CheckContext,
  everywhere = false,
): Problem {
  const offered = network.autoSubnet ? undefined : addresses.offer(subnet, everywhere);
  const free = offered === undefined ? 'Choose another one' : `${formatPrefix(offered)} is free`;
  return problem(
    'error',
    'SUBNET_OVERLAP',
    `${network.path}.subnet`,
    `${formatPrefix(subnet)} overlaps ${text}`,
    network.autoSubnet ? 'Give the network a subnet.' : `${free}, or write \`subnet: auto\`.`,
  );
}

/** What comes later may be given the same addresses; nobody has them now. */
function pooled(network: NetworkResource, subnet: Prefix, { text }: Occupant, { addresses }: CheckContext): Problem {
  const offered = addresses.offer(subnet);
  return problem(
    'warning',
    'SUBNET_IN_POOL',
    `${network.path}.subnet`,
    `${formatPrefix(subnet)} is part of ${text}, and one of them may get it too`,
    offered === undefined ? 'Choose another one.' : `${formatPrefix(offered)} is free.`,
  );
}

/**
 * A bridge on addresses that are in use takes traffic away from whoever has them. Engines look at other bridges only,
 * and never at the links and routes of the host.
 */
export function bridgeOverlap(network: NetworkResource, context: CheckContext): readonly Problem[] {
  if (isThere(network, context)) return [];
  return distinctSubnets(network).flatMap((subnet) => {
    const others = inTheWay(subnet, context);
    const found = worst(others);
    if (found !== undefined) return [taken(network, subnet, found, context)];
    const pool = network.autoSubnet ? undefined : others.find(({ kind }) => kind === 'pool');
    return pool === undefined ? [] : [pooled(network, subnet, pool, context)];
  });
}

/** A range of several blocks has an entry with the same subnet for each. */
function distinctSubnets({ props }: NetworkResource): readonly Prefix[] {
  const all = subnetsOf(props);
  return all.length < 2 ? all : [...new Map(all.map((subnet) => [formatPrefix(subnet), subnet])).values()];
}

/**
 * The LAN of a network is that of its parent, whatever the parent knows of it; a parent without an address may be a
 * second cable into the LAN of another link. But what lies behind a router or a tunnel is no LAN.
 */
function lanElsewhere(network: NetworkResource, context: CheckContext): readonly Problem[] {
  const parent = network.asked.options['parent'];
  return distinctSubnets(network).flatMap((subnet) => {
    const others = inTheWay(subnet, context).filter(({ kind }) => kind === 'address' || kind === 'route');
    if (others.some(({ link, via }) => link === parent && via === undefined)) return [];
    const far = others.find(({ link, via }) => {
      const type = linkNamed(context.facts, link)?.type;
      return via !== undefined || (type !== undefined && type !== 'ether');
    });
    if (far === undefined) return [];
    const message = `${formatPrefix(subnet)} overlaps ${far.text}`;
    const cure = 'Name the link that this LAN is on as the parent, and the subnet that this link is in.';
    return [problem('error', 'SUBNET_OVERLAP', `${network.path}.subnet`, message, cure)];
  });
}

/**
 * Two networks may share a LAN only when each hands out a range of its own: then they share one set of addresses in the
 * engine. Two plain ones, or two that name the same gateway, it refuses, and overlapping ranges it wrongly accepts; a
 * bridge on the LAN's addresses would answer for the LAN.
 */
export function lanOverlap(network: NetworkResource, context: CheckContext): readonly Problem[] {
  if (isThere(network, context)) return [];
  const { facts } = context;
  const ids = new Set(
    distinctSubnets(network).flatMap((subnet) => inTheWay(subnet, context).flatMap(({ networkId }) => networkId ?? [])),
  );
  for (const other of ids.size === 0 ? [] : facts.networks) {
    const clash = ids.has(other.id) ? lanClash(network, other) : undefined;
    if (clash === undefined) continue;
    const path = `${network.path}.subnet`;
    const message = `${nameOf(other)} ${clash}`;
    const cure =
      'Give each of the two an ip_range of its own and only one of them the gateway, or choose another subnet.';
    return [problem('error', 'SUBNET_OVERLAP', path, message, cure)];
  }
  return lanElsewhere(network, context);
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

/**
 * The swarm stores an overlay network that overlaps another, and never gives it addresses; and on every host that has its
 * addresses otherwise, its containers would not reach those.
 */
export function swarmOverlap(network: NetworkResource, context: CheckContext): readonly Problem[] {
  if (isThere(network, context)) return [];
  const { facts, leaving } = context;
  const ingress =
    network.asked.ingress === true
      ? facts.networks.find(({ id, props }) => props.ingress === true && !leaving.networks.has(id))
      : undefined;
  if (ingress !== undefined) {
    const message = `the swarm has the ingress network ${ingress.name} already`;
    const cure = `Remove it first (docker network rm ${ingress.name}), which needs that no service publishes a port by it.`;
    return [problem('error', 'INGRESS_EXISTS', network.path, message, cure)];
  }
  return distinctSubnets(network).flatMap((subnet) => {
    const elsewhere = context.addresses.elsewhere().overlapping(subnet);
    const found = worst(inTheWay(subnet, context)) ?? worst(elsewhere.filter(isNotLeaving(leaving.networks)));
    return found === undefined ? [] : [taken(network, subnet, found, context, true)];
  });
}

/** A network of the swarm that this plan removes goes from all hosts. */
function isNotLeaving(leaving: ReadonlySet<string>): (occupant: Occupant) => boolean {
  return ({ networkId }) => networkId === undefined || !leaving.has(networkId);
}
