import { toError } from '../errors.js';
import type { Step } from '../model.js';
import type { LinkSafety } from '../safety.js';
import { SLOW, stageUndone } from './cut-off.js';
import { inOne } from './in-one.js';
import type { MadeBridges } from './made-bridges.js';
import { lostPath } from './paths.js';
import type { KeptPath } from './paths.js';
import type { StageGuard } from './stage-guard.js';

/**
 * For how long a guard hears nothing before it undoes: less than the 5 s in which a change is undone that cut the host off,
 * by as much as the undoing takes.
 */
export const TERM_MS = 4_000;

/** How often the ways are looked at during a stage, however long its steps take. */
const LOOK_MS = 1_000;

/** A guard that was renewed so short a time ago is not renewed again. */
const FRESH_MS = LOOK_MS / 2;

/** One that was not renewed for so long may undo before another step has ended. */
const STALE_MS = TERM_MS - LOOK_MS;

/** And one that was not for so long has undone. */
const GONE_MS = TERM_MS + LOOK_MS;

/** Between two looks that are to tell what one alone does not. */
const AGAIN_MS = 200;

export interface StageSafety {
  /** What is undone when the host is cut off, or may be. */
  readonly watched: readonly Step[];
  /** After each step, whether another one may begin: not where the host is cut off by now, or the guard has undone. */
  mayGoOn(): Promise<boolean>;
  /**
   * After all of them. @throws NetctlError HOST_CUT_OFF when something had to be undone, or was by its guard; LINK_FAILED
   * when it was undone since nobody could see whether the host is cut off
   */
  end(): Promise<void>;
}

interface StageSafetyInput {
  readonly safety: LinkSafety;
  readonly paths: readonly KeptPath[];
  readonly watched: readonly Step[];
  /** Steps that were begun by now, of all stages. */
  readonly begun: ReadonlySet<Step>;
  /** A bridge has a route to its subnet as soon as its network is made; it goes with the network, which nobody is on yet. */
  readonly added: MadeBridges | undefined;
  /** Absent where the stage changes no link by itself. */
  readonly guard?: StageGuard;
}

/** Watches over one stage: each look at the ways that finds them as they were has the guard wait on. */
export function stageSafety({ safety, paths, watched, begun, added, guard }: StageSafetyInput): StageSafety {
  let renewedAt = performance.now();
  let isOver = false;
  /** The guard has undone while steps went on. */
  let hasFired = false;
  /** A step was not begun: what there is of the stage cannot stay. */
  let isHalted = false;
  /** What the last look has seen of the ways. */
  let seen: string | undefined;
  /** What two looks have seen, one after the other. */
  let lost: string | undefined;

  const renew = async (): Promise<void> => {
    if (guard === undefined || isOver || sinceRenewed() < FRESH_MS) return;
    if (!(await guard.renew())) hasFired = true;
    renewedAt = performance.now();
  };
  const sinceRenewed = (): number => performance.now() - renewedAt;
  const look = inOne(async () => {
    seen = await lostPath(safety, paths);
    // Where the host is cut off the guard is not renewed: that is what it is for. One that could not be renewed goes stale.
    if (seen === undefined) await renew().catch(passes);
    return seen;
  });
  /** A way may be another one for a moment, as while a step takes an address off and puts the next one there. */
  const sureLook = async (): Promise<string | undefined> => {
    if ((await look()) === undefined) return undefined;
    await pause();
    return (lost = await look());
  };
  const ticking = setInterval(() => void look().catch(passes), LOOK_MS).unref();
  const isGone = (): boolean => guard !== undefined && (hasFired || sinceRenewed() > GONE_MS);

  /** Why all is to be undone: what was seen, or why nothing could be. */
  const verdict = async (): Promise<string | Error | undefined> => {
    // What failed once may have passed, and nothing is undone for that.
    const way = lost ?? (await sureLook().catch(sureLook).catch(toError));
    isOver = true;
    if (way !== undefined || guard === undefined) return way;
    if (hasFired || isHalted) return SLOW;
    const kept = await guard.keep().catch(toError);
    return kept === false ? SLOW : kept === true ? undefined : kept;
  };

  return {
    watched,
    mayGoOn: async () => {
      // Bridges alone are many, and one is made in less time than it takes to look.
      if (guard === undefined && seen === undefined) return true;
      while (!isHalted) {
        await sureLook().catch(passes);
        if (lost !== undefined || isGone()) isHalted = true;
        // A look that failed says nothing, and the guard waits yet.
        else if (guard === undefined || sinceRenewed() <= STALE_MS) return true;
        else await pause();
      }
      return false;
    },
    end: async () => {
      clearInterval(ticking);
      const steps = watched.filter((step) => begun.has(step));
      // Whoever stopped before the first step has changed nothing.
      if (steps.length === 0) {
        isOver = true;
        await guard?.keep();
        return;
      }
      const cut = await verdict();
      if (cut === undefined) return;
      const failed: Error[] = [];
      await guard?.undo().catch((error: unknown) => failed.push(toError(error)));
      failed.push(...((await added?.remove()) ?? []));
      const after = await lostPath(safety, paths).catch(toError);
      throw stageUndone({ steps, cut, after, failed });
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

/** The next look tells, and the guard. */
function passes(): undefined {
  return undefined;
}
