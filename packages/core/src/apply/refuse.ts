import { isDeepStrictEqual } from 'node:util';

import { NetctlError } from '../errors.js';
import type { Plan, Step } from '../model.js';
import { withoutDisruptive } from '../plan/additive.js';
import { NO_NET_ADMIN } from '../plan/link-checks.js';
import { stepsOf } from '../plan/plan.js';
import { countSteps, describeDisruption } from '../plan/summary.js';
import type { Problem } from '../problem.js';
import type { Company } from './company.js';
import type { ApplyOptions } from './options.js';
import type { PlanResult } from './observe.js';

/** What the user allows, of the options of `apply`. */
type Leave = Pick<ApplyOptions, 'strict' | 'additive' | 'allowDisruptive' | 'approved'>;

/** What is to be run, and what is left out, unless something stands against it. */
export function checked(
  { plan: full, facts }: PlanResult,
  engineId: string,
  options: Leave,
  together?: Pick<Company, 'lacks'>,
): { readonly plan: Plan; readonly left: readonly Step[] } {
  refuseOtherEngine(engineId, facts.engine.id);
  return allowed(full, options, together);
}

/** The same for a plan alone. */
export function allowed(
  full: Plan,
  options: Leave,
  together?: Pick<Company, 'lacks'>,
): { readonly plan: Plan; readonly left: readonly Step[] } {
  refuseProblems(full, options);
  const plan = options.additive === true ? withoutDisruptive(full, together?.lacks) : full;
  const left = stepsOf(full).filter((step) => !stepsOf(plan).includes(step));
  if (options.allowDisruptive !== true) refuseDisruptive(plan);
  refuseOther(plan, options.approved);
  return { plan, left };
}

/** Whether there is nothing to do and nothing to refuse. */
export function isQuiet(plan: Plan, options: Leave): boolean {
  return stepsOf(plan).length === 0 && against(plan, options).length === 0;
}

/** What somebody would lose by a step that `additive` leaves out does not stand against the rest. */
const AGAINST_DISRUPTION: readonly string[] = ['IN_USE', 'LINK_IN_USE'];

function against(plan: Plan, { strict, additive }: Leave): readonly Problem[] {
  return plan.problems
    .filter(({ severity }) => severity === 'error' || strict === true)
    .filter(({ code }) => additive !== true || !AGAINST_DISRUPTION.includes(code));
}

function refuseProblems(plan: Plan, options: Leave): void {
  const found = against(plan, options);
  if (found.length > 0) throw refused(found);
}

/** Nothing was changed, and this is why. */
export function refused(found: readonly Problem[]): NetctlError {
  const code = found.every((one) => one.code === NO_NET_ADMIN) ? 'PERMISSION' : 'REFUSED';
  const count = found.length === 1 ? '1 problem' : `${found.length} problems`;
  return new NetctlError(code, `Refused, nothing was changed: ${count}`, { problems: found });
}

function refuseDisruptive(plan: Plan): void {
  const steps = stepsOf(plan).filter(({ disruptive }) => disruptive);
  if (steps.length === 0) return;
  throw new NetctlError('NEEDS_YES', `Refused, nothing was changed: this would ${describeDisruption(plan)}`, {
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
  if (approved === undefined || isSamePlan(approved, plan)) return;
  throw new NetctlError('REFUSED', 'Refused, nothing was changed: the host changed since the plan was shown', {
    hint: 'Look at the new plan, and answer again.',
  });
}

/**
 * By what they do and to whom, in whatever order: a container that the engine restarts all the time has another state,
 * and an address or none, at every look, and the order goes by the addresses.
 */
export function isSamePlan(one: Plan, other: Plan): boolean {
  const texts = (plan: Plan): readonly string[] =>
    stepsOf(plan)
      .map((step) =>
        JSON.stringify(step, (key, value: unknown) => (key === 'has' || key === 'state' ? undefined : value)),
      )
      .sort();
  return isDeepStrictEqual(texts(one), texts(other));
}
