import { messageOf, NetctlError } from '../errors.js';
import type { ParkedEndpoint } from '../endpoints.js';
import { linkAlias } from '../marks.js';
import type { FoundNetwork, HostFacts, NetworkProps } from '../model.js';
import { share } from '../plan/conflicts.js';
import { endpointRef, openness } from '../plan/moves.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { FormerNetwork, Journal } from './journal.js';
import { homeOf, observeHost } from './observe.js';
import type { Backends } from './observe.js';
import { thisOwner } from './owner.js';
import { waysBack } from './way-back.js';
import { tellRestored } from './run-step.js';
import type { Run } from './run-step.js';

export interface Recovery {
  /** What was put right and what was not, for people. */
  readonly problems: readonly Problem[];
  /** What is off its network still, and stays in the journal; undefined when nobody knows, since the engine is gone. */
  readonly left?: readonly ParkedEndpoint[];
  /** Something was asked for that the engine gave no answer to: it may still do it. */
  readonly unsure: boolean;
}

/** Whether the engine may still do what it was asked for, or may have done it. */
export function isUncertain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const lost = error instanceof NetctlError && ['ENGINE_TIMEOUT', 'ENGINE_UNREACHABLE'].includes(error.code);
  return lost || isUncertain(error.cause);
}

/**
 * After a failure, an interruption, or for a stack whose apply did not finish: every container goes back to its network,
 * the new one where it is there, else the old one, which is made again where it is gone. It goes on whatever fails.
 */
export async function recover(
  journal: Journal,
  backends: Backends,
  run: Run,
  elsewhere: Elsewhere = () => Promise.resolve([]),
): Promise<Recovery> {
  const problems: Problem[] = [];
  const left: ParkedEndpoint[] = [];
  const note: Note = (message) => {
    problems.push(problem('note', 'RECOVERED', '', message));
  };
  let unsure = false;
  const failed: Failed = (message, error) => {
    unsure ||= isUncertain(error);
    problems.push(problem('error', 'NOT_RECOVERED', '', `${message}: ${messageOf(error)}`, AGAIN));
  };
  if (journal.parked.length + journal.networks.length + journal.links.length === 0) return { problems, left, unsure };
  await remakeLinks(journal, backends, note, failed);
  let facts: HostFacts;
  try {
    facts = await observeHost(backends);
    facts = withSwarmNetworks(facts, await elsewhere());
  } catch (error) {
    failed('nothing could be put back', error);
    return { problems, unsure: true };
  }
  const homes = await remakeNetworks(journal, facts, backends, note, failed);
  for (const parked of waysBack(journal.parked, facts.networks)) {
    const { endpoint, name } = parked;
    const ref = endpointRef(parked.network, endpoint);
    // Somebody else had taken it off before this run could.
    if (run.off.get(ref) === 'away') continue;
    const home = homes.get(parked.network) ?? homeOf(parked, facts, journal.stack);
    if (home === undefined) {
      left.push(parked);
      // Of one that could not be made again it is said who is off.
      if (!journal.networks.some(({ ref: network }) => network === parked.network)) {
        failed(`the container ${endpoint.name} is off the network ${name}`, 'there is no such network');
      }
      continue;
    }
    try {
      const step = { endpoint, network: home.name, networkId: home.id, ...openness(endpoint, home) };
      const restored = await backends.engine.restoreEndpoint(step, { restartStuck: run.restartStuck });
      const { result } = restored;
      if (result === 'gone') note(`the container ${endpoint.name}, which was on ${name}, is gone`);
      // What was on its network all the time was not moved.
      if (result !== 'attached' || run.off.has(ref)) tellRestored({ ref, endpoint, network: name }, restored, run);
      if (result === 'restored') {
        const { offMs, changes = [] } = run.moved.at(-1) ?? {};
        const after = offMs === undefined ? [] : [`after ${String(offMs)} ms`];
        const told = [`the container ${endpoint.name} is on the network ${home.name} again`, ...after, ...changes];
        note(told.join(', '));
      }
    } catch (error) {
      left.push(parked);
      failed(`the container ${endpoint.name} is not on the network ${home.name} as it was`, error);
    }
  }
  return { problems, left, unsure };
}

/** The networks of the swarm, as the host has them that makes them: a worker knows none that nobody there is on. */
export type Elsewhere = () => Promise<readonly FoundNetwork[]>;

function withSwarmNetworks(facts: HostFacts, ofSwarm: readonly FoundNetwork[]): HostFacts {
  if (facts.engine.swarm.state !== 'active' || facts.engine.swarm.manager) return facts;
  const unseen = ofSwarm.filter(({ id }) => !facts.networks.some((found) => found.id === id));
  return { ...facts, networks: [...facts.networks, ...unseen] };
}

type Note = (message: string) => void;
type Failed = (message: string, error: unknown) => void;

const AGAIN = 'Once that is mended, the same command goes on from here.';

/** The networks to which containers go back, by their references: those that are there, and those made again. */
async function remakeNetworks(
  { networks, parked, stack }: Journal,
  facts: HostFacts,
  { engine }: Backends,
  note: Note,
  failed: Failed,
): Promise<ReadonlyMap<string, FoundNetwork>> {
  const homes = new Map<string, FoundNetwork>();
  const missing: FormerNetwork[] = [];
  for (const former of networks) {
    const found = homeOf({ network: former.ref, networkId: former.id }, facts, stack);
    if (found === undefined) missing.push(former);
    else homes.set(former.ref, found);
  }
  // A new network that nobody is on yet may have what an old one needs: then the one in whose place it is comes back too.
  for (const former of networks) {
    const found = homes.get(former.ref);
    if (found === undefined || found.id === former.id || found.holders.length > 0) continue;
    if (!missing.some(({ props }) => share(props, found.props))) continue;
    try {
      await engine.removeNetwork({ name: found.name, id: found.id, scope: found.props.scope ?? 'local' });
      homes.delete(former.ref);
      missing.push(former);
    } catch (error) {
      failed(`the new network ${found.name} could not be removed again`, error);
    }
  }
  // What is made from a configuration comes after it.
  missing.sort((a, b) => Number(b.props.configOnly === true) - Number(a.props.configOnly === true));
  for (const { ref, name, props, asked = props } of missing) {
    try {
      const id = await engine.createNetwork({ name, props: sendable(props, asked), asked }, { stack, ref });
      homes.set(ref, { id, name, props, holders: [] });
      note(`the network ${name} was made again as it was`);
    } catch (error) {
      const off = parked.filter(({ network }) => network === ref).map(({ endpoint }) => endpoint.name);
      const who = off.length === 0 ? '' : `, and these are off it: ${off.join(', ')}`;
      failed(`the network ${name} could not be made again as it was${who}`, error);
    }
  }
  return homes;
}

/** A VLAN link that went to be made again, and was not. */
async function remakeLinks(
  { links, stack, owner }: Journal,
  backends: Backends,
  note: Note,
  failed: Failed,
): Promise<void> {
  if (links.length === 0) return;
  const me = await thisOwner();
  if (owner.bootId !== me.bootId || owner.netNamespace !== me.netNamespace) {
    const names = links.map(({ props }) => props.name).join(', ');
    note(`whether the links ${names} are there has to be looked at on ${owner.host}, where they belong`);
    return;
  }
  for (const { ref, props } of links) {
    try {
      const { links: there } = await backends.links.observe();
      if (there.some(({ name }) => name === props.name)) continue;
      await backends.links.add(props, linkAlias({ stack, ref }));
      note(`the link ${props.name} was made again as it was`);
    } catch (error) {
      failed(`the link ${props.name} could not be made again as it was`, error);
    }
  }
}

/** What is found of a network, as it can be asked for: engines refuse some of what they show themselves. */
function sendable(found: NetworkProps, asked: NetworkProps): NetworkProps {
  const { driver, scope, internal, attachable, ingress, enableIPv4, enableIPv6, configOnly, configFrom } = found;
  return {
    driver: configOnly === true ? asked.driver : driver,
    ...(scope === undefined || scope === 'local' ? {} : { scope }),
    ...(internal === true ? { internal } : {}),
    ...(attachable === true ? { attachable } : {}),
    ...(ingress === true ? { ingress } : {}),
    ...(enableIPv4 === false && configFrom === undefined ? { enableIPv4 } : {}),
    ...(enableIPv6 === true && configFrom === undefined ? { enableIPv6 } : {}),
    ...(configOnly === true ? { configOnly } : {}),
    ...(configFrom === undefined ? {} : { configFrom }),
    ipam: found.ipam,
    options: found.options,
    labels: found.labels,
  };
}
