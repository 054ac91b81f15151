import type { EngineBackend } from '../docker/backend.js';
import { NetctlError } from '../errors.js';
import type { LinkBackend, LinkFacts } from '../links.js';
import type { HostFacts, Observed, Plan } from '../model.js';
import { kindsNeeded } from '../plan/kernel-kinds.js';
import { makePlan, stepsOf } from '../plan/plan.js';
import type { PlanOptions } from '../plan/plan.js';
import type { LoadedSpec } from '../spec/load.js';

/** What netctl drives: an engine, and the links of the host that the engine runs on. */
export interface Backends {
  readonly engine: EngineBackend;
  readonly links: LinkBackend;
}

/** The name of the host where there is only one. */
export const LOCAL = 'local';

export interface PlanResult {
  readonly plan: Plan;
  readonly observed: Observed;
  /** What was seen on the one host. */
  readonly facts: HostFacts;
}

/** Looks at the host once and plans; writes nothing. */
export async function observeAndPlan(
  loaded: LoadedSpec,
  backends: Backends,
  options: PlanOptions = {},
  signal?: AbortSignal,
): Promise<PlanResult> {
  const facts = await observe(backends, signal);
  const observed = new Map([[LOCAL, facts]]);
  const plan = makePlan(loaded, observed, options);
  const kinds = facts.links === undefined ? [] : kindsNeeded(stepsOf(plan));
  if (kinds.length === 0) return { plan, observed, facts };
  // Only now is it known which modules matter; a plan without steps has nothing to try.
  const kernel = await backends.links.probe(kinds, signal);
  const tried = new Map([[LOCAL, { ...facts, kernel }]]);
  return { plan: makePlan(loaded, tried, options), observed: tried, facts };
}

async function observe(backends: Backends, signal?: AbortSignal): Promise<HostFacts> {
  const [{ engine, networks }, links] = await Promise.all([
    backends.engine.observe(signal),
    observeLinks(backends.links, signal),
  ]);
  return { engine, networks, kernel: {}, ...links };
}

/** Without iproute2 netctl still makes networks that need no link; what does need one is refused by the plan. */
async function observeLinks(
  backend: LinkBackend,
  signal?: AbortSignal,
): Promise<{ readonly links: LinkFacts } | { readonly linksMissing: string }> {
  try {
    return { links: await backend.observe(signal) };
  } catch (error) {
    if (error instanceof NetctlError && error.code === 'IPROUTE2_MISSING') return { linksMissing: error.message };
    throw error;
  }
}
