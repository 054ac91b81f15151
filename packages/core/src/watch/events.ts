import type { ApplyEvent } from '../apply/events.js';
import type { EngineEvent } from '../docker/events.js';
import type { ErrorCode } from '../errors.js';
import type { LinkEvent } from '../links.js';
import type { HostName, Step } from '../model.js';
import type { Problem } from '../problem.js';

/** What has woken a round. None of it is believed: a round looks for itself. */
export type WakeReason = (
  | ({ readonly by: 'engine' } & EngineEvent)
  | ({ readonly by: 'links' } & LinkEvent)
  /** A connection that ended, or one that is there (again). */
  | { readonly by: 'connection' }
  /** Somebody changed a file of the spec, or asked for it to be read again. */
  | { readonly by: 'spec' | 'reload' }
) & {
  /** Which of several. */
  readonly host?: HostName;
};

/**
 * How a round ended: nothing to do; something was done; only what disrupts somebody is left; the plan is refused; another
 * netctl is at work; something failed.
 */
export type RoundResult = 'quiet' | 'repaired' | 'left' | 'refused' | 'waiting' | 'failed';

/** What `watch` tells. The library prints nothing. */
export type WatchEvent =
  /** What an apply tells, where it has something to do. */
  | ApplyEvent
  /** The spec was read; `kept`: it cannot be, and the last one that could is gone on with. */
  | {
      readonly event: 'spec';
      readonly state: 'read' | 'kept';
      readonly file: string;
      readonly message?: string;
      readonly problems: readonly Problem[];
    }
  /**
   * `deaf`: it tells nothing of what happens (why is in the message), so that only the timer leads to a look, until it
   * `hears` again. `gone`: the spec does not name it any more.
   */
  | {
      readonly event: 'connection';
      readonly state: 'made' | 'lost' | 'deaf' | 'hears' | 'gone';
      readonly host: HostName;
      readonly message?: string;
    }
  /** The steps that disrupt somebody, and are left, are others than before; none is left when the list is empty. */
  | { readonly event: 'left'; readonly steps: readonly Step[] }
  /** What was not there at the last look: warnings and notes of the spec and of the hosts. */
  | { readonly event: 'problems'; readonly problems: readonly Problem[] }
  /** Somebody undoes the same step again and again. */
  | { readonly event: 'undone'; readonly step: Step; readonly times: number; readonly pauseMs: number }
  | {
      readonly event: 'failed';
      readonly result: Extract<RoundResult, 'refused' | 'waiting' | 'failed'>;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
      readonly problems: readonly Problem[];
      /** How often in a row, with these words. */
      readonly times: number;
    }
  /** Services that are registered now for a host, told by service discovery. */
  | { readonly event: 'services'; readonly host: HostName; readonly registered: number }
  | {
      readonly event: 'round';
      /** From 1. */
      readonly round: number;
      readonly result: RoundResult;
      /** The first few of `wakes`; none where it was the timer. */
      readonly woken: readonly WakeReason[];
      readonly wakes: number;
      /** Steps that were done, and that are left. */
      readonly done: number;
      readonly left: number;
      readonly durationMs: number;
      /** At least so many milliseconds until the next one, where somebody undoes what was done again and again. */
      readonly pauseMs?: number;
    };
