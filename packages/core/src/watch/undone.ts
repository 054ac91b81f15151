import type { Step } from '../model.js';
import { backoff } from './timing.js';
import type { Timing } from './timing.js';

/** Who undoes a step within this time does it again; after it, it is forgotten. Milliseconds. */
const REMEMBERED = 15 * 60_000;

/** So often a repair is a repair. */
const PATIENT = 3;

/** The longest pause is longer than that after a failure: each repair costs somebody something. */
const PAUSES: Timing['backoff'] = { first: 5000, longest: 5 * 60_000 };

export interface Undone {
  readonly step: Step;
  /** How often it was done. */
  readonly times: number;
  /** From now on it is left be for a while each time. */
  readonly isNew: boolean;
  /** Milliseconds to leave it be. */
  readonly pauseMs: number;
}

/** Counts the steps that have to be done again and again, since somebody undoes them each time. */
export function undoneSteps(): (done: readonly Step[], now: number) => Undone | undefined {
  const known = new Map<string, { readonly times: number; readonly at: number }>();
  return (done, now) => {
    for (const [key, { at, times }] of known) if (now - at > REMEMBERED + pauseAfter(times)) known.delete(key);
    let worst: Undone | undefined;
    for (const step of done) {
      const key = keyOf(step);
      const times = (known.get(key)?.times ?? 0) + 1;
      known.set(key, { times, at: now });
      if (times > PATIENT && times > (worst?.times ?? 0)) {
        worst = { step, times, isNew: times === PATIENT + 1, pauseMs: pauseAfter(times) };
      }
    }
    return worst;
  };
}

function pauseAfter(times: number): number {
  return times > PATIENT ? backoff(times - PATIENT, PAUSES, 1) : 0;
}

/** Another container of the same name is another one to put on a network, and not the same step again. */
function keyOf(step: Step): string {
  const container = 'endpoint' in step ? step.endpoint.container : '';
  return `${step.host} ${step.op} ${step.ref} ${container}`;
}
