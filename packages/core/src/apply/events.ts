import type { Plan, Step } from '../model.js';

/** What `apply` tells while it works. The library prints nothing. */
export type ApplyEvent =
  | { readonly event: 'plan'; readonly plan: Plan }
  /** An earlier apply of this stack did not finish; this one goes on from what is there. */
  | { readonly event: 'unfinished'; readonly startedAt: string }
  | {
      readonly event: 'step';
      readonly state: 'started' | 'done' | 'failed';
      readonly step: Step;
      readonly message?: string;
    };
