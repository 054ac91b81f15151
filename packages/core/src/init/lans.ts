import { contains, EVERYWHERE, parseAddress, prefixOf } from '../addresses/prefix.js';
import type { Address, Family, Prefix } from '../addresses/prefix.js';
import { canCarry } from '../kinds/parent-checks.js';
import type { LinkFact, RouteFact } from '../links.js';
import type { HostFacts } from '../model.js';

/** A subnet of a LAN, and the router in it where the host has one there. */
export interface LanSubnet {
  readonly prefix: Prefix;
  readonly gateway?: Address;
}

/** A link by which containers can be on a LAN, and what the host knows of that LAN by its own addresses and routes. */
export interface Lan {
  readonly link: LinkFact;
  readonly ipv4?: LanSubnet;
  readonly ipv6?: LanSubnet;
  /** It leads to the rest of the world. */
  readonly leadsOut: boolean;
}

/** Prefixes longer than this have no room for a part of their own: a /28 leaves Docker two addresses beside the shim. */
const LONGEST = { 4: 28, 6: 120 } as const;

/** What Docker calls its bridges, for a host whose engine cannot be asked. */
const BRIDGE_OF_DOCKER = /^(docker\d+|docker_gwbridge|br-[0-9a-f]{12})$/;

/** The LANs of a host, the one with the default route first, then in the order of the kernel. */
export function lansOf(facts: HostFacts): readonly Lan[] {
  const { links = [], routes = [] } = facts.links ?? {};
  const lans = links
    .filter((link) => link.up && canCarry(link, facts) && !BRIDGE_OF_DOCKER.test(link.name))
    .map((link) => lanOf(link, routes))
    .filter(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined);
  const first = defaultRoutes(routes)[0]?.link;
  const weight = (lan: Lan): number => (lan.link.name === first ? 0 : lan.leadsOut ? 1 : 2);
  return [...lans].sort((a, b) => weight(a) - weight(b));
}

function lanOf(link: LinkFact, routes: readonly RouteFact[]): Lan {
  const out = defaultRoutes(routes).filter((route) => route.link === link.name);
  const subnet = (family: Family): LanSubnet | undefined => {
    const prefix = link.addresses
      .filter(({ scope }) => scope === 'global')
      .map(({ address, prefixLength }) => ({ at: parseAddress(address), prefixLength }))
      .flatMap(({ at, prefixLength }) =>
        at?.family === family && prefixLength <= LONGEST[family] && prefixLength >= 8
          ? [prefixOf(at, prefixLength)]
          : [],
      )[0];
    if (prefix === undefined) return undefined;
    const gateway = out.flatMap(({ via }) => parseAddress(via ?? '') ?? []).find((one) => contains(prefix, one));
    return { prefix, ...(gateway === undefined ? {} : { gateway }) };
  };
  const [ipv4, ipv6] = [subnet(4), subnet(6)];
  return {
    link,
    leadsOut: out.length > 0,
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
}

/** The one that counts comes first, as the kernel lists them; IPv4 before IPv6. */
function defaultRoutes(routes: readonly RouteFact[]): readonly RouteFact[] {
  const main = routes.filter(({ table }) => table === 'main');
  return [EVERYWHERE[4], EVERYWHERE[6]].flatMap((all) => main.filter(({ destination }) => destination === all));
}
