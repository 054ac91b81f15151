import type { WatchEvent } from '@netctl/core';

import type { Discovering } from './discovering.js';

/** So many intervals without a round that came to its end are a fault. */
const MISSED = 3;

/** A round may take this long, however short the interval is. Milliseconds. */
const LEAST_MS = 60_000;

export interface Health {
  readonly hear: (event: WatchEvent) => void;
  /** What is wrong; undefined where nothing is. */
  fault(): string | undefined;
  /** What fails, and is no fault before it lasts. */
  remark(): string | undefined;
}

export interface HealthInput {
  readonly intervalMs: number;
  readonly isAlive: () => boolean;
  readonly discovering: Pick<Discovering, 'hosts'>;
  /** In milliseconds, of a clock that never jumps, and the same as that of `discovering`. */
  readonly now?: () => number;
}

/** Whether netctl does its work, as far as its rounds and service discovery tell. */
export function watchHealth({ intervalMs, isAlive, discovering, now = () => performance.now() }: HealthInput): Health {
  let lastSuccess: number | undefined;
  let failure: string | undefined;
  let pauseMs = 0;
  const allowed = (): number => Math.max(MISSED * intervalMs, LEAST_MS, pauseMs + intervalMs);
  return {
    hear: (event) => {
      if (event.event === 'failed') failure = event.message;
      if (event.event !== 'round') return;
      pauseMs = event.pauseMs ?? 0;
      if (!isSuccess(event)) return;
      lastSuccess = now();
      failure = undefined;
    },
    fault: () => {
      if (!isAlive()) return 'the round in hand makes no progress';
      if (failure !== undefined) return failure;
      if (lastSuccess === undefined) return 'no round has come to its end yet';
      const age = now() - lastSuccess;
      if (age > allowed()) return `the last round ended ${String(Math.round(age / 1000))} s ago`;
      // Of its own rounds, which a pause of the others does not concern.
      const patience = Math.max(MISSED * intervalMs, LEAST_MS);
      return discoveryFailure(discovering, (since) => now() - since > patience);
    },
    remark: () => discoveryFailure(discovering),
  };
}

/** In words; undefined where none fails, or none for so long. */
export function discoveryFailure(
  { hosts }: Pick<Discovering, 'hosts'>,
  lasts: (since: number) => boolean = () => true,
): string | undefined {
  const failing = hosts().flatMap(({ host, failure }) =>
    failure === undefined || !lasts(failure.since)
      ? []
      : [`service discovery${host === 'local' ? '' : ` for ${host}`} fails: ${failure.message}`],
  );
  return failing.length === 0 ? undefined : failing.join('; ');
}

/** Disruptive steps that are left on purpose are no failure. */
export function isSuccess({ result }: Extract<WatchEvent, { readonly event: 'round' }>): boolean {
  return result === 'quiet' || result === 'repaired' || result === 'left';
}
