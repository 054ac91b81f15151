import type { LinkGuard } from '../safety.js';

/** The guard of a stage, and whoever takes its place when it has undone while steps went on. */
export interface StageGuard {
  /**
   * Has it wait on. False where it has undone what was changed so far: another one is at work then, for what still comes.
   */
  renew(): Promise<boolean>;
  /** What was done is to stay. False where it has been undone by now. */
  keep(): Promise<boolean>;
  /** Has all undone, also what was changed after it had undone. @throws Error where that could not be, or cannot be seen */
  undo(): Promise<void>;
}

export interface StageGuardInput {
  readonly first: LinkGuard;
  /** Milliseconds for which it waits each time. */
  readonly term: number;
  /** Sets one that undoes by what that one knows. */
  readonly succeed: (guard: LinkGuard) => Promise<LinkGuard>;
  readonly keep: (guard: LinkGuard) => Promise<boolean>;
}

export function stageGuard({ first, term, succeed, keep }: StageGuardInput): StageGuard {
  let current = first;
  const undo = (guard: LinkGuard): Promise<boolean> => guard.undo().catch(() => false);
  return {
    renew: async () => {
      if (await current.renew(term)) return true;
      const former = current;
      current = await succeed(former);
      await undo(former);
      return false;
    },
    keep: () => keep(current),
    undo: async () => {
      if (await undo(current)) return;
      // It had undone before, was killed, or did not end: by what it knows all is done once more.
      const isUndone = await (await succeed(current)).undo();
      if (!isUndone) throw new Error('the guard of the links was ended before it had undone anything');
    },
  };
}
