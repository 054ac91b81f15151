import type { Op, Ref, Step } from '../model.js';
import { GWBRIDGE } from '../spec/hosts.js';
import { conflicts } from './conflicts.js';

/** A step, what it has to wait for, and how late it may go among steps that wait for nothing. */
export interface Draft {
  readonly step: Step;
  /** A removal waits for the removals of what is stacked on it; anything else waits for what it is stacked on. */
  readonly after: readonly Ref[];
  /** Whose removal has to wait for this. */
  readonly before?: readonly Ref[];
  /** Goes after this one too. */
  readonly follows?: Draft;
  /** And after these, which take containers off. */
  readonly awaits?: readonly Draft[];
  readonly last?: boolean;
  /** Another host waits for it. */
  readonly first?: boolean;
}

/**
 * The stages of one host: it joins the swarm before all else and leaves it after all else, with the bridge that a node
 * stands on around that. What was adopted is forgotten when it is gone, and when nobody waits for anything any more.
 */
export function stages(drafts: readonly Draft[]): readonly (readonly Step[])[] {
  const [forgets, rest] = split(drafts, ({ step }) => step.op === 'network.forget');
  const [ofSwarm, others] = split(rest, ({ step }) => step.op.startsWith('swarm.'));
  const [exits, entries] = split(ofSwarm, ({ last }) => last === true);
  const [bridge, work] =
    ofSwarm.length === 0 ? [[], others] : split(others, ({ step }) => step.ref === `network:${GWBRIDGE}`);
  const leaves = exits.length > 0;
  return [
    ...(leaves ? [] : stagesOfWork(bridge)),
    ...inOrderOf(entries, ['swarm.init', 'swarm.join', 'swarm.node']),
    ...stagesOfWork(work),
    ...inOrderOf(exits, ['swarm.node', 'swarm.leave', 'swarm.forget']),
    ...(leaves ? stagesOfWork(bridge) : []),
    forgets.map(({ step }) => step),
  ].filter((stage) => stage.length > 0);
}

function inOrderOf(drafts: readonly Draft[], ops: readonly Op[]): readonly (readonly Step[])[] {
  return ops.map((op) => drafts.flatMap(({ step }) => (step.op === op ? [step] : [])));
}

/**
 * Stages: removals leaf first, then everything else root first. Networks for which the engine chooses a subnet come
 * last, or they might take one that another network has pinned. What moves containers is a part of its own, after all
 * that need not wait for it, so that nobody is off for longer than his own network takes; within it containers are
 * taken off first, and put back last. What another host waits for goes before all this, and what waits for another
 * host after it, so that no two wait for one another.
 */
function stagesOfWork(drafts: readonly Draft[]): readonly (readonly Step[])[] {
  const graph = graphOf(drafts);
  const waiting = waitingForOthers(drafts, graph);
  const [firsts, own] = split(
    drafts.filter((draft) => !waiting.has(draft)),
    ({ first }) => first === true,
  );
  const parts = movingParts(own, graph);
  const moving = new Set(parts.flat());
  const plain = own.filter((draft) => !moving.has(draft));
  const [urgent, others] = split(plain, (draft) => isReturn(draft) && graph.get(draft)?.size === 0);
  const [removals, makes] = split(others, isRemoval);
  const [late, early] = split(makes, ({ last }) => last === true);
  const crossing = drafts.filter((draft) => waiting.has(draft));
  return [urgent, firsts, removals, early, ...parts, late, crossing].flatMap((part) => levels(part, graph));
}

/** What waits for another host, and all that waits for that; a removal stays where it is among those of its host. */
function waitingForOthers(drafts: readonly Draft[], graph: Graph): ReadonlySet<Draft> {
  const result = new Set(drafts.filter((draft) => draft.step.awaits !== undefined && !isRemoval(draft)));
  for (let before = result.size === 0 ? 0 : -1; before !== result.size;) {
    before = result.size;
    for (const draft of drafts) {
      if (!isRemoval(draft) && [...(graph.get(draft) ?? [])].some((one) => result.has(one))) result.add(draft);
    }
  }
  return result;
}

type Graph = ReadonlyMap<Draft, ReadonlySet<Draft>>;

function split<T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function isRemoval({ step }: Draft): boolean {
  return step.op === 'network.remove' || step.op === 'link.remove';
}

/** To a network that is there. */
function isReturn({ step }: Draft): boolean {
  const returns = step.op === 'endpoint.restore' || (step.op === 'endpoint.attach' && step.was !== undefined);
  return returns && step.networkId !== undefined;
}

function isPark({ step }: Draft): boolean {
  return step.op === 'endpoint.park' || step.op === 'endpoint.detach';
}

/** What each draft waits for. */
function graphOf(drafts: readonly Draft[]): Graph {
  const [removals, others] = split(drafts, isRemoval);
  const parks = drafts.filter(isPark);
  const makes = new Map<Ref, Draft[]>();
  for (const draft of others) {
    if (!isPark(draft)) makes.set(draft.step.ref, [...(makes.get(draft.step.ref) ?? []), draft]);
  }
  return new Map(
    drafts.map((draft) => {
      const { step, after, follows, awaits = [] } = draft;
      if (isPark(draft)) return [draft, new Set<Draft>()];
      if (isRemoval(draft)) {
        const parked = parks.filter(({ before }) => before?.includes(step.ref) === true);
        return [draft, new Set([...removals.filter((one) => after.includes(one.step.ref)), ...parked])];
      }
      const freed = removals.filter((one) => one.step.ref === step.ref || conflicts(step, one.step));
      const below = after.flatMap((ref) => makes.get(ref) ?? []).filter((one) => one !== draft);
      return [draft, new Set([...below, ...freed, ...awaits, ...(follows === undefined ? [] : [follows])])];
    }),
  );
}

/** Containers that are taken off, and all that waits for it; parts that have anything in common are one. */
function movingParts(drafts: readonly Draft[], graph: Graph): readonly (readonly Draft[])[] {
  let parts: ReadonlySet<Draft>[] = [];
  for (const park of drafts.filter(isPark)) {
    const part = new Set([park]);
    for (let before = -1; before !== part.size;) {
      before = part.size;
      for (const draft of drafts) if ([...(graph.get(draft) ?? [])].some((one) => part.has(one))) part.add(draft);
    }
    const shared = parts.filter((other) => [...other].some((draft) => part.has(draft)));
    parts = [
      ...parts.filter((other) => !shared.includes(other)),
      new Set([part, ...shared].flatMap((one) => [...one])),
    ];
  }
  return parts.map((part) => drafts.filter((draft) => part.has(draft)));
}

/** In a part that moves containers all that is made waits for all that goes. */
function levels(drafts: readonly Draft[], graph: Graph): readonly (readonly Step[])[] {
  const all = new Set(drafts);
  const removals = drafts.filter(isRemoval);
  const known = new Map<Draft, number>();
  const level = (draft: Draft, above: readonly Draft[]): number => {
    const cached = known.get(draft);
    if (cached !== undefined) return cached;
    if (above.includes(draft)) return 0;
    const freed = isRemoval(draft) || isPark(draft) ? [] : removals;
    const below = [...(graph.get(draft) ?? []), ...freed].filter((one) => all.has(one));
    const value = below.reduce((most, one) => Math.max(most, level(one, [...above, draft]) + 1), 0);
    known.set(draft, value);
    return value;
  };
  const result: Step[][] = [];
  for (const draft of drafts) {
    const index = level(draft, []);
    while (result.length <= index) result.push([]);
    result[index]?.push(draft.step);
  }
  return result;
}
