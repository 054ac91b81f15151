import type { WatchEvent } from '@netctl/core';

/** So many intervals without a round that came to its end are a fault. */
const MISSED = 3;

export interface Health {
  readonly hear: (event: WatchEvent) => void;
  /** What is wrong; undefined where nothing is. */
  fault(): string | undefined;
  /** The end of the last round that did what could be done, in milliseconds since 1970. */
  lastSuccess(): number | undefined;
}

/** Whether netctl does its work, as far as its rounds tell. */
export function watchHealth(intervalMs: number, isAlive: () => boolean, now: () => number = Date.now): Health {
  let lastSuccess: number | undefined;
  let failure: string | undefined;
  return {
    hear: (event) => {
      if (event.event === 'failed') failure = event.message;
      if (event.event !== 'round' || !isSuccess(event)) return;
      lastSuccess = now();
      failure = undefined;
    },
    fault: () => {
      if (!isAlive()) return 'the round in hand makes no progress';
      if (failure !== undefined) return failure;
      if (lastSuccess === undefined) return 'no round has come to its end yet';
      const age = now() - lastSuccess;
      return age > MISSED * intervalMs ? `the last round ended ${String(Math.round(age / 1000))} s ago` : undefined;
    },
    lastSuccess: () => lastSuccess,
  };
}

/** Disruptive steps that are left on purpose are no failure. */
export function isSuccess({ result }: Extract<WatchEvent, { readonly event: 'round' }>): boolean {
  return result === 'quiet' || result === 'repaired' || result === 'left';
}
