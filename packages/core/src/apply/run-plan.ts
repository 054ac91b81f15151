import { NetctlError } from '../errors.js';
import type { Plan, Step } from '../model.js';
import { stepTitle } from '../plan/format.js';
import type { ApplyEvent } from './events.js';
import type { Backends } from './observe.js';
import { runStep } from './run-step.js';

/** More at once gain nothing (measured on 20.10 to 28.5) and hide the order in which things went. */
const AT_ONCE = 4;

export interface RunOptions {
  /** Once aborted no further step is begun; those under way are finished, so that none is left half done. */
  readonly signal?: AbortSignal | undefined;
  readonly emit: (event: ApplyEvent) => void;
}

/**
 * Runs the stages one after another, the steps of a stage side by side, and returns the steps that were done.
 * @throws NetctlError STEP_FAILED with the first failure, after the steps beside it have finished
 */
export async function runPlan(plan: Plan, backends: Backends, options: RunOptions): Promise<readonly Step[]> {
  const done: Step[] = [];
  for (const stage of plan.stages) {
    const failures: { step: Step; error: unknown }[] = [];
    const queue = [...stage];
    const worker = async (): Promise<void> => {
      for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
        options.signal?.throwIfAborted();
        if (failures.length > 0) return;
        options.emit({ event: 'step', state: 'started', step });
        try {
          await runStep(step, plan.stack, backends);
          done.push(step);
          options.emit({ event: 'step', state: 'done', step });
        } catch (error) {
          failures.push({ step, error });
          options.emit({ event: 'step', state: 'failed', step, message: messageOf(error) });
        }
      }
    };
    const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    const [failure] = failures;
    if (failure !== undefined) throw stepFailed(failure.step, failure.error, done.length, plan);
    for (const result of workers) if (result.status === 'rejected') throw result.reason;
  }
  return done;
}

function stepFailed(step: Step, error: unknown, done: number, plan: Plan): NetctlError {
  const total = plan.stages.flat().length;
  const hint = error instanceof NetctlError && error.hint !== undefined ? `${error.hint} ` : '';
  return new NetctlError('STEP_FAILED', `Could not ${stepTitle(step)}: ${messageOf(error)}`, {
    hint: `${hint}${done} of ${total} steps are done; the same command goes on from here.`,
    step: stepTitle(step),
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
