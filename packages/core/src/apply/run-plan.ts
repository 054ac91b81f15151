import { messageOf, NetctlError } from '../errors.js';
import type { Plan, Step } from '../model.js';
import { countSteps, stepTitle } from '../plan/format.js';
import type { ApplyEvent } from './events.js';
import type { Backends } from './observe.js';
import { runStep } from './run-step.js';
import type { Run } from './run-step.js';

/** More at once gain nothing (measured on 20.10 to 28.5) and hide the order in which things went. */
const AT_ONCE = 4;

export interface RunOptions {
  /** Once aborted no further step is begun; those under way are finished, so that none is left half done. */
  readonly signal?: AbortSignal | undefined;
  /** What it throws is no failure of a step: the stage is finished first, then it is thrown on as it is. */
  readonly emit: (event: ApplyEvent) => void;
}

/**
 * Runs the stages one after another, the steps of a stage side by side, and returns the steps that were done.
 * @throws NetctlError STEP_FAILED with the first failure, after the steps beside it have finished; INTERRUPTED and
 * TERMINATED where that is what cut the step off; what `emit` threw
 */
export async function runPlan(plan: Plan, backends: Backends, run: Run, options: RunOptions): Promise<readonly Step[]> {
  const done: Step[] = [];
  const begun = new Set<Step>();
  const thrown: { readonly by: unknown }[] = [];
  const emit = (event: ApplyEvent): void => {
    try {
      options.emit(event);
    } catch (error) {
      thrown.push({ by: error });
    }
  };
  for (const stage of plan.stages) {
    const failures: { step: Step; error: unknown }[] = [];
    const queue = [...stage];
    const worker = async (): Promise<void> => {
      for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
        options.signal?.throwIfAborted();
        if (failures.length > 0) return;
        begun.add(step);
        emit({ event: 'step', state: 'started', step });
        try {
          if (step.awaits !== undefined) await run.together?.before(step, options.signal);
          await runStep(step, run, backends);
          run.together?.did(step);
          done.push(step);
          emit({ event: 'step', state: 'done', step });
        } catch (error) {
          failures.push({ step, error });
          emit({ event: 'step', state: 'failed', step, message: messageOf(error) });
        }
      }
    };
    const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    const [failure] = failures;
    if (failure !== undefined) throw stepFailed(failure.step, failure.error, done.length, plan);
    for (const result of workers)
      if (result.status === 'rejected') throw stopped(result.reason, done.length, begun, plan);
    const [first] = thrown;
    if (first !== undefined) throw first.by;
  }
  return done;
}

function stepFailed(step: Step, error: unknown, done: number, plan: Plan): NetctlError {
  const total = plan.stages.flat().length;
  const hint = error instanceof NetctlError && error.hint !== undefined ? `${error.hint} ` : '';
  return new NetctlError(stopOf(error) ?? 'STEP_FAILED', `Could not ${stepTitle(step)}: ${messageOf(error)}`, {
    hint: `${hint}${done} of ${total} steps are done; once that is mended, the same command goes on from here.`,
    step: stepTitle(step),
    cause: error,
  });
}

/** The reason to stop, with what was done by then and what was not begun. */
function stopped(reason: unknown, done: number, begun: ReadonlySet<Step>, plan: Plan): unknown {
  const code = stopOf(reason);
  if (code === undefined || !(reason instanceof NetctlError)) return reason;
  const steps = plan.stages.flat();
  const rest = countSteps(steps.filter((step) => !begun.has(step)));
  return new NetctlError(code, `${reason.message}: ${done} of ${steps.length} steps were done`, {
    hint: [...(reason.hint === undefined ? [] : [reason.hint]), `Not begun: ${rest}.`].join(' '),
    cause: reason,
  });
}

/** Who was told to stop did not fail, and says so to whoever told. */
function stopOf(error: unknown): 'INTERRUPTED' | 'TERMINATED' | undefined {
  if (!(error instanceof NetctlError)) return undefined;
  return error.code === 'INTERRUPTED' || error.code === 'TERMINATED' ? error.code : undefined;
}
