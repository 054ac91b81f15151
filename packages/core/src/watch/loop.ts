import { backoff, nextRound } from './timing.js';
import type { LoopState, Timing } from './timing.js';

/** What has woken a round: the first few reasons, and how many there were. */
export interface Woken<Reason> {
  readonly reasons: readonly Reason[];
  readonly count: number;
}

/** How a round ended. `failed`: the pause grows with each one in a row. `pause`: at least so many milliseconds until the next one. */
export type RoundEnd = { readonly failed?: boolean; readonly pause?: number } | undefined;

/** What a round does, and how long the pauses are. */
export interface LoopOptions<Reason> {
  readonly timing: Timing;
  /** One round. What it throws ends the loop. */
  readonly run: (woken: Woken<Reason>) => Promise<RoundEnd>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** Rounds of work, run when something wakes them, one at a time. */
export interface Loop<Reason> {
  /** Has a round run soon, and no two at once. An urgent one does not wait for the end of a pause. */
  wake(reason: Reason, urgent?: boolean): void;
  /** Runs rounds until the signal is aborted; the round in hand is waited for. */
  run(signal: AbortSignal): Promise<void>;
  /** How long the round in hand is at work, in milliseconds; undefined between rounds. */
  busyFor(): number | undefined;
  /** Milliseconds until the next round, as far as is known now. */
  dueIn(): number;
}

/** Many reasons are one reason to look; these are for whoever reads what happened. */
const KEPT = 10;

/**
 * A loop that is triggered by levels: what wakes it carries no state, only the wish for a round, and a round that begins
 * after the last wish has seen all.
 */
export function makeLoop<Reason>({ timing, run, random = Math.random }: LoopOptions<Reason>): Loop<Reason> {
  let state: LoopState = {};
  let reasons: Reason[] = [];
  let count = 0;
  let failures = 0;
  let busySince: number | undefined;
  /** Looks at the time again. */
  let recheck: () => void = () => undefined;
  const now = (): number => performance.now();

  const isDue = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let firesAt = Infinity;
      const done = (): void => {
        clearTimeout(timer);
        recheck = () => undefined;
        signal.removeEventListener('abort', done);
        resolve();
      };
      const check = (): void => {
        const due = nextRound(state, timing);
        if (due <= now() || signal.aborted) {
          done();
          return;
        }
        // A timer that fires too early looks again, so that a stream of wishes sets none for each.
        if (due >= firesAt) return;
        clearTimeout(timer);
        firesAt = due;
        timer = setTimeout(
          () => {
            firesAt = Infinity;
            check();
          },
          Math.ceil(due - now()),
        );
      };
      recheck = check;
      signal.addEventListener('abort', done, { once: true });
      check();
    });

  const takeWoken = (): Woken<Reason> => {
    const woken = { reasons, count };
    reasons = [];
    count = 0;
    const { lastEnd } = state;
    state = lastEnd === undefined ? {} : { lastEnd };
    return woken;
  };

  return {
    wake: (reason, urgent = false) => {
      const at = now();
      if (reasons.length < KEPT) reasons.push(reason);
      count += 1;
      state = { ...state, woken: { first: state.woken?.first ?? at, last: at }, ...(urgent ? { urgent: at } : {}) };
      recheck();
    },
    run: async (signal) => {
      for (;;) {
        await isDue(signal);
        if (signal.aborted) return;
        busySince = now();
        let end: RoundEnd;
        try {
          end = await run(takeWoken());
        } finally {
          busySince = undefined;
        }
        failures = end?.failed === true ? failures + 1 : 0;
        const afterFailure = failures > 0 ? backoff(failures, timing.backoff, random()) : 0;
        const pause = Math.max(afterFailure, end?.pause ?? 0);
        const at = now();
        state = { ...state, lastEnd: at, ...(pause === 0 ? {} : { pauseEnd: at + pause }) };
      }
    },
    busyFor: () => (busySince === undefined ? undefined : now() - busySince),
    dueIn: () => Math.max(nextRound(state, timing) - now(), 0),
  };
}
