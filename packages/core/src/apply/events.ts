import type { HostName, Plan, Step } from '../model.js';
import type { AskedSegment } from './ask.js';

/** What `apply` tells while it works. The library prints nothing. */
export type ApplyEvent = (
  | { readonly event: 'plan'; readonly plan: Plan }
  /** Nobody answered for addresses that are about to be taken, or nobody could be asked. */
  | ({ readonly event: 'asked' } & AskedSegment)
  /** An earlier apply did not finish: of this stack, which is gone on with, or of another, which is put back first. */
  | { readonly event: 'unfinished'; readonly stack: string; readonly startedAt: string; readonly machine: string }
  | {
      readonly event: 'step';
      readonly state: 'started' | 'done' | 'failed';
      readonly step: Step;
      readonly message?: string;
    }
  /** One of several hosts is done, or has failed; the others go on. */
  | { readonly event: 'host'; readonly state: 'done' | 'failed'; readonly message?: string }
) & {
  /** Which of several. */
  readonly host?: HostName;
};

/** The event as one of several hosts tells it. */
export function ofHost(event: ApplyEvent, host: HostName): ApplyEvent {
  return { ...event, host };
}
