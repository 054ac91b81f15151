import type { FoundNetwork, HostFacts, HostName } from '../model.js';
import { subnetsOf } from './ipam.js';
import type { Occupant } from './occupied.js';
import { bitsOf, formatPrefix, parseAddress, parsePrefix, prefixOf } from './prefix.js';
import type { Prefix } from './prefix.js';

/** Shorter prefixes (`0.0.0.0/0`, or the `0.0.0.0/1` and `128.0.0.0/1` of a VPN) stand for "everything else". */
const SHORTEST_REAL_ROUTE = 4;

/** What a swarm takes its networks from where its maker said nothing (moby, defaultAddressPool of `docker swarm init`). */
const SWARM_POOL = '10.0.0.0/8';

/** Everybody who has addresses on a host: Docker networks of every scope, link addresses, routes of every table, pools. */
export function occupantsOf(facts: HostFacts): readonly Occupant[] {
  return [
    ...facts.networks.flatMap((found) => ofNetwork(found)),
    ...ofLinks(facts),
    ...ofRoutes(facts),
    ...ofSwarm(facts),
  ];
}

/** The same of the other hosts, who matter to what is on all of them; what the swarm has is known to its managers. */
export function occupantsOfPeers({ networks, peers }: HostFacts): readonly Occupant[] {
  const known = new Set(networks.flatMap(({ id, props }) => (props.scope === 'swarm' ? [id] : [])));
  return [...(peers ?? [])].flatMap(([host, peer]) => [
    ...peer.networks.filter(({ id }) => !known.has(id)).flatMap((found) => ofNetwork(found, host)),
    ...ofLinks(peer, host),
    ...ofRoutes(peer, host),
  ]);
}

/** Prefixes that are in use where this host cannot see it. */
export function occupantsToAvoid(avoid: readonly string[]): readonly Occupant[] {
  return avoid.flatMap((text) => {
    const prefix = parsePrefix(text)?.prefix;
    return prefix === undefined
      ? []
      : [{ prefix, kind: 'avoid', text: `${formatPrefix(prefix)}, which the spec says to avoid` }];
  });
}

function ofNetwork(found: FoundNetwork, host?: HostName): readonly Occupant[] {
  const { id, props } = found;
  if (props.configOnly === true) return [];
  const here = host === undefined || props.scope === 'swarm';
  return subnetsOf(props).map((prefix) => ({
    prefix,
    kind: 'network',
    text: `${formatPrefix(prefix)} of ${nameOf(found)}${here ? '' : ` on ${host}`}`,
    ...(here && { networkId: id }),
  }));
}

/** `the Docker network web of the Compose project shop` */
export function nameOf({ name, owner, props }: FoundNetwork): string {
  const project = props.labels['com.docker.compose.project'];
  const swarmStack = props.labels['com.docker.stack.namespace'];
  const whose =
    owner !== undefined
      ? ` of the stack ${owner.stack}`
      : project !== undefined
        ? ` of the Compose project ${project}`
        : swarmStack !== undefined
          ? ` of the swarm stack ${swarmStack}`
          : '';
  return `the ${props.scope === 'swarm' ? 'swarm' : 'Docker'} network ${name}${whose}`;
}

function ofLinks({ links }: HostFacts, host = 'this host'): readonly Occupant[] {
  return (links?.links ?? []).flatMap(({ name, addresses }) =>
    addresses.flatMap(({ address, prefixLength }) => {
      const parsed = parseAddress(address);
      if (parsed === undefined) return [];
      const text = `${address}/${prefixLength}, which the link ${name} of ${host} has`;
      return [{ prefix: prefixOf(parsed, prefixLength), kind: 'address' as const, text, link: name }];
    }),
  );
}

function ofRoutes({ links }: HostFacts, host = 'this host'): readonly Occupant[] {
  return (links?.routes ?? []).flatMap(({ destination, link, via, table }) => {
    const prefix = realPrefix(destination);
    if (prefix === undefined) return [];
    const byLink = link === undefined ? '' : ` by ${link}`;
    const byRouter = via === undefined ? '' : ` via ${via}`;
    const inTable = table === 'main' ? '' : ` (table ${table})`;
    const text = `${destination}, to which ${host} has a route${byLink}${byRouter}${inTable}`;
    return [{ prefix, kind: 'route', text, ...(link && { link }), ...(via && { via }) }];
  });
}

/** The next hops of all routes, each as the one address that it is. */
export function routersOf({ links }: HostFacts): readonly Occupant[] {
  return (links?.routes ?? []).flatMap(({ via, link }) => {
    const address = via === undefined ? undefined : parseAddress(via);
    if (via === undefined || address === undefined) return [];
    const prefix = prefixOf(address, bitsOf(address.family));
    return [{ prefix, kind: 'route', text: via, via, ...(link && { link }) }];
  });
}

function realPrefix(destination: string): Prefix | undefined {
  const prefix = parsePrefix(destination)?.prefix;
  return prefix === undefined || prefix.length < SHORTEST_REAL_ROUTE ? undefined : prefix;
}

function ofSwarm({ engine: { swarm } }: HostFacts): readonly Occupant[] {
  if (swarm.state !== 'active') return [];
  const pools = swarm.addressPools ?? [SWARM_POOL];
  return pools.flatMap((text) => {
    const prefix = parsePrefix(text)?.prefix;
    return prefix === undefined
      ? []
      : [{ prefix, kind: 'pool', text: `${text}, from which the swarm takes the subnets of its networks` }];
  });
}
