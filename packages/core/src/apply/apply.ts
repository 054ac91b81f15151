import { setTimeout as sleep } from 'node:timers/promises';

import { NetctlError } from '../errors.js';
import type { Plan, Ref, Step } from '../model.js';
import { countSteps, formatPlan, stepTitle } from '../plan/format.js';
import { NO_NET_ADMIN } from '../plan/link-checks.js';
import { stepsOf } from '../plan/plan.js';
import type { Problem } from '../problem.js';
import type { LoadedSpec } from '../spec/load.js';
import type { ApplyEvent } from './events.js';
import { takeLock } from './lock.js';
import { observeAndPlan } from './observe.js';
import type { Backends } from './observe.js';
import { runPlan } from './run-plan.js';
import { dropSavedPlan, readSavedPlan, savePlan } from './saved-plan.js';

export interface ApplyOptions {
  /** Apply an empty spec: remove all that carries the mark of this stack. */
  readonly destroy?: boolean;
  /** Run steps that somebody could lose something by; without it a plan that has any is refused whole. */
  readonly allowDisruptive?: boolean;
  /** Leave out disruptive steps instead of refusing. */
  readonly additive?: boolean;
  /** Notes and warnings stop too. */
  readonly strict?: boolean;
  /** The plan that was shown and agreed to. Where the host now needs another one, nothing is done. */
  readonly approved?: Plan;
  /** Milliseconds to wait for another netctl; 0 by default. */
  readonly wait?: number;
  /** Folder under which a plan is kept while it runs, `/var/lib` by default. */
  readonly stateDir?: string;
  /** Once aborted no further step is begun. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
}

export interface Report {
  readonly version: 1;
  readonly stack: string;
  /** What was done, in order. */
  readonly done: readonly Step[];
  /** What `additive` left out. */
  readonly left: readonly Step[];
  readonly problems: readonly Problem[];
}

/** An engine may take a moment to show what it was asked for. */
const LOOKS = 5;
const BETWEEN_LOOKS_MS = 1000;

/**
 * Makes the host what the spec says: takes the lock, plans, saves the plan, runs it, looks again, and is satisfied only
 * when nothing is left to do. Running it again changes nothing.
 * @throws NetctlError LOCKED, REFUSED, NEEDS_YES, PERMISSION (nothing was changed), STEP_FAILED, VERIFY_FAILED, and
 * what the backends throw
 */
export async function apply(loaded: LoadedSpec, backends: Backends, options: ApplyOptions = {}): Promise<Report> {
  const { signal } = options;
  const stack = loaded.spec.name;
  const stateDir = options.stateDir ?? '/var/lib';
  const emit = options.onEvent ?? (() => undefined);
  const scope = options.destroy === true ? { destroy: true } : {};

  const first = await observeAndPlan(loaded, backends, scope, signal);
  const { engine } = first.facts;
  const unfinished = await readSavedPlan(stateDir, engine.id, stack);
  if (unfinished === undefined && isQuiet(first.plan, options)) {
    // Nothing to write needs no lock; one look is all that a second apply costs.
    emit({ event: 'plan', plan: first.plan });
    return { version: 1, stack, done: [], left: [], problems: first.plan.problems };
  }

  const since = new Date().toISOString();
  await using _lock = await takeLock({
    name: engine.id,
    holder: { pid: process.pid, stack, since },
    wait: options.wait ?? 0,
    signal,
  });
  // Only what is seen under the lock counts: another netctl may have been at work until now.
  const { plan: full, facts } = await observeAndPlan(loaded, backends, scope, signal);
  refuseOtherEngine(engine.id, facts.engine.id);
  refuseProblems(full, options);
  const plan = options.additive === true ? withoutDisruptive(full) : full;
  const left = stepsOf(full).filter((step) => !stepsOf(plan).includes(step));
  if (options.allowDisruptive !== true) refuseDisruptive(plan);
  refuseOther(plan, options.approved);

  if (unfinished !== undefined) emit({ event: 'unfinished', startedAt: unfinished.startedAt });
  emit({ event: 'plan', plan });

  let done: readonly Step[] = [];
  if (stepsOf(plan).length > 0) {
    await savePlan(stateDir, engine.id, { version: 1, stack, startedAt: since, pid: process.pid, plan });
    done = await runPlan(plan, backends, { signal, emit });
    await converged(loaded, backends, scope, left, signal);
  }
  await dropSavedPlan(stateDir, engine.id, stack);
  return { version: 1, stack, done, left, problems: full.problems };
}

/** The second plan is the proof: it must be empty, but for what was left out on purpose. */
async function converged(
  loaded: LoadedSpec,
  backends: Backends,
  scope: { readonly destroy?: boolean },
  left: readonly Step[],
  signal?: AbortSignal,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    const { plan } = await observeAndPlan(loaded, backends, scope, signal);
    const rest = (left.length === 0 ? stepsOf(plan) : stepsOf(withoutDisruptive(plan))).slice();
    if (rest.length === 0) return;
    if (look === LOOKS) {
      throw new NetctlError(
        'VERIFY_FAILED',
        `Every step succeeded, and still this is left: ${rest.map(stepTitle).join(', ')}`,
        {
          hint: `${rest[0]?.why ?? ''}. Somebody else may be changing it; \`netctl plan\` shows the rest.`,
        },
      );
    }
    await pause(signal);
  }
}

/** @throws the reason of the signal, as every other wait does */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(BETWEEN_LOOKS_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}

/** What disrupts nobody: a step that is left out keeps its second half, and what is to stand on it, from being done. */
function withoutDisruptive(plan: Plan): Plan {
  const out = new Set(stepsOf(plan).flatMap(({ disruptive, ref }) => (disruptive ? [ref] : [])));
  for (let before = -1; before !== out.size;) {
    before = out.size;
    for (const step of stepsOf(plan)) if (standsOn(step).some((ref) => out.has(ref))) out.add(step.ref);
  }
  const kept = plan.stages.map((stage) => stage.filter(({ ref }) => !out.has(ref))).filter((stage) => stage.length > 0);
  return { ...plan, stages: kept };
}

function standsOn(step: Step): readonly Ref[] {
  if (step.op === 'link.add') return [`link:${step.props.parent}`];
  if (step.op !== 'network.create') return [];
  const { options, configFrom } = step.props;
  return [
    ...(options['parent'] === undefined ? [] : [`link:${options['parent']}` as const]),
    ...(configFrom === undefined ? [] : [`network:${configFrom}` as const]),
  ];
}

/** Whether there is nothing to do and nothing to refuse. */
function isQuiet(plan: Plan, options: ApplyOptions): boolean {
  return stepsOf(plan).length === 0 && against(plan, options).length === 0;
}

/** What somebody would lose by a step that `additive` leaves out does not stand against the rest. */
const AGAINST_DISRUPTION: readonly string[] = ['IN_USE', 'LINK_IN_USE'];

function against(plan: Plan, { strict, additive }: ApplyOptions): readonly Problem[] {
  return plan.problems
    .filter(({ severity }) => severity === 'error' || strict === true)
    .filter(({ code }) => additive !== true || !AGAINST_DISRUPTION.includes(code));
}

function refuseProblems(plan: Plan, options: ApplyOptions): void {
  const found = against(plan, options);
  if (found.length === 0) return;
  const code = found.every((one) => one.code === NO_NET_ADMIN) ? 'PERMISSION' : 'REFUSED';
  const count = found.length === 1 ? '1 problem' : `${found.length} problems`;
  throw new NetctlError(code, `Refused, nothing was changed: ${count}`, { problems: found });
}

function refuseDisruptive(plan: Plan): void {
  const steps = stepsOf(plan).filter(({ disruptive }) => disruptive);
  if (steps.length === 0) return;
  throw new NetctlError('NEEDS_YES', `Refused, nothing was changed: this would ${steps.map(stepTitle).join(', ')}`, {
    hint: `Say --yes to do it, or --additive to leave that out (${countSteps(steps)}).`,
  });
}

/** The lock, the saved plan and what was shown are those of the engine that answered first. */
function refuseOtherEngine(first: string, now: string): void {
  if (first === now) return;
  throw new NetctlError('REFUSED', 'Refused, nothing was changed: another engine answers now than a moment ago', {
    hint: 'Look at which engine the socket leads to, and run the same command again.',
  });
}

function refuseOther(plan: Plan, approved: Plan | undefined): void {
  if (approved === undefined || formatPlan(approved) === formatPlan(plan)) return;
  throw new NetctlError('REFUSED', 'Refused, nothing was changed: the host changed since the plan was shown', {
    hint: 'Look at the new plan, and answer again.',
  });
}
