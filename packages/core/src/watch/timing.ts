/** When a loop runs, in milliseconds. */
export interface Timing {
  /** A round waits for this long a silence after what woke it: what happens together is looked at together. */
  readonly debounce: number;
  /** And for no longer than this after the first of it, so that a stream that never pauses is looked at too. */
  readonly ceiling: number;
  /** Without anything that wakes it, a round follows the last one after this time. */
  readonly interval: number;
  /** After a failure: the first pause, which doubles with each further one, to the longest. */
  readonly backoff: { readonly first: number; readonly longest: number };
}

/** What a loop knows of itself. Times are of one clock, in milliseconds. */
export interface LoopState {
  /** Undefined before the first round, which is due at once. */
  readonly lastEnd?: number;
  /** The first and the last of what has woken it since the last round began. */
  readonly woken?: { readonly first: number; readonly last: number };
  /** Not before this time, but for what is urgent. */
  readonly pauseEnd?: number;
  /** Somebody asked for a round, and does not wait until a pause is over. */
  readonly urgent?: number;
}

/** When the next round is due; 0 for at once. */
export function nextRound({ lastEnd, woken, pauseEnd, urgent }: LoopState, timing: Timing): number {
  if (lastEnd === undefined) return 0;
  const asked = urgent === undefined ? Infinity : urgent + timing.debounce;
  const { debounce, ceiling, interval } = timing;
  const after = woken === undefined ? Infinity : Math.min(woken.last + debounce, woken.first + ceiling);
  // A pause after a failure ends in another try, whether anything happened or not.
  const regular = pauseEnd ?? Math.min(lastEnd + interval, after);
  // However it was woken while it was at work: what it did itself has to be over.
  return Math.max(Math.min(asked, regular), lastEnd + debounce);
}

/** The pause after so many failures in a row, 1 and up. `random` is from 0 to 1: hosts that fail together try apart. */
export function backoff(failures: number, { first, longest }: Timing['backoff'], random: number): number {
  const full = Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
  return Math.round(full * (0.75 + random / 4));
}
