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

/** What the steps of one run have to know of one another. */
export interface Run {
  readonly stack: string;
  readonly restartStuck: boolean;
  /** Ids of networks that were made. */
  readonly made: Map<Ref, string>;
  /** When an endpoint was taken off, by the monotonic clock; undefined for one that somebody else had taken off. */
  readonly off: Map<Ref, number | undefined>;
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
  const { result } = await engine.parkEndpoint(step);
  run.off.set(step.ref, result === 'parked' ? begun : undefined);
  if (result !== 'parked') run.moved.push(told(step, result));
}

async function restore(step: StepOf<'endpoint.restore'>, run: Run, engine: Backends['engine']): Promise<void> {
  const begun = run.off.get(step.ref);
  // Gone, or taken off by somebody else, who may have meant it.
  if (run.off.has(step.ref) && begun === undefined) return;
  const networkId = step.networkId ?? run.made.get(networkOfEndpoint(step.ref)) ?? '';
  const { result, has, at } = await engine.restoreEndpoint({ ...step, networkId }, { restartStuck: run.restartStuck });
  const changes = has === undefined ? [] : endpointChanges(step.endpoint.has, has);
  run.moved.push(told(step, result, changes, begun === undefined ? undefined : Math.round(at - begun)));
}

function told(
  { endpoint, network }: StepOf<'endpoint.park' | 'endpoint.restore'>,
  result: MovedEndpoint['result'],
  changes: readonly string[] = [],
  offMs?: number,
): MovedEndpoint {
  const { container, name } = endpoint;
  return { container, name, network, result, changes, ...(offMs === undefined ? {} : { offMs }) };
}
