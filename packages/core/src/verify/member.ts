import { parseAddress } from '../addresses/prefix.js';
import type { Family } from '../addresses/prefix.js';
import { hasProcess } from '../endpoints.js';
import type { Endpoint } from '../endpoints.js';
import type { LinkFact, LinkFacts } from '../links.js';
import type { HostName } from '../model.js';
import { LOCAL } from '../spec/hosts.js';
import type { Spot } from './prober.js';
import type { Party } from './result.js';
import type { Subject } from './subject.js';
import type { HostView } from './view.js';

/** Somebody on a network: a container, or what stands for one. */
export interface Member {
  readonly party: Party;
  readonly addresses: Readonly<Partial<Record<Family, string>>>;
  /** Where its packets are sent from. */
  readonly spot: Spot;
  /** Its namespace, and its end of the network in it. */
  readonly inside: LinkFacts;
  readonly interface: LinkFact;
  /** Of a container. */
  readonly endpoint?: Endpoint;
}

/** Somebody on a network from whom nothing can be sent, and why. */
export interface Absent {
  readonly party: Party;
  readonly why: string;
  readonly cure?: string;
  /** It has lost its end of the network, which the engine does not notice: that is a failure. */
  readonly lost?: true;
}

/** The host itself, as it is told of. */
export function hostParty(host: HostName, address?: string): Party {
  const name = host === LOCAL ? 'the host' : host;
  return { type: 'host', host, name, ...(address === undefined ? {} : { address }) };
}

/** Who is on a network of a host. */
export function membersOf(
  { host, ref, found }: Subject,
  view: HostView,
): { readonly members: readonly Member[]; readonly absent: readonly Absent[] } {
  const members: Member[] = [];
  const absent: Absent[] = [];
  for (const { networkId, endpoint, pid } of view.places) {
    if (networkId !== found.id) continue;
    const party: Party = { type: 'container', host, name: endpoint.name, id: endpoint.container };
    const inside = pid === undefined ? undefined : view.insides.get(pid);
    if (!hasProcess(endpoint.state) || pid === undefined || inside === undefined) {
      const why = hasProcess(endpoint.state)
        ? `${endpoint.name} has ended meanwhile`
        : `${endpoint.name} does not run (${endpoint.state})`;
      absent.push({ party, why, cure: `docker start ${endpoint.name}` });
      continue;
    }
    const addresses = addressesOf([endpoint.has.ipv4, endpoint.has.ipv6]);
    const own = linkWith(inside, addresses);
    if (own === undefined) {
      const told = Object.values(addresses).join(' and ');
      const why = `the engine says that ${endpoint.name} has ${told}, and no interface in the container has it`;
      absent.push({ party, why, cure: `docker restart ${endpoint.name}`, lost: true });
      continue;
    }
    members.push({ party, addresses, spot: { pid }, inside, interface: own, endpoint });
  }
  const standing = view.standings.get(ref);
  if (standing !== undefined && 'spot' in standing) {
    const inside = view.insides.get(standing.spot.pid ?? 0);
    const addresses = addressesOf(standing.addresses);
    const own = inside === undefined ? undefined : linkWith(inside, addresses);
    const party: Party = { type: 'throwaway', host, name: 'throwaway' };
    if (inside !== undefined && own !== undefined) {
      members.push({ party, addresses, spot: standing.spot, inside, interface: own });
    }
  }
  return { members, absent };
}

function addressesOf(texts: readonly (string | undefined)[]): Member['addresses'] {
  return Object.fromEntries(
    texts.flatMap((text) => {
      const address = text === undefined ? undefined : parseAddress(text);
      return address === undefined || text === undefined ? [] : [[address.family, text]];
    }),
  );
}

function linkWith({ links }: LinkFacts, addresses: Member['addresses']): LinkFact | undefined {
  const wanted = Object.values(addresses);
  return links.find((link) => link.addresses.some(({ address }) => wanted.includes(address)));
}
