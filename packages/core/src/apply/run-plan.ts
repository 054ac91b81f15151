import { messageOf, NetctlError } from '../errors.js';
import type { Plan, Step } from '../model.js';
import { stepTitle } from '../plan/format.js';
import { changesLinks } from '../plan/changes-links.js';
import { countSteps } from '../plan/summary.js';
import type { ApplyEvent } from './events.js';
import type { HostSafety } from './host-safety.js';
import type { Backends } from './observe.js';
import { runStep } from './run-step.js';
import type { Run } from './run-step.js';

/**
 * An engine of 28.5 makes networks a tenth sooner than with 4 at once, and 16 gain nothing more (measured); one of 20.10
 * makes one at a time.
 */
const AT_ONCE = 8;

/** Steps on links that are asked for together are done together, by few processes. */
const LINKS_AT_ONCE = 128;

export interface RunOptions {
  /** Once aborted no further step is begun; those under way are finished, so that none is left half done. */
  readonly signal?: AbortSignal | undefined;
  /** What it throws is no failure of a step: the stage is finished first, then it is thrown on as it is. */
  readonly emit: (event: ApplyEvent) => void;
  /** Absent where no step can cut the host off. */
  readonly safety?: HostSafety | undefined;
}

/**
 * Runs the stages one after another, the steps of a stage side by side, and returns the steps that were done.
 * @throws NetctlError STEP_FAILED with the first failure, after the steps beside it have finished; INTERRUPTED and
 * TERMINATED where that is what cut the step off; HOST_CUT_OFF and LINK_FAILED where a stage was undone, or could not be
 * watched over; what `emit` threw
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
    const safety =
      options.safety === undefined
        ? undefined
        : await options.safety.before(stage, { made: run.made, begun }).catch((error: unknown) => {
            throw halted(error, done.length, plan);
          });
    let isHalted = false;
    const worker = async (queue: Step[]): Promise<void> => {
      for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
        options.signal?.throwIfAborted();
        if (failures.length > 0 || isHalted) return;
        begun.add(step);
        emit({ event: 'step', state: 'started', step });
        try {
          if (step.awaits !== undefined) await run.together?.before(step, options.signal);
          await runStep(step, run, backends);
          run.together?.did(step);
          done.push(step);
          emit({ event: 'step', state: 'done', step });
          if (safety !== undefined && !(await safety.mayGoOn())) isHalted = true;
        } catch (error) {
          failures.push({ step, error });
          emit({ event: 'step', state: 'failed', step, message: messageOf(error) });
        }
      }
    };
    const links = stage.filter(changesLinks);
    const others = stage.filter((step) => !changesLinks(step));
    const workers = await Promise.allSettled([
      ...Array.from({ length: AT_ONCE }, () => worker(others)),
      ...Array.from({ length: Math.min(LINKS_AT_ONCE, links.length) }, () => worker(links)),
    ]);
    const [failure] = failures;
    await safety?.end().catch((error: unknown) => {
      const stays = done.filter((step) => !safety.watched.includes(step)).length;
      if (failure === undefined) throw halted(error, stays, plan);
      // A connection that is lost fails the look at the ways too, and it is the step that tells what was in hand.
      if (error instanceof NetctlError && isCutOff(error)) throw becauseOf(error, failure.error);
      throw stepFailed(failure.step, failure.error, stays, plan, error);
    });
    if (failure !== undefined) throw stepFailed(failure.step, failure.error, done.length, plan);
    for (const result of workers)
      if (result.status === 'rejected') throw stopped(result.reason, done.length, begun, plan);
    const [first] = thrown;
    if (first !== undefined) throw first.by;
  }
  return done;
}

/** @param besides what else failed */
function stepFailed(step: Step, error: unknown, done: number, plan: Plan, besides?: unknown): NetctlError {
  return new NetctlError(stopOf(error) ?? 'STEP_FAILED', `Could not ${stepTitle(step)}: ${messageOf(error)}`, {
    hint: [
      ...(besides === undefined ? [] : [`${messageOf(besides)}.`, ...hintOf(besides)]),
      howFar(error, done, plan),
    ].join(' '),
    step: stepTitle(step),
    cause: error,
  });
}

/** What failed between two steps, or after them. One that was cut off has a cure of its own. */
function halted(error: unknown, done: number, plan: Plan): unknown {
  if (!(error instanceof NetctlError) || isCutOff(error)) return error;
  return new NetctlError(error.code, error.message, { hint: howFar(error, done, plan), cause: error });
}

function howFar(error: unknown, done: number, plan: Plan): string {
  const total = plan.stages.flat().length;
  const rest = `${done} of ${total} steps are done; once that is mended, the same command goes on from here.`;
  return [...hintOf(error), rest].join(' ');
}

function hintOf(error: unknown): readonly string[] {
  return error instanceof NetctlError && error.hint !== undefined ? [error.hint] : [];
}

/** What was cut off, with the step that failed beside it, of which it may not be known what came. */
function becauseOf(error: NetctlError, cause: unknown): NetctlError {
  const { code, message, hint, problems } = error;
  return new NetctlError(code, message, { ...(hint === undefined ? {} : { hint }), problems, cause });
}

function isCutOff(error: unknown): boolean {
  return error instanceof NetctlError && error.code === 'HOST_CUT_OFF';
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
