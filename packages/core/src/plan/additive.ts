import type { HostName, Plan, Ref, Step } from '../model.js';
import { networkOfEndpoint } from './moves.js';
import { stepsOf } from './plan.js';

/**
 * What disrupts nobody: a step that is left out keeps its second half, and what is to stand on it or waits for it on
 * another host, from being done. Two hosts may call different things by one reference.
 */
export function withoutDisruptive(plan: Plan, lacks: (step: Step) => boolean = () => false): Plan {
  return withoutSteps(plan, (step) => step.disruptive || lacks(step));
}

/** The plan without some steps, and without what is to stand on them. */
export function withoutSteps(plan: Plan, isOut: (step: Step) => boolean): Plan {
  const steps = stepsOf(plan);
  const out = new Set(steps.flatMap((step) => (isOut(step) ? [keyOf(step)] : [])));
  for (let before = -1; before !== out.size;) {
    before = out.size;
    for (const step of steps) if (standsOn(step).some((key) => out.has(key))) out.add(keyOf(step));
  }
  const kept = plan.stages
    .map((stage) => stage.filter((step) => !out.has(keyOf(step))))
    .filter((stage) => stage.length > 0);
  return { ...plan, stages: kept };
}

function keyOf({ host, ref }: { readonly host: HostName; readonly ref: Ref }): string {
  return `${host} ${ref}`;
}

function standsOn(step: Step): readonly string[] {
  const here = below(step).map((ref) => keyOf({ host: step.host, ref }));
  return [...here, ...(step.awaits ?? []).map(keyOf)];
}

function below(step: Step): readonly Ref[] {
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
