import type { Restored } from '../docker/restore.js';
import { endpointChanges } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import { linkAlias } from '../marks.js';
import type { HostName, Ref, Step, StepOf } from '../model.js';
import { networkOfEndpoint } from '../plan/moves.js';
import type { Company } from './company.js';
import { everyNodeHasIt } from './every-node.js';
import { forgetFormer } from './forget-node.js';
import type { Backends } from './observe.js';

/** What happened to a container that was moved. */
export interface MovedEndpoint {
  readonly container: string;
  readonly name: string;
  readonly network: string;
  /**
   * `attached`: somebody else had connected it; `gone`: it was removed meanwhile; `away`: somebody else had taken it off
   * before.
   */
  readonly result: 'restored' | 'attached' | 'gone' | 'away';
  /** For how long it was off the network, in milliseconds, where this run took it off. */
  readonly offMs?: number;
  /** What is not as it was, such as `address 10.0.0.4 → 10.0.0.3`. */
  readonly changes: readonly string[];
}

/** When an endpoint was taken off, by the monotonic clock, and what was seen of it. */
export interface TakenOff {
  readonly at: number;
  readonly interface?: string;
}

/** What the steps of one run have to know of one another. */
export interface Run {
  readonly stack: string;
  readonly restartStuck: boolean;
  /** Ids of networks that were made. */
  readonly made: Map<Ref, string>;
  readonly off: Map<Ref, TakenOff | 'away'>;
  readonly moved: MovedEndpoint[];
  /** Ids of hosts that became nodes of the swarm. */
  readonly nodes: Map<HostName, string>;
  /** Where other hosts are changed at the same time. */
  readonly together?: Company;
}

export function startRun(stack: string, restartStuck: boolean, together?: Company): Run {
  const common = { stack, restartStuck, made: new Map<Ref, string>(), off: new Map<Ref, TakenOff | 'away'>() };
  const nodes = together?.nodes ?? new Map<HostName, string>();
  return { ...common, nodes, moved: [], ...(together === undefined ? {} : { together }) };
}

/** Runs one step: one engine call, or one link made, changed or removed. It decides nothing. */
export async function runStep(step: Step, run: Run, { engine, links }: Backends): Promise<void> {
  const owner = { stack: run.stack, ref: step.ref };
  switch (step.op) {
    case 'network.create': {
      if (run.together !== undefined && step.props.scope === 'swarm') await everyNodeHasIt(step, run.together);
      const id = await engine.createNetwork(step, owner);
      run.made.set(step.ref, id);
      if (step.props.driver === 'overlay' || step.props.scope === 'swarm') run.together?.made.set(step.ref, id);
      return;
    }
    case 'network.remove':
      return engine.removeNetwork(step);
    case 'network.adopt':
      return engine.adoptNetwork(step, owner);
    case 'network.forget':
      return engine.forgetNetwork(step);
    case 'endpoint.park':
      return park(step, run, engine);
    case 'endpoint.restore':
      return restore(step, run, engine);
    case 'endpoint.attach':
      return attach(step, run, engine);
    case 'endpoint.detach':
      return engine.detachEndpoint(step);
    case 'link.add':
      return links.add(step.props, linkAlias(owner), step.parentIndex);
    case 'link.set':
      return links.set(step.name, step.index, step.change);
    case 'link.remove':
      return links.remove(step.name, step.index);
    case 'swarm.init':
      run.nodes.set(step.host, await engine.initSwarm(step, owner));
      return;
    case 'swarm.join':
      return join(step, run, engine);
    case 'swarm.node':
      return changeNode(step, run, engine);
    case 'swarm.leave':
      return engine.leaveSwarm();
    case 'swarm.forget':
      return forget(step, run, engine);
  }
}

/** What it takes to join is asked for now, and forgotten with this. */
async function join(step: StepOf<'swarm.join'>, run: Run, engine: Backends['engine']): Promise<void> {
  const access = await run.together?.engineOf(step.by).swarmAccess();
  if (access === undefined) {
    throw new NetctlError('USAGE', `${step.by} is no host of this apply`, { hint: `Give a backend for ${step.by}.` });
  }
  const owner = { stack: run.stack, ref: step.ref };
  run.nodes.set(step.host, await engine.joinSwarm(step, access, owner));
}

async function forget(step: StepOf<'swarm.forget'>, { together }: Run, engine: Backends['engine']): Promise<void> {
  // One that this plan lets leave has left by now.
  if (step.awaits !== undefined || together === undefined) return engine.forgetNode(step.nodeId);
  return forgetFormer(step, engine, together.engineOf(step.node));
}

async function changeNode(step: StepOf<'swarm.node'>, run: Run, engine: Backends['engine']): Promise<void> {
  await engine.changeNode(step.nodeId ?? run.nodes.get(step.node) ?? '', step);
  if (step.role !== undefined) await run.together?.engineOf(step.node).roleTaken(step.role);
}

/** The id of the network of an endpoint that was made by this plan, here or on the host that makes those of the swarm. */
function madeFor(endpoint: Ref, { made, together }: Run): string {
  const network = networkOfEndpoint(endpoint);
  return made.get(network) ?? together?.made.get(network) ?? '';
}

async function park(step: StepOf<'endpoint.park'>, run: Run, engine: Backends['engine']): Promise<void> {
  const begun = performance.now();
  const { result, interface: lost } = await engine.parkEndpoint(step);
  run.off.set(
    step.ref,
    result === 'parked' ? { at: begun, ...(lost === undefined ? {} : { interface: lost }) } : 'away',
  );
  const { container, name } = step.endpoint;
  if (result !== 'parked') run.moved.push({ container, name, network: step.network, result, changes: [] });
}

async function restore(step: StepOf<'endpoint.restore'>, run: Run, engine: Backends['engine']): Promise<void> {
  // Gone, or taken off by somebody else, who may have meant it.
  if (run.off.get(step.ref) === 'away') return;
  const networkId = step.networkId ?? madeFor(step.ref, run);
  const restored = await engine.restoreEndpoint({ ...step, networkId }, { restartStuck: run.restartStuck });
  tellRestored(step, restored, run);
}

async function attach(step: StepOf<'endpoint.attach'>, run: Run, engine: Backends['engine']): Promise<void> {
  const networkId = step.networkId ?? madeFor(step.ref, run);
  if (step.was === undefined) {
    await engine.attachEndpoint({ ...step, networkId });
    return;
  }
  const restored = await engine.restoreEndpoint({ ...step, networkId }, { restartStuck: run.restartStuck });
  tellRestored(step, restored, run);
}

/** Writes down that an endpoint is on its network again, for how long it was off, and what is not as it was. */
export function tellRestored(
  { ref, network, endpoint }: Pick<StepOf<'endpoint.restore'>, 'ref' | 'network' | 'endpoint'>,
  { result, has, at }: Restored,
  run: Run,
): void {
  const off = run.off.get(ref);
  const taken = off === 'away' ? undefined : off;
  const before = { ...endpoint.has, ...(taken?.interface === undefined ? {} : { interface: taken.interface }) };
  const { container, name } = endpoint;
  run.moved.push({
    container,
    name,
    network,
    result,
    ...(taken === undefined ? {} : { offMs: Math.round(at - taken.at) }),
    changes: has === undefined ? [] : endpointChanges(before, has),
  });
}
