import { networksNamed, networkWithId } from '../lookup.js';
import type { HostFacts, HostName, Ref, Step, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { resolveContainers } from '../resolve/containers.js';
import type { Attachment } from '../resolve/containers.js';
import { resolve } from '../resolve/resolve.js';
import type { Resolved } from '../resolve/resolve.js';
import { GWBRIDGE } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import { withAdopted } from './adopt.js';
import { attachmentSteps } from './attachments.js';
import type { Target } from './attachments.js';
import { checkHost } from './checks.js';
import { detachments, restartingNow, unwantedPlaces, withoutPlaces } from './detachments.js';
import { linkSteps } from './link-steps.js';
import { matchAll, parentOf, refOf } from './match.js';
import { moves, networksToMove, returns } from './moves.js';
import type { Home, Moved, MoveOptions } from './moves.js';
import { networkSteps } from './network-steps.js';
import type { NetworkPart } from './network-steps.js';
import type { Draft } from './order.js';

/** What to plan for, beside what the spec says. */
export interface PlanOptions extends MoveOptions {
  /** Plan for nothing to be left of the stack. */
  readonly destroy?: boolean;
  /** Take over networks and links of nobody that have the names of those wanted, and match. */
  readonly adopt?: boolean;
  /** Plan for this host, and for others as far as it has to wait for them; what is said is about this one. */
  readonly only?: HostName;
}

/** What is to be done on one host, in no order yet. */
export interface HostPart {
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
  readonly targets: ReadonlyMap<Ref, Target>;
  /** What takes the place of a network. */
  readonly replaced: NetworkPart['replaced'];
}

/** What another host makes for all. */
export interface Elsewhere {
  /** The networks of the spec that it makes. */
  readonly refs: ReadonlySet<Ref>;
  /** Undefined where that host was not looked at. */
  readonly part?: Pick<HostPart, 'drafts' | 'targets' | 'replaced'>;
  /** This host has a part in it. */
  readonly isNode: boolean;
}

/** The steps from what a host has to what the spec, as one for that host, says. */
export function planHost(
  spec: Spec,
  host: HostName,
  seen: HostFacts,
  options: PlanOptions & {
    readonly elsewhere: Elsewhere | undefined;
    readonly staleElsewhere: ReadonlyMap<string, string>;
    readonly swarm: readonly Draft[];
  },
): HostPart {
  const { destroy = false, recreate = false, elsewhere } = options;
  const adopt = options.adopt === true && !destroy;
  const stack = spec.name;
  const { facts: all, resolved: whole } = resolveOn(seen, spec, host, adopt);
  const made = elsewhere === undefined ? undefined : networksElsewhere(elsewhere, whole);
  const resolved = made === undefined ? whole : { ...whole, external: made.external };
  const names = new Set(resolved.links.map(({ props }) => props.name));
  const wanted = destroy ? { networks: [], links: [] } : resolved;
  const unwanted = destroy ? `all of ${stack} goes` : `the spec of ${stack} no longer wants it`;
  const contained = destroy ? { attachments: [], problems: [] } : resolveContainers(spec, all, host);
  const { attachments } = contained;
  const unwantedThere = unwantedPlaces(
    { facts: all, stack, host, attachments },
    () => new Map([...targets([], all, resolved, stack), ...(made?.targets ?? [])]),
  ).filter((place) => elsewhere === undefined || isKnown(place.networkId, all, elsewhere));
  const leaving = unwantedThere.filter(({ endpoint }) => endpoint.state !== 'restarting');
  const stuck = unwantedThere.filter(({ endpoint }) => endpoint.state === 'restarting');
  const facts = withoutPlaces({ facts: all, stack, host, attachments }, leaving);
  const there = new Set(facts.links?.links.map(({ name }) => name));
  const returning = facts.links === undefined ? [] : [...names].filter((name) => !there.has(name));
  const common = { facts, stack, host, unwanted, recreate, adopt };
  const networks = networkSteps({
    ...common,
    swarmElsewhere: elsewhere !== undefined,
    staleElsewhere: options.staleElsewhere,
    goneElsewhere: goneElsewhere(elsewhere),
    wanted: wanted.networks,
    returning: new Set(returning),
    external: new Set(resolved.external.map(({ name }) => name)),
  });
  const links = linkSteps({ ...common, wanted: wanted.links, names });
  const changed = [...links.drafts, ...networks.drafts];
  const moved = [...movedBy(networks, changed, facts), ...movedElsewhere(elsewhere, facts)];
  const moving = recreate ? moves(moved, facts, host, options) : { drafts: [], problems: [] };
  const here = targets(changed, facts, { ...resolved, ...wanted }, stack);
  const targeted = destroy || made === undefined ? here : new Map([...here, ...made.targets]);
  const back = returns(facts, host, homes(targeted), moving.drafts, options);
  const removals = new Map(changed.flatMap(({ step }) => (step.op === 'network.remove' ? [[step.id, step.ref]] : [])));
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
  const drafts = [...options.swarm, ...changed, ...detached, ...put.moving, ...put.drafts];
  const steps = drafts.map(({ step }) => step);
  const checks = checkHost({ resolved, wanted, facts, stack, steps, destroy });
  return {
    drafts,
    targets: targeted,
    replaced: networks.replaced,
    problems: [
      ...(destroy ? [] : resolved.problems),
      ...links.problems,
      ...networks.problems,
      ...moving.problems,
      ...back.problems,
      ...contained.problems,
      ...outside(attachments, elsewhere, host),
      ...put.problems,
      ...stuck.map(({ endpoint }) => restartingNow(endpoint.name, 'containers', 'disconnected')),
      ...checks,
      ...bridgeStays(steps, seen),
    ],
  };
}

/** Networks that another host makes: they are no strangers' to this one, though it does not make them. */
function networksElsewhere(
  { refs, part }: Elsewhere,
  { external, networks }: Resolved,
): { readonly targets: ReadonlyMap<Ref, Target>; readonly external: Resolved['external'] } {
  const targets = [...refs].flatMap((ref) => {
    const target = part?.targets.get(ref);
    if (target === undefined) return [];
    // Where nobody is on it yet this host makes its part of it when somebody comes.
    const from = target.made?.asked.configFrom ?? target.found?.props.configFrom;
    const requires = networks.flatMap((one) => (one.name === from ? [one.ref] : []));
    return [[ref, { ...target, requires, external: true }] as const];
  });
  return { targets: new Map(targets), external: external.filter(({ ref }) => !refs.has(ref)) };
}

/** The ids of networks that another host removes. */
function goneElsewhere(elsewhere: Elsewhere | undefined): ReadonlySet<string> {
  const drafts = elsewhere?.part?.drafts ?? [];
  return new Set(drafts.flatMap(({ step }) => (step.op === 'network.remove' ? [step.id] : [])));
}

/** Who is to be on a network of a swarm that this host is not in. */
function outside(
  attachments: readonly Attachment[],
  elsewhere: Elsewhere | undefined,
  host: HostName,
): readonly Problem[] {
  if (elsewhere?.isNode !== false || elsewhere.part === undefined) return [];
  return attachments
    .filter(({ network }) => elsewhere.refs.has(network))
    .map(({ network, container, path }) => {
      const message = `the container ${container.name} is on ${host}, which is not in the swarm of the network ${network.replace('network:', '')}`;
      const hint = `Add ${host} to swarm.workers, or let it join that swarm (docker swarm join).`;
      return problem('error', 'SWARM_ELSEWHERE', path, message, hint);
    });
}

/** Whether the one that makes the networks of the swarm knows this network, if it is one of those. */
function isKnown(networkId: string, facts: HostFacts, { part }: Elsewhere): boolean {
  return networkWithId(facts, networkId)?.props.scope !== 'swarm' || part !== undefined;
}

/** Networks that another host replaces, and that containers are on here. */
function movedElsewhere(elsewhere: Elsewhere | undefined, facts: HostFacts): readonly Moved[] {
  return [...(elsewhere?.part?.replaced ?? [])].flatMap(([{ id }, { want, why }]) => {
    const found = networkWithId(facts, id);
    if (found === undefined || found.holders.length === 0) return [];
    return [{ found, path: want.path, why: `${found.name} is replaced: ${why}`, want, elsewhere: true }];
  });
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
    const found = networksNamed(facts, name)[0];
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

/** A node stands on its bridge for as long as it is one. */
function bridgeStays(steps: readonly Step[], { engine }: HostFacts): readonly Problem[] {
  const removal = steps.find((step) => step.op === 'network.remove' && step.name === GWBRIDGE);
  const leaves = steps.some(({ op }) => op === 'swarm.leave');
  if (removal === undefined || leaves || engine.swarm.nodeId === undefined) return [];
  const message = `${GWBRIDGE} cannot be changed or removed while the host is in its swarm (${removal.why})`;
  const hint = 'Write it as it is until the host leaves the swarm.';
  return [problem('error', 'SWARM_FIXED', 'swarm.gwbridge', message, hint)];
}
