import type { EngineBackend, EngineObservation } from '../docker/backend.js';
import { NetctlError } from '../errors.js';
import { isAtWork, isGoing, mayBeStopped } from '../endpoints.js';
import type { ParkedEndpoint } from '../endpoints.js';
import type { LinkBackend } from '../links.js';
import type { FoundNetwork, HostFacts, Observed, Plan } from '../model.js';
import { containersToRead } from '../plan/detachments.js';
import { kindsNeeded } from '../plan/kernel-kinds.js';
import { owns, refOf } from '../plan/match.js';
import { networksToMove } from '../plan/moves.js';
import { makePlan, stepsOf } from '../plan/plan.js';
import type { PlanOptions } from '../plan/plan.js';
import { resolveContainers } from '../resolve/containers.js';
import type { LoadedSpec } from '../spec/load.js';
import { journalFile } from './journal-file.js';
import { readCopies } from './journal.js';
import type { Unfinished } from './journal.js';

/** What netctl drives: an engine, and the links of the host that the engine runs on. */
export interface Backends {
  readonly engine: EngineBackend;
  readonly links: LinkBackend;
}

/** The name of the host where there is only one. */
export const LOCAL = 'local';

export interface PlanResult {
  readonly plan: Plan;
  readonly observed: Observed;
  /** What was seen on the one host. */
  readonly facts: HostFacts;
  /** What an apply left unfinished, of this stack or another. */
  readonly unfinished?: Unfinished;
}

export interface LookOptions extends PlanOptions {
  /** Folder under which journals are kept, `/var/lib` by default. */
  readonly stateDir?: string;
  /** What is unfinished as far as this process knows, which has written the copies that are there now. */
  readonly known?: { readonly unfinished: Unfinished | undefined };
}

/** Looks at the host once and plans; writes nothing. */
export async function observeAndPlan(
  loaded: LoadedSpec,
  backends: Backends,
  options: LookOptions = {},
  signal?: AbortSignal,
): Promise<PlanResult> {
  const { seen, ...found } = await look(backends, signal);
  const unfinished = await unfinishedOf(loaded.spec.name, seen, options);
  let { facts } = found;
  if (unfinished?.journal.stack === loaded.spec.name) {
    facts = { ...facts, parked: await stillParked(unfinished, seen, facts, backends.engine, signal) };
  }
  facts = await withPlaces(loaded, facts, backends.engine, signal);
  const planned = (): Plan => makePlan(loaded, new Map([[LOCAL, facts]]), options);
  let plan = planned();
  const again: Partial<HostFacts>[] = [];
  // Only now is it known whose places have to be read, and which modules matter; a plan without steps has neither.
  if (options.recreate === true) {
    const moving = networksToMove(stepsOf(plan), facts);
    if (moving.length > 0) again.push({ networks: await withEndpoints(moving, facts, backends.engine, signal) });
  }
  const kinds = facts.links === undefined ? [] : kindsNeeded(stepsOf(plan));
  if (kinds.length > 0) again.push({ kernel: await backends.links.probe(kinds, signal) });
  if (again.length > 0) {
    facts = Object.assign({}, facts, ...again) as HostFacts;
    plan = planned();
  }
  return { plan, facts, observed: new Map([[LOCAL, facts]]), ...(unfinished === undefined ? {} : { unfinished }) };
}

/** What the host is like now. */
export async function observeHost(backends: Backends, signal?: AbortSignal): Promise<HostFacts> {
  return (await look(backends, signal)).facts;
}

async function look(
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
    const home = homeOf(parked, facts, journal.stack);
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
 * With the places of the containers that the spec names, and of those that netctl may have put somewhere: on the networks
 * of this spec, and where it names containers, on all, since those that it named before may be on any.
 */
async function withPlaces(
  { spec }: LoadedSpec,
  facts: HostFacts,
  engine: EngineBackend,
  signal?: AbortSignal,
): Promise<HostFacts> {
  const { attachments } = resolveContainers(spec, facts);
  const names = new Set(Object.entries(spec.networks).map(([key, { name = key }]) => name));
  const any = Object.keys(spec.containers).length > 0;
  const isOurs = (found: FoundNetwork): boolean => any || names.has(found.name) || owns(found, facts, spec.name);
  const ids = containersToRead(attachments, facts, isOurs);
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
async function observeLinks(
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
