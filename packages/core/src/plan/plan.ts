import { withoutIgnored } from '../ignored.js';
import type { HostFacts, HostName, Observed, Plan, Ref, Step, StepOf } from '../model.js';
import { resolveContainers } from '../resolve/containers.js';
import { resolve } from '../resolve/resolve.js';
import type { Resolved } from '../resolve/resolve.js';
import type { Problem } from '../problem.js';
import { hostsOf, pathOn, specOn, swarmHostOf } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { Spec } from '../spec/schema.js';
import { withAdopted } from './adopt.js';
import { attachmentSteps } from './attachments.js';
import type { Target } from './attachments.js';
import { detachments, restartingNow, unwantedPlaces, withoutPlaces } from './detachments.js';
import { checkHost } from './checks.js';
import { missingEverywhere, sameEngines } from './host-checks.js';
import { linkSteps } from './link-steps.js';
import { matchAll, parentOf, refOf } from './match.js';
import { moves, networksToMove, returns } from './moves.js';
import type { Home, Moved, MoveOptions } from './moves.js';
import { networkSteps } from './network-steps.js';
import type { NetworkInput, NetworkPart } from './network-steps.js';
import { stages } from './order.js';
import type { Draft } from './order.js';

export interface PlanOptions extends MoveOptions {
  /** Plan for nothing to be left of the stack. */
  readonly destroy?: boolean;
  /** Take over networks and links of nobody that have the names of those wanted, and match. */
  readonly adopt?: boolean;
  /** All hosts that can be seen are planned for, and not one of several by itself. */
  readonly overview?: boolean;
}

/**
 * The steps that separate the spec from what was observed, each with its reason; pure. When nothing is to be done there
 * are no stages. With a problem of severity `error` the plan must not be run.
 */
export function makePlan(loaded: LoadedSpec, observed: Observed, options: PlanOptions = {}): Plan {
  const all: (readonly Step[])[] = [];
  const problems: Problem[] = [];
  for (const [host, facts] of observed) {
    const swarmElsewhere = host !== swarmHostOf(loaded.spec);
    const part = planHost(specOn(loaded.spec, host), host, facts, { ...options, swarmElsewhere });
    part.stages.forEach((stage, index) => {
      all[index] = [...(all[index] ?? []), ...stage];
    });
    problems.push(...part.problems.map((one) => located(one, loaded, host)));
  }
  return {
    version: 1,
    stack: loaded.spec.name,
    stages: all,
    problems: [
      ...(options.destroy === true ? [] : loaded.problems),
      ...withoutIgnored(
        [
          ...missingEverywhere(
            problems,
            loaded.spec,
            options.overview === true || observed.size === hostsOf(loaded.spec).length ? [...observed.keys()] : [],
          ),
          ...sameEngines(observed, loaded),
        ],
        loaded.spec.ignore,
      ),
    ],
  };
}

function planHost(
  spec: Spec,
  host: HostName,
  seen: HostFacts,
  options: PlanOptions & Pick<NetworkInput, 'swarmElsewhere'>,
): Pick<Plan, 'stages' | 'problems'> {
  const { destroy = false, recreate = false } = options;
  const adopt = options.adopt === true && !destroy;
  const stack = spec.name;
  const { facts: all, resolved } = resolveOn(seen, spec, host, adopt);
  const names = new Set(resolved.links.map(({ props }) => props.name));
  const wanted = destroy ? { networks: [], links: [] } : resolved;
  const unwanted = destroy ? `all of ${stack} goes` : `the spec of ${stack} no longer wants it`;
  const contained = destroy ? { attachments: [], problems: [] } : resolveContainers(spec, all, host);
  const { attachments } = contained;
  const unwantedThere = unwantedPlaces({
    facts: all,
    stack,
    host,
    attachments,
    targets: targets([], all, resolved, stack),
  }).filter((place) => destroy || !options.swarmElsewhere || !isInSwarm(place.networkId, all));
  const leaving = unwantedThere.filter(({ endpoint }) => endpoint.state !== 'restarting');
  const stuck = unwantedThere.filter((place) => !leaving.includes(place));
  const facts = withoutPlaces({ facts: all, stack, host, attachments }, leaving);
  const there = new Set(facts.links?.links.map(({ name }) => name));
  const returning = facts.links === undefined ? [] : [...names].filter((name) => !there.has(name));
  const common = { facts, stack, host, unwanted, recreate, adopt };
  const networks = networkSteps({
    ...common,
    swarmElsewhere: options.swarmElsewhere,
    wanted: wanted.networks,
    returning: new Set(returning),
    external: new Set(resolved.external.map(({ name }) => name)),
  });
  const links = linkSteps({ ...common, wanted: wanted.links, names });
  const made = [...links.drafts, ...networks.drafts];
  const moving = recreate ? moves(movedBy(networks, made, facts), facts, host, options) : { drafts: [], problems: [] };
  const targeted = targets(made, facts, { ...resolved, ...wanted }, stack);
  const back = returns(facts, host, homes(targeted), moving.drafts, options);
  const removals = new Map(made.flatMap(({ step }) => (step.op === 'network.remove' ? [[step.id, step.ref]] : [])));
  const detached = detachments(
    leaving,
    { facts: all, host },
    (found) => removals.get(found.id) ?? refOf(found, all),
    destroy ? unwanted : `the spec of ${stack} no longer wants it there`,
  );
  const put = attachmentSteps(
    { facts, stack, host, attachments, targets: targeted },
    [...moving.drafts, ...back.drafts],
    detached,
    options,
  );
  const drafts = [...made, ...detached, ...put.moving, ...put.drafts];
  const steps = drafts.map(({ step }) => step);
  const checks = checkHost({ resolved, wanted, facts, stack, steps, destroy });
  return {
    stages: stages(drafts),
    problems: [
      ...(destroy ? [] : resolved.problems),
      ...links.problems,
      ...networks.problems,
      ...moving.problems,
      ...back.problems,
      ...contained.problems,
      ...put.problems,
      ...stuck.map(({ endpoint }) => restartingNow(endpoint.name, 'containers', 'disconnected')),
      ...checks,
    ],
  };
}

/** Whom the spec wants on a network of the swarm, the view of another host does not say. */
function isInSwarm(networkId: string, { networks }: HostFacts): boolean {
  return networks.find(({ id }) => id === networkId)?.props.scope === 'swarm';
}

/** What the spec means on a host, and the host as it is once what can be adopted is ours: `subnet: auto` is what it has. */
function resolveOn(
  seen: HostFacts,
  spec: Spec,
  host: HostName,
  adopt: boolean,
): { readonly facts: HostFacts; readonly resolved: Resolved } {
  const resolved = resolve(spec, host, seen, { adopt });
  const facts = adopt ? withAdopted(resolved.networks, seen, spec.name) : seen;
  return { facts, resolved: facts === seen ? resolved : resolve(spec, host, facts, { adopt }) };
}

/** Networks that containers are taken off: for another one in their place, or for another link below them. */
function movedBy({ replaced }: NetworkPart, drafts: readonly Draft[], facts: HostFacts): readonly Moved[] {
  const steps = drafts.map(({ step }) => step);
  return networksToMove(steps, facts).map((found) => {
    const replacement = replaced.get(found);
    if (replacement !== undefined) {
      const created = steps.find(
        (step): step is StepOf<'network.create'> => step.op === 'network.create' && step.ref === replacement.want.ref,
      );
      const want = { ...replacement.want, props: created?.props ?? replacement.want.props };
      return { found, path: want.path, why: `${found.name} is replaced: ${replacement.why}`, want };
    }
    const link = parentOf(found, facts) ?? '';
    return { found, path: 'vlans', why: `the link ${link} below ${found.name} is made again` };
  });
}

/** The networks that containers can be on, by their references: those that are there, and those that this plan makes. */
function targets(
  drafts: readonly Draft[],
  facts: HostFacts,
  { networks, external }: Pick<Resolved, 'networks' | 'external'>,
  stack: string,
): ReadonlyMap<Ref, Target> {
  const result = new Map<Ref, Target>();
  for (const { ref, name } of external) {
    const found = facts.networks.find((one) => one.name === name);
    if (found !== undefined) result.set(ref, { name, found, requires: [], external: true });
  }
  const matches = matchAll(networks, facts, stack);
  const creates = new Map(drafts.flatMap(({ step }) => (step.op === 'network.create' ? [[step.ref, step]] : [])));
  for (const want of networks) {
    const found = matches.get(want);
    const made = creates.get(want.ref);
    result.set(want.ref, {
      name: want.name,
      requires: want.requires,
      ...(found === undefined ? {} : { found }),
      ...(made === undefined ? {} : { made: { ...want, props: made.props } }),
    });
  }
  return result;
}

/** Where what an earlier apply left off its network belongs now: the network of that mark, made already or by this plan. */
function homes(targeted: ReadonlyMap<Ref, Target>): ReadonlyMap<Ref, Home> {
  const result = new Map<Ref, Home>();
  for (const [ref, { name, found, made }] of targeted) {
    if (made !== undefined) result.set(ref, { name, want: made });
    else if (found !== undefined) result.set(ref, { name, found });
  }
  return result;
}

/** With its place in the file, where it has one, and with the host where there are several. */
export function located(one: Problem, { spec, locate }: LoadedSpec, host: HostName): Problem {
  const path = pathOn(spec, host, one.path);
  const position = path === '' ? undefined : locate(path);
  const named = Object.keys(spec.hosts).length === 0 ? {} : { host };
  return { ...one, path, ...named, ...position };
}

/** All steps of a plan in the order in which they are run. */
export function stepsOf(plan: Plan): readonly Step[] {
  return plan.stages.flat();
}
