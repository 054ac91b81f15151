import type { Plan } from '../../packages/core/src/model.js';
import { formatProblem, formatSteps, stepTitle } from '../../packages/core/src/plan/format.js';
import { stepsOf } from '../../packages/core/src/plan/plan.js';

/**
 * A plan as `plan.txt` has it: what the user reads, with an empty line between stages, what would be asked for, and the
 * problems below.
 */
export function renderPlan(plan: Plan): string {
  const stages = plan.stages.map((stage) => formatSteps(stage, plan));
  const disruptive = stepsOf(plan).filter((step) => step.disruptive);
  const asked = disruptive.length === 0 ? [] : [`disruptive: ${disruptive.map(stepTitle).join(', ')}\n`];
  const problems = plan.problems.map((one) => `${formatProblem(one, 'spec.yaml')}\n`);
  const nothing = stages.length === 0 ? ['nothing to do\n'] : [];
  return [...nothing, ...stages, ...asked, ...(problems.length === 0 ? [] : [problems.join('')])].join('\n');
}
