import { withoutIgnored } from '../ignored.js';
import type { HostName, Observed, Plan, Ref, Step } from '../model.js';
import { outdatedCopy } from '../persist/outdated.js';
import type { Problem } from '../problem.js';
import { isOfSwarm, specOn, withSwarmHost } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import { brokenEngine } from './engine-gates.js';
import { missingEverywhere, sameEngines } from './host-checks.js';
import { located } from './located.js';
import { stagesOfHosts } from './order-hosts.js';
import { withPeers } from './peers.js';
import { planHost } from './plan-host.js';
import type { Elsewhere, HostPart, PlanOptions } from './plan-host.js';
import { makerOf, planSwarm } from './swarm.js';
import { nodesAway, nodesWithout, staleElsewhere } from './swarm-lan.js';
import { swarmView } from './swarm-view.js';
import type { SwarmView } from './swarm-view.js';

export type { PlanOptions } from './plan-host.js';

/**
 * The steps that separate the spec from what was observed, each with its reason; pure. When nothing is to be done there
 * are no stages. With a problem of severity `error` the plan must not be run.
 */
export function makePlan(whole: LoadedSpec, observed: Observed, options: PlanOptions = {}): Plan {
  const loaded = planned(whole, observed);
  const { spec } = loaded;
  const { destroy = false, only } = options;
  const maker = makerOf(whole.spec, observed);
  const swarm = planSwarm(whole.spec, observed, destroy);
  const view = swarmView(spec, observed, maker, swarm.planned, destroy);
  const parts = new Map<HostName, HostPart>();
  const wanted = only === undefined ? [...observed.keys()] : [only];
  const stale = staleElsewhere(spec, view.observed, maker);
  for (const host of hostsToPlan(wanted, maker, observed, spec)) {
    const facts = view.observed.get(host);
    if (facts === undefined) continue;
    const elsewhere = host === maker ? undefined : elsewhereFor(spec, host, parts.get(maker), view);
    parts.set(
      host,
      planHost(specOn(spec, host), host, withPeers(host, facts, spec, view.observed), {
        ...options,
        elsewhere,
        staleElsewhere: host === maker && !destroy ? stale : new Map(),
        swarm: swarm.drafts.get(host) ?? [],
      }),
    );
  }
  const problems = wanted.flatMap((host) => [
    ...swarm.problems.flatMap((one) => (one.host === host ? [located(one.problem, loaded, host)] : [])),
    ...(parts.get(host)?.problems ?? []).map((one) => located(one, loaded, host)),
    ...swarmLanChecks(spec, observed, host, parts.get(host)).map((one) => located(one, loaded, host)),
    ...outdatedCopy(loaded, host, observed.get(host)?.links, destroy).map((one) => located(one, loaded, host)),
    ...(host === maker && !destroy ? nodesWithout(spec, observed, maker) : []).map((one) => located(one, loaded, host)),
  ]);
  return {
    version: 1,
    stack: spec.name,
    stages: stagesOfHosts(new Map([...parts].map(([host, { drafts }]) => [host, drafts])), maker),
    problems: [
      ...(destroy ? [] : loaded.problems),
      ...withoutIgnored(
        [
          ...missingEverywhere(problems, spec, only === undefined ? [...observed.keys()] : []),
          ...sameEngines(observed, loaded),
        ],
        spec.ignore,
      ),
    ],
  };
}

/** What stands against a macvlan or ipvlan network of the swarm beyond what a host has against its part of it. */
function swarmLanChecks(
  spec: Spec,
  observed: Observed,
  host: HostName,
  part: HostPart | undefined,
): readonly Problem[] {
  const steps = (part?.drafts ?? []).map(({ step }) => step);
  const { version = '' } = observed.get(host)?.engine ?? {};
  return [...brokenEngine(spec, host, version, steps), ...nodesAway(spec, observed, steps)];
}

/** The spec as it is planned: the networks of the swarm are made by way of a manager that can be asked. */
function planned(loaded: LoadedSpec, observed: Observed): LoadedSpec {
  const spec = withSwarmHost(loaded.spec, makerOf(loaded.spec, observed));
  return spec === loaded.spec ? loaded : { ...loaded, spec };
}

/** What of a plan is done on one host. */
export function ofHost(stages: Plan['stages'], host: HostName): Plan['stages'] {
  return stages.map((stage) => stage.filter((step) => step.host === host)).filter((stage) => stage.length > 0);
}

/**
 * What one host makes for all is planned before what the others do with it, and what that has to wait for is planned with
 * it.
 */
function hostsToPlan(
  wanted: readonly HostName[],
  maker: HostName,
  observed: Observed,
  spec: Spec,
): ReadonlySet<HostName> {
  if (!observed.has(maker) || !crosses(spec, observed)) return new Set(wanted);
  return new Set([maker, ...(wanted.includes(maker) ? observed.keys() : wanted)]);
}

/** Whether anything is made, or was, on one host for others. */
function crosses({ networks, swarm }: Spec, observed: Observed): boolean {
  if (observed.size < 2) return false;
  if (swarm !== undefined || Object.values(networks).some(isOfSwarm)) return true;
  return [...observed.values()].some(({ engine }) => engine.swarm.state !== 'inactive');
}

function elsewhereFor(spec: Spec, host: HostName, part: HostPart | undefined, { nodes }: SwarmView): Elsewhere {
  const refs = Object.entries(spec.networks).flatMap(([key, network]): readonly Ref[] =>
    isOfSwarm(network) && network.external !== true ? [`network:${key}`] : [],
  );
  return { refs: new Set(refs), isNode: nodes.has(host), ...(part === undefined ? {} : { part }) };
}

/** All steps of a plan in the order in which they are run. */
export function stepsOf(plan: Plan): readonly Step[] {
  return plan.stages.flat();
}
