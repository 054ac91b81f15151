import { groupBy } from '../group-by.js';
import type { Op, Ref, Step } from '../model.js';
import { GWBRIDGE } from '../spec/hosts.js';
import { unique } from '../unique.js';
import { freedBy } from './conflicts.js';

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
  const leaves = exits.some(({ step }) => step.op === 'swarm.leave');
  return [
    ...(leaves ? [] : stagesOfWork(bridge)),
    ...inOrderOf(entries, ['swarm.init', 'swarm.join', 'swarm.node']),
    ...stagesOfWork(work),
    // A host that is to be no manager itself tells the swarm of all others before.
    ...inOrderOf(
      exits.filter((draft) => !isItself(draft)),
      ['swarm.node', 'swarm.forget'],
    ),
    ...inOrderOf(exits.filter(isItself), ['swarm.node', 'swarm.leave']),
    ...(leaves ? stagesOfWork(bridge) : []),
    forgets.map(({ step }) => step),
  ].filter((stage) => stage.length > 0);
}

function isItself({ step }: Draft): boolean {
  return step.op === 'swarm.leave' || (step.op === 'swarm.node' && step.node === step.host);
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
  const [urgent, others] = split(plain, (draft) => isReturn(draft) && graph.get(draft)?.length === 0);
  const [removals, makes] = split(others, isRemoval);
  const [late, early] = split(makes, ({ last }) => last === true);
  const crossing = drafts.filter((draft) => waiting.has(draft));
  return [urgent, firsts, removals, early, ...parts, late, crossing].flatMap((part) => levels(part, graph));
}

/** What waits for another host, and all that waits for that; a removal stays where it is among those of its host. */
function waitingForOthers(drafts: readonly Draft[], graph: Graph): ReadonlySet<Draft> {
  const makes = drafts.filter((draft) => !isRemoval(draft));
  const waiting = makes.filter(({ step }) => step.awaits !== undefined);
  if (waiting.length === 0) return new Set();
  const followers = groupBy(makes, (draft) => graph.get(draft) ?? []);
  return reach(waiting, (draft) => followers.get(draft) ?? []);
}

type Graph = ReadonlyMap<Draft, readonly Draft[]>;

function split<T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
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
  const [parks, makes] = split(others, isPark);
  const removalsOf = groupBy(removals, ({ step }) => [step.ref]);
  const makesOf = groupBy(makes, ({ step }) => [step.ref]);
  const parksBefore = groupBy(parks, ({ before = [] }) => before);
  const freed = freedBy(removals);
  const waitsFor = (draft: Draft): readonly Draft[] => {
    const { step, after, follows, awaits = [] } = draft;
    if (isPark(draft)) return [];
    if (isRemoval(draft)) {
      // A configuration goes when all have left what is made from it, also where that stays.
      const left = step.op === 'network.remove' ? [step.ref, ...after] : [step.ref];
      const parked = left.flatMap((ref) => parksBefore.get(ref) ?? []);
      return [...after.flatMap((ref) => removalsOf.get(ref) ?? []), ...parked];
    }
    const before = [...freed(step), ...awaits];
    for (const ref of after) for (const one of makesOf.get(ref) ?? []) if (one !== draft) before.push(one);
    if (follows !== undefined) before.push(follows);
    return before;
  };
  return new Map(drafts.map((draft) => [draft, unique(waitsFor(draft))]));
}

/**
 * Containers that are taken off, and all that waits for it; parts that have anything in common are one. They come in the
 * order of who is taken off last in each.
 */
function movingParts(drafts: readonly Draft[], graph: Graph): readonly (readonly Draft[])[] {
  const parks = drafts.filter(isPark);
  if (parks.length === 0) return [];
  const waiting = groupBy(drafts, (draft) => graph.get(draft) ?? []);
  const waitingFor = (draft: Draft): readonly Draft[] => waiting.get(draft) ?? [];
  const moving = reach(parks, waitingFor);
  const either = (draft: Draft): readonly Draft[] => [
    ...waitingFor(draft),
    ...(graph.get(draft) ?? []).filter((one) => moving.has(one)),
  ];
  const partOf = new Map<Draft, Draft>();
  for (const park of [...parks].reverse()) {
    if (partOf.has(park)) continue;
    for (const draft of reach([park], either)) partOf.set(draft, park);
  }
  const parts = groupBy(drafts, (draft) => [partOf.get(draft) ?? []].flat());
  return parks.flatMap((park) => [parts.get(park)].filter((part) => part !== undefined));
}

/** These, and all that one comes to from them. */
function reach(from: readonly Draft[], next: (draft: Draft) => readonly Draft[]): ReadonlySet<Draft> {
  const found = new Set(from);
  // What is added while a set is gone through comes later in it.
  for (const draft of found) for (const one of next(draft)) found.add(one);
  return found;
}

/** In a part that moves containers all that is made waits for all that goes. */
function levels(drafts: readonly Draft[], graph: Graph): readonly (readonly Step[])[] {
  const all = new Set(drafts);
  const known = new Map<Draft, number>();
  let freed = 0;
  const level = (draft: Draft): number => {
    const cached = known.get(draft);
    if (cached !== undefined) return cached;
    // For whoever waits for it in a circle.
    known.set(draft, 0);
    let value = isRemoval(draft) || isPark(draft) ? 0 : freed;
    for (const one of graph.get(draft) ?? []) if (all.has(one)) value = Math.max(value, level(one) + 1);
    known.set(draft, value);
    return value;
  };
  // No removal waits for anything that is made.
  for (const removal of drafts.filter(isRemoval)) freed = Math.max(freed, level(removal) + 1);
  const result: Step[][] = [];
  for (const draft of drafts) {
    const index = level(draft);
    while (result.length <= index) result.push([]);
    result[index]?.push(draft.step);
  }
  return result;
}
