import type { Ref, Step } from '../model.js';

/** A step, what it has to wait for, and how late it may go among steps that wait for nothing. */
export interface Draft {
  readonly step: Step;
  /** A removal waits for the removals of what is stacked on it; anything else waits for what it is stacked on. */
  readonly after: readonly Ref[];
  readonly last?: boolean;
}

/**
 * Stages: removals leaf first, then everything else root first. Networks for which the engine chooses a subnet come
 * last, or they might take one that another network has pinned.
 */
export function stages(drafts: readonly Draft[]): readonly (readonly Step[])[] {
  const removals = drafts.filter(({ step }) => isRemoval(step));
  const others = drafts.filter(({ step }) => !isRemoval(step));
  const early = levels(others.filter(({ last }) => last !== true));
  const late = levels(others.filter(({ last }) => last === true));
  return [...levels(removals), ...early, ...late].filter((stage) => stage.length > 0);
}

function isRemoval(step: Step): boolean {
  return step.op === 'network.remove' || step.op === 'link.remove';
}

function levels(drafts: readonly Draft[]): readonly (readonly Step[])[] {
  const byRef = new Map(drafts.map((draft) => [draft.step.ref, draft]));
  const known = new Map<Draft, number>();
  const level = (draft: Draft, above: readonly Draft[]): number => {
    const cached = known.get(draft);
    if (cached !== undefined) return cached;
    if (above.includes(draft)) return 0;
    const below = draft.after.flatMap((ref) => byRef.get(ref) ?? []);
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
