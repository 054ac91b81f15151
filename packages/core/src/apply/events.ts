import type { HostName, Plan, Step } from '../model.js';
import type { Privilege } from '../links.js';
import { changesLinks } from '../plan/changes-links.js';
import type { AskedSegment } from './ask.js';

/** What `apply` tells while it works. The library prints nothing. */
export type ApplyEvent = (
  | { readonly event: 'plan'; readonly plan: Plan }
  /** By what the links of a host are about to be changed. */
  | { readonly event: 'privilege'; readonly privilege: Privilege }
  /** Nobody answered for addresses that are about to be taken, or nobody could be asked. */
  | ({ readonly event: 'asked' } & AskedSegment)
  /** An earlier apply did not finish: of this stack, which is gone on with, or of another, which is put back first. */
  | { readonly event: 'unfinished'; readonly stack: string; readonly startedAt: string; readonly machine: string }
  /** It waits for somebody who is at work there. */
  | { readonly event: 'waiting'; readonly what: string }
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

/** What there is to tell of the right to change links, where some are changed. */
export function privilegeEvents({ stages }: Plan, privilege: Privilege | undefined): readonly ApplyEvent[] {
  const changes = stages.flat().some(changesLinks);
  return changes && privilege !== undefined ? [{ event: 'privilege', privilege }] : [];
}

/** The event as one of several hosts tells it. */
export function ofHost(event: ApplyEvent, host: HostName): ApplyEvent {
  return { ...event, host };
}
