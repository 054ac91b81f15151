import type { Plan, Step } from '../model.js';
import type { AskedSegment } from './ask.js';

/** What `apply` tells while it works. The library prints nothing. */
export type ApplyEvent =
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
    };
