import type { EngineBackend, EngineObservation } from '../docker/backend.js';
import { NetctlError } from '../errors.js';
import { isAtWork, isGoing, mayBeStopped } from '../endpoints.js';
import type { ParkedEndpoint } from '../endpoints.js';
import type { LinkBackend, LinkFacts } from '../links.js';
import type { FoundNetwork, HostFacts, HostName, Observed, Plan, Step } from '../model.js';
import { changesLinks } from '../plan/changes-links.js';
import { containersToRead } from '../plan/detachments.js';
import { kindsNeededOn } from '../plan/kernel-kinds.js';
import { owns, refOf } from '../plan/match.js';
import { networksToMove } from '../plan/moves.js';
import { makePlan, ofHost, stepsOf } from '../plan/plan.js';
import type { PlanOptions } from '../plan/plan.js';
import { resolveContainers } from '../resolve/containers.js';
import { specOn } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import { journalFile } from './journal-file.js';
import { refuseLeaderless } from './leaderless.js';
import { readCopies } from './journal.js';
import type { Unfinished } from './journal.js';
import { waysBack } from './way-back.js';

/** What netctl drives: an engine, and the links of the host that the engine runs on. */
export interface Backends {
  readonly engine: EngineBackend;
  readonly links: LinkBackend;
}

/** One host and what netctl drives there. */
export interface HostTarget {
  readonly host: HostName;
  readonly backends: Backends;
}

export interface PlanResult {
  readonly plan: Plan;
  /** What was seen. */
  readonly facts: HostFacts;
  /** What an apply left unfinished, of this stack or another. */
  readonly unfinished?: Unfinished;
}

/** How the hosts are looked at before the plan. */
export interface LookOptions extends PlanOptions {
  /** Folder under which journals are kept, `/var/lib` by default. */
  readonly stateDir?: string;
  /** What is unfinished as far as this process knows, which has written the copies that are there now. */
  readonly known?: { readonly unfinished: Unfinished | undefined };
}

/** What one look at a host has shown; it takes a plan to know what else to look at. */
export type Seen = Omit<PlanResult, 'plan'>;

/** Looks at a host once and plans for it, with what is known of the others; writes nothing. */
export async function observeAndPlan(
  loaded: LoadedSpec,
  target: HostTarget,
  options: LookOptions = {},
  signal?: AbortSignal,
  around: Observed = new Map(),
): Promise<PlanResult> {
  const { host } = target;
  const seen = await lookAtHost(loaded, target, options, signal);
  const planned = (facts: HostFacts): Plan =>
    makePlan(loaded, new Map([...around, [host, facts]]), { ...options, only: host });
  const first = planned(seen.facts);
  const facts = await lookFurther(first, seen.facts, target, options, signal);
  const plan = facts === seen.facts ? first : planned(facts);
  return { ...seen, facts, plan: { ...plan, stages: ofHost(plan.stages, host) } };
}

/** Looks at a host, but for what only a plan can ask for. */
export async function lookAtHost(
  loaded: LoadedSpec,
  { host, backends }: HostTarget,
  options: LookOptions,
  signal?: AbortSignal,
): Promise<Seen> {
  const { seen, ...found } = await look(backends, signal);
  refuseLeaderless(found.facts, loaded.spec);
  const unfinished = await unfinishedOf(loaded.spec.name, seen, options);
  let { facts } = found;
  if (unfinished?.journal.stack === loaded.spec.name) {
    const parked = await stillParked(unfinished, seen, facts, backends.engine, signal);
    facts = { ...facts, parked: waysBack(parked, facts.networks) };
  }
  facts = await withPlaces(specOn(loaded.spec, host), host, facts, backends.engine, signal);
  return { facts, ...(unfinished === undefined ? {} : { unfinished }) };
}

/**
 * Whose places have to be read, and which modules matter, is known when there is a plan; one without steps has neither.
 * The same facts where there was nothing to look at.
 */
export async function lookFurther(
  plan: Plan,
  facts: HostFacts,
  { host, backends }: HostTarget,
  { recreate }: PlanOptions,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const again: Partial<HostFacts>[] = [];
  if (recreate === true) {
    const moving = networksToMove(stepsOf(plan), facts);
    if (moving.length > 0) again.push({ networks: await withEndpoints(moving, facts, backends.engine, signal) });
  }
  const links = await withOtherPrivilege(facts.links, stepsOf(plan), backends.links, signal);
  if (links !== undefined && links !== facts.links) again.push({ links });
  const kinds = facts.links === undefined ? [] : kindsNeededOn(host, facts, stepsOf(plan));
  if (kinds.length > 0) again.push({ kernel: await backends.links.probe(kinds, signal) });
  return again.length === 0 ? facts : (Object.assign({}, facts, ...again) as HostFacts);
}

/** Asked where links are to be changed alone: who only looks leaves no trace in the log of sudo. */
export async function withOtherPrivilege<L extends LinkFacts | undefined>(
  links: L,
  steps: readonly Step[],
  backend: LinkBackend,
  signal?: AbortSignal,
): Promise<L> {
  if (links === undefined || links.mayChange || !steps.some(changesLinks)) return links;
  const privilege = await backend.otherPrivilege?.(signal);
  return privilege === undefined ? links : { ...links, mayChange: true, privilege };
}

/** What the host is like now. */
export async function observeHost(backends: Backends, signal?: AbortSignal): Promise<HostFacts> {
  return (await look(backends, signal)).facts;
}

/** What the host is like now, and what the engine keeps for netctl. */
export async function look(
  backends: Backends,
  signal?: AbortSignal,
): Promise<{ readonly seen: EngineObservation; readonly facts: HostFacts }> {
  const [seen, links] = await Promise.all([backends.engine.observe(signal), observeLinks(backends.links, signal)]);
  return {
    seen,
    facts: {
      engine: seen.engine,
      networks: seen.networks,
      adoptions: seen.adoptions,
      ...(seen.swarmOwner === undefined ? {} : { swarmOwner: seen.swarmOwner }),
      containers: [...seen.containers.values()],
      kernel: {},
      ...links,
    },
  };
}

async function unfinishedOf(
  stack: string,
  { engine, journals }: EngineObservation,
  { stateDir, known }: LookOptions,
): Promise<Unfinished | undefined> {
  if (known !== undefined) return known.unfinished;
  const file = stateDir === undefined ? undefined : await journalFile(stateDir, engine.id, stack).read();
  return readCopies(stack, file, journals);
}

/**
 * Those of a journal that are off their network still, or on it by half, or were stopped for it; who is gone is not waited
 * for.
 */
async function stillParked(
  { journal }: Unfinished,
  { containers }: Pick<EngineObservation, 'containers'>,
  facts: HostFacts,
  engine: EngineBackend,
  signal?: AbortSignal,
): Promise<readonly ParkedEndpoint[]> {
  const result: ParkedEndpoint[] = [];
  for (const parked of journal.parked) {
    const { container } = parked.endpoint;
    const now = containers.get(container);
    if (now === undefined || isGoing(now.state)) continue;
    const home =
      homeOf(parked, facts, journal.stack) ??
      facts.networks.find(({ hidden, name }) => hidden === true && name === parked.name);
    // Those alone it stops itself.
    const stopped = mayBeStopped(parked.endpoint) && !isAtWork(now.state);
    if (!stopped && home !== undefined && (await engine.isAttached(home, container, signal))) continue;
    // Names are given to others; at one time no two have the same.
    result.push({ ...parked, endpoint: { ...parked.endpoint, name: now.name } });
  }
  return result;
}

/** The network that a parked endpoint belongs to: the one it was taken off, or the one that has taken its place. */
export function homeOf(
  { networkId, network }: Pick<ParkedEndpoint, 'networkId' | 'network'>,
  facts: HostFacts,
  stack: string,
): FoundNetwork | undefined {
  return (
    facts.networks.find(({ id }) => id === networkId) ??
    facts.networks.find((found) => owns(found, facts, stack) && refOf(found, facts) === network)
  );
}

/**
 * With the places of the containers that the spec names, and of those that netctl may have put somewhere: an earlier spec
 * may have put any of them on any network, and only its place tells of that.
 */
async function withPlaces(
  spec: Spec,
  host: HostName,
  facts: HostFacts,
  engine: EngineBackend,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const ids = containersToRead(resolveContainers(spec, facts, host).attachments, facts);
  if (ids.length === 0) return facts;
  return { ...facts, places: await engine.places(ids, facts.networks, facts.engine.version, signal) };
}

async function withEndpoints(
  moving: readonly FoundNetwork[],
  facts: HostFacts,
  engine: EngineBackend,
  signal?: AbortSignal,
): Promise<readonly FoundNetwork[]> {
  const read = new Map<FoundNetwork, FoundNetwork>();
  for (const found of moving) {
    const containers = found.holders.flatMap(({ type, id }) => (type === 'container' ? [id] : []));
    read.set(found, { ...found, endpoints: await engine.endpoints(found, containers, facts.engine.version, signal) });
  }
  return facts.networks.map((found) => read.get(found) ?? found);
}

/** Without iproute2 netctl still makes networks that need no link; what does need one is refused by the plan. */
export async function observeLinks(
  backend: LinkBackend,
  signal?: AbortSignal,
): Promise<Pick<HostFacts, 'links' | 'linksMissing' | 'linksCure'>> {
  try {
    return { links: await backend.observe(signal) };
  } catch (error) {
    if (!(error instanceof NetctlError && error.code === 'IPROUTE2_MISSING')) throw error;
    return { linksMissing: error.message, ...(error.hint === undefined ? {} : { linksCure: error.hint }) };
  }
}
