import type { Restored } from '../docker/endpoints.js';
import { endpointChanges } from '../endpoints.js';
import type { EndpointState, ParkedEndpoint } from '../endpoints.js';
import { linkAlias } from '../marks.js';
import type { FoundNetwork, HostFacts, NetworkProps } from '../model.js';
import { endpointRef } from '../plan/moves.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { Journal } from './journal.js';
import { homeOf, observeHost } from './observe.js';
import type { Backends } from './observe.js';
import type { Run } from './run-step.js';

export interface Recovery {
  /** What was put right and what was not, for people. */
  readonly problems: readonly Problem[];
  /** What is off its network still, and stays in the journal; undefined when nobody knows, since the engine is gone. */
  readonly left?: readonly ParkedEndpoint[];
}

/**
 * After a failure, an interruption, or for a stack whose apply did not finish: every container goes back to its network,
 * the new one where it is there, else the old one, which is made again where it is gone. It goes on whatever fails.
 */
export async function recover(journal: Journal, backends: Backends, run: Run): Promise<Recovery> {
  const problems: Problem[] = [];
  const left: ParkedEndpoint[] = [];
  const note = (message: string): void => {
    problems.push(problem('note', 'RECOVERED', '', message));
  };
  const failed = (message: string, error: unknown, hint: string): void => {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(problem('error', 'NOT_RECOVERED', '', `${message}: ${reason}`, hint));
  };
  const again = 'Once that is mended, the same command goes on from here.';

  if (journal.parked.length + journal.networks.length + journal.links.length === 0) return { problems, left };
  await remakeLinks(journal, backends, note, failed, again);
  let facts: HostFacts;
  try {
    facts = await observeHost(backends);
  } catch (error) {
    failed('nothing could be put back', error, again);
    return { problems };
  }
  const homes = new Map<string, FoundNetwork>();
  for (const former of journal.networks) {
    const found = homeOf({ network: former.ref, networkId: former.id }, facts, journal.stack);
    if (found !== undefined) {
      homes.set(former.ref, found);
      continue;
    }
    try {
      const { name, asked = former.props } = former;
      const step = { name, props: sendable(former.props, asked), asked };
      const id = await backends.engine.createNetwork(step, { stack: journal.stack, ref: former.ref });
      homes.set(former.ref, { id, name, props: former.props, holders: [] });
      note(`the network ${name} was made again as it was`);
    } catch (error) {
      const off = journal.parked.filter(({ network }) => network === former.ref).map(({ endpoint }) => endpoint.name);
      const who = off.length === 0 ? '' : `, and these are off it: ${off.join(', ')}`;
      failed(`the network ${former.name} could not be made again as it was${who}`, error, again);
    }
  }
  for (const parked of journal.parked) {
    const { endpoint, name } = parked;
    const ref = endpointRef(parked.network, endpoint);
    // Somebody else had taken it off before this run could.
    if (run.off.has(ref) && run.off.get(ref) === undefined) continue;
    const home = homes.get(parked.network) ?? homeOf(parked, facts, journal.stack);
    if (home === undefined) {
      left.push(parked);
      continue;
    }
    try {
      const step = { endpoint, network: home.name, networkId: home.id };
      const { result, at, has } = await backends.engine.restoreEndpoint(step, { restartStuck: run.restartStuck });
      if (result === 'gone') note(`the container ${endpoint.name}, which was on ${name}, is gone`);
      if (result === 'restored') note(`the container ${endpoint.name} is on the network ${home.name} again`);
      tellMoved(parked, result, at, has, run);
    } catch (error) {
      left.push(parked);
      failed(`the container ${endpoint.name} is not on the network ${home.name} as it was`, error, again);
    }
  }
  return { problems, left };
}

/** What was on its network all the time was not moved. */
function tellMoved(
  { network, endpoint, name }: ParkedEndpoint,
  result: Restored['result'],
  at: number,
  has: EndpointState | undefined,
  run: Run,
): void {
  const begun = run.off.get(endpointRef(network, endpoint));
  if (result === 'attached' && begun === undefined) return;
  const changes = has === undefined ? [] : endpointChanges(endpoint.has, has);
  const offMs = begun === undefined ? {} : { offMs: Math.round(at - begun) };
  run.moved.push({ container: endpoint.container, name: endpoint.name, network: name, result, changes, ...offMs });
}

/** A VLAN link that went to be made again, and was not. */
async function remakeLinks(
  { links, stack }: Journal,
  backends: Backends,
  note: (message: string) => void,
  failed: (message: string, error: unknown, hint: string) => void,
  hint: string,
): Promise<void> {
  if (links.length === 0) return;
  for (const { ref, props } of links) {
    try {
      const { links: there } = await backends.links.observe();
      if (there.some(({ name }) => name === props.name)) continue;
      await backends.links.add(props, linkAlias({ stack, ref }));
      note(`the link ${props.name} was made again as it was`);
    } catch (error) {
      failed(`the link ${props.name} could not be made again as it was`, error, hint);
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
