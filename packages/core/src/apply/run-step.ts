import type { Restored } from '../docker/endpoints.js';
import { endpointChanges } from '../endpoints.js';
import { linkAlias } from '../marks.js';
import type { Ref, Step, StepOf } from '../model.js';
import { networkOfEndpoint } from '../plan/moves.js';
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
}

export function startRun(stack: string, restartStuck: boolean): Run {
  return { stack, restartStuck, made: new Map(), off: new Map(), moved: [] };
}

/** Runs one step: one engine call, or one link made, changed or removed. It decides nothing. */
export async function runStep(step: Step, run: Run, { engine, links }: Backends): Promise<void> {
  const owner = { stack: run.stack, ref: step.ref };
  switch (step.op) {
    case 'network.create':
      run.made.set(step.ref, await engine.createNetwork(step, owner));
      return;
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
  }
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
  const networkId = step.networkId ?? run.made.get(networkOfEndpoint(step.ref)) ?? '';
  const restored = await engine.restoreEndpoint({ ...step, networkId }, { restartStuck: run.restartStuck });
  tellRestored(step, restored, run);
}

async function attach(step: StepOf<'endpoint.attach'>, run: Run, engine: Backends['engine']): Promise<void> {
  const networkId = step.networkId ?? run.made.get(networkOfEndpoint(step.ref)) ?? '';
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
