import type { HostFacts, HostName, Observed, Plan, Step } from '../model.js';
import { resolve } from '../resolve/resolve.js';
import type { Problem } from '../problem.js';
import type { LoadedSpec } from '../spec/load.js';
import { checkHost } from './checks.js';
import { linkSteps } from './link-steps.js';
import { networkSteps } from './network-steps.js';
import { stages } from './order.js';

export interface PlanOptions {
  /** Plan for nothing to be left of the stack. */
  readonly destroy?: boolean;
}

/**
 * The steps that separate the spec from what was observed, each with its reason; pure. When nothing is to be done there
 * are no stages. With a problem of severity `error` the plan must not be run.
 */
export function makePlan(loaded: LoadedSpec, observed: Observed, options: PlanOptions = {}): Plan {
  const all: (readonly Step[])[] = [];
  const problems: Problem[] = [];
  for (const [host, facts] of observed) {
    const part = planHost(loaded, host, facts, options.destroy === true);
    part.stages.forEach((stage, index) => {
      all[index] = [...(all[index] ?? []), ...stage];
    });
    problems.push(...part.problems);
  }
  return {
    version: 1,
    stack: loaded.spec.name,
    stages: all,
    problems: [...(options.destroy === true ? [] : loaded.problems), ...problems.map((one) => located(one, loaded))],
  };
}

function planHost(
  loaded: LoadedSpec,
  host: HostName,
  facts: HostFacts,
  destroy: boolean,
): Pick<Plan, 'stages' | 'problems'> {
  const resolved = resolve(loaded.spec, host, facts);
  const stack = loaded.spec.name;
  const names = new Set(resolved.links.map(({ props }) => props.name));
  const wanted = destroy ? { networks: [], links: [] } : resolved;
  const unwanted = destroy ? `all of ${stack} goes` : `the spec of ${stack} no longer wants it`;
  const there = new Set(facts.links?.links.map(({ name }) => name));
  const returning = facts.links === undefined ? [] : [...names].filter((name) => !there.has(name));
  const networks = networkSteps(wanted.networks, facts, stack, host, unwanted, new Set(returning));
  const links = linkSteps({ wanted: wanted.links, facts, stack, host, unwanted, names });
  const drafts = [...links.drafts, ...networks.drafts];
  const steps = drafts.map(({ step }) => step);
  const checks = checkHost({ resolved, wanted, facts, stack, steps, destroy });
  return {
    stages: stages(drafts),
    problems: [...(destroy ? [] : resolved.problems), ...links.problems, ...networks.problems, ...checks],
  };
}

function located(one: Problem, loaded: LoadedSpec): Problem {
  const position = one.path === '' ? undefined : loaded.locate(one.path);
  return position === undefined ? one : { ...one, ...position };
}

/** All steps of a plan in the order in which they are run. */
export function stepsOf(plan: Plan): readonly Step[] {
  return plan.stages.flat();
}
