import { linkNamed } from '../lookup.js';
import type { HostFacts, Plan, Step } from '../model.js';
import type { Problem } from '../problem.js';
import { withoutSteps } from './additive.js';
import { stepsOf } from './plan.js';

/**
 * A plan of links without those whose parent is not there, so that the others can be made; and what is left out by that.
 * That the parents are missing is a warning then.
 */
export function withoutOrphans(
  plan: Plan,
  facts: Pick<HostFacts, 'links'>,
): { readonly plan: Plan; readonly orphans: readonly Step[] } {
  const made = new Set(stepsOf(plan).flatMap((step) => (step.op === 'link.add' ? [step.props.name] : [])));
  const isOrphan = (step: Step): boolean =>
    step.op === 'link.add' && !made.has(step.props.parent) && linkNamed(facts, step.props.parent) === undefined;
  const rest = withoutSteps(plan, isOrphan);
  const kept = new Set(stepsOf(rest));
  const problems = plan.problems.map((one): Problem => {
    return one.code === 'PARENT_MISSING' ? { ...one, severity: 'warning' } : one;
  });
  return { plan: { ...rest, problems }, orphans: stepsOf(plan).filter((step) => !kept.has(step)) };
}
