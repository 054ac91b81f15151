import { isAtWork } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { Backends } from '../apply/observe.js';
import type { LinkFacts } from '../links.js';
import type { HostFacts, HostName, Ref } from '../model.js';
import { specOn } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import { inTurn } from './in-turn.js';
import type { Prober, StandIn } from './prober.js';
import { freeAddresses, standInLink } from './stand-in.js';
import { subjectsOn } from './subject.js';
import type { Subject } from './subject.js';
import type { HostView, Standing } from './view.js';

/** What drives one host, and what it is probed with; `unprobed` says why nothing there can be entered. */
export interface VerifyBackends extends Backends {
  readonly prober: Prober | { readonly why: string; readonly cure: string };
}

/** How many namespaces of a host are entered at once. */
export const AT_ONCE = 8;

/**
 * What is to be known of a host before the first packet. What stands in for containers is handed to `keep`, to be closed
 * when all is done.
 */
export async function lookBefore(
  spec: Spec,
  host: HostName,
  facts: HostFacts,
  { engine, links }: Backends,
  prober: Prober,
  keep: (standIn: StandIn) => void,
  signal: AbortSignal | undefined,
): Promise<HostView> {
  const own = specOn(spec, host);
  const { subjects } = subjectsOn(spec, host, facts);
  const ids = [
    ...new Set(
      subjects.flatMap(({ found }) => found.holders.flatMap(({ type, id }) => (type === 'container' ? [id] : []))),
    ),
  ];
  const [means, places, neighbours] = await Promise.all([
    prober.means(signal),
    engine.places(ids, facts.networks, facts.engine.version, signal),
    prober.neighbours(signal),
  ]);
  const standings = new Map<Ref, Standing | { readonly why: string }>();
  const empty = subjects.filter(({ found }) => !found.holders.some(({ state }) => isAtWork(state)));
  await inTurn(empty, AT_ONCE, async (subject) => {
    standings.set(subject.ref, await stand(subject, own, links, prober, keep, signal));
  });
  const pids = [
    ...new Set([
      ...places.flatMap(({ pid }) => pid ?? []),
      ...[...standings.values()].flatMap((one) => ('spot' in one ? (one.spot.pid ?? []) : [])),
    ]),
  ];
  const texts = await prober.reader.read(pids.map(resolverPath), signal);
  const resolvers = new Map(
    pids.flatMap((pid) => {
      const text = texts.get(resolverPath(pid));
      return text === undefined ? [] : [[pid, text] as const];
    }),
  );
  const insides = new Map<number, LinkFacts | undefined>();
  await inTurn(pids, AT_ONCE, async (pid) => {
    insides.set(pid, await prober.look({ pid }, signal));
  });
  return { host, facts, places, insides, resolvers, neighbours, standings, means };
}

/** Puts somebody on a network on which nobody is, at an address that nobody has. */
async function stand(
  subject: Subject,
  spec: Spec,
  links: Backends['links'],
  prober: Prober,
  keep: (standIn: StandIn) => void,
  signal: AbortSignal | undefined,
): Promise<Standing | { readonly why: string }> {
  const { key, driver, link, linkName = '', isLan } = subject;
  if (driver === 'overlay')
    return { why: `no container is on ${key}, and a node has no end of an overlay without one` };
  if (link === undefined) return { why: `no container is on ${key}, and its link ${linkName} is not there` };
  let free = freeAddresses(subject, spec);
  if (isLan) {
    const segment = { link: link.name, vlans: [], kind: driver === 'ipvlan' ? 'ipvlan' : 'macvlan' } as const;
    const { taken, unasked } = await links.ask(segment, free, signal);
    free = free.filter((address) => !unasked.includes(address) && !taken.some((one) => one.address === address));
  }
  const wanted = standInLink(subject, free);
  if (wanted === undefined)
    return { why: `no container is on ${key}, and no address of it is free for a throwaway one` };
  try {
    const standIn = await prober.standIn(wanted, signal);
    keep(standIn);
    return { spot: standIn.spot, addresses: wanted.addresses.map((address) => address.replace(/\/\d+$/, '')) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof NetctlError)) throw error;
    return { why: `no container is on ${key}, and a throwaway one cannot be made: ${error.message}` };
  }
}

/** The file by which a container finds its DNS, as the host sees it. */
function resolverPath(pid: number): string {
  return `/proc/${pid}/root/etc/resolv.conf`;
}
