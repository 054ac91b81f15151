import type { Plan } from '../../packages/core/src/model.js';
import { formatProblem, formatSteps } from '../../packages/core/src/plan/format.js';
import { formatSummary } from '../../packages/core/src/plan/summary.js';

/**
 * A plan as `plan.txt` has it: what the user reads, with an empty line between stages, how much it is and whom it disrupts,
 * and the problems below.
 */
export function renderPlan(plan: Plan): string {
  const stages = plan.stages.map((stage) => formatSteps(stage, plan));
  const problems = plan.problems.map((one) => `${formatProblem(one, 'spec.yaml')}\n`);
  const end = stages.length === 0 ? 'nothing to do' : formatSummary(plan);
  return [...stages, `${end}\n`, ...(problems.length === 0 ? [] : [problems.join('')])].join('\n');
}
