import type { Plan, Ref, Step } from '../model.js';
import { networkOfEndpoint } from './moves.js';
import { stepsOf } from './plan.js';

/** What disrupts nobody: a step that is left out keeps its second half, and what is to stand on it, from being done. */
export function withoutDisruptive(plan: Plan, lacks: (step: Step) => boolean = () => false): Plan {
  const out = new Set(stepsOf(plan).flatMap((step) => (step.disruptive || lacks(step) ? [step.ref] : [])));
  for (let before = -1; before !== out.size;) {
    before = out.size;
    for (const step of stepsOf(plan)) if (standsOn(step).some((ref) => out.has(ref))) out.add(step.ref);
  }
  const kept = plan.stages.map((stage) => stage.filter(({ ref }) => !out.has(ref))).filter((stage) => stage.length > 0);
  return { ...plan, stages: kept };
}

function standsOn(step: Step): readonly Ref[] {
  if (step.op === 'endpoint.restore') return [networkOfEndpoint(step.ref)];
  if (step.op === 'endpoint.attach') return [networkOfEndpoint(step.ref), ...(step.freedBy ?? [])];
  if (step.op === 'link.add') return [`link:${step.props.parent}`];
  if (step.op !== 'network.create') return [];
  const { options, configFrom } = step.props;
  return [
    ...(options['parent'] === undefined ? [] : [`link:${options['parent']}` as const]),
    ...(configFrom === undefined ? [] : [`network:${configFrom}` as const]),
  ];
}
