import type { HostName, Plan, Step } from '../model.js';
import type { Problem } from '../problem.js';
import type { AskedSegment } from './ask.js';
import type { ApplyEvent } from './events.js';
import type { MovedEndpoint } from './run-step.js';

/** How `apply` goes about it. Without any it refuses what somebody could lose something by. */
export interface ApplyOptions {
  /** Apply an empty spec: remove all that carries the mark of this stack. */
  readonly destroy?: boolean;
  /** Run steps that somebody could lose something by; without it a plan that has any is refused whole. */
  readonly allowDisruptive?: boolean;
  /** Leave out disruptive steps instead of refusing. */
  readonly additive?: boolean;
  /** Notes and warnings stop too. */
  readonly strict?: boolean;
  /** Go on with the hosts that can be reached; by default nothing is changed anywhere when one cannot. */
  readonly partial?: boolean;
  /** Take over networks and links of nobody that have the names of those wanted, and match. */
  readonly adopt?: boolean;
  /** Replace networks that are in use: every container is taken off, and put back as it was. */
  readonly recreate?: boolean;
  /** With `recreate`: containers that asked for no address get the one that they have. */
  readonly keepDynamic?: boolean;
  /** With `recreate`: what may be lost, `mac`. */
  readonly acceptLoss?: readonly string[];
  /** Restart a container of which the engine keeps half an endpoint; nothing else cures that. */
  readonly restartStuck?: boolean;
  /** Take over what another machine left unfinished on this engine. */
  readonly resume?: boolean;
  /** Ask the wire for addresses that are about to be taken; true by default. */
  readonly probe?: boolean;
  /** The plan that was shown and agreed to. Where the host now needs another one, nothing is done. */
  readonly approved?: Plan;
  /** Milliseconds to wait for another netctl; 0 by default. */
  readonly wait?: number;
  /**
   * Milliseconds in which somebody has to confirm what was done to the links; else a process of its own on the host undoes
   * it, whatever has become of this one.
   */
  readonly confirm?: number;
  /** Folder under which a plan is kept while it runs, `/var/lib` by default. */
  readonly stateDir?: string;
  /** Once aborted no further step is begun. */
  readonly signal?: AbortSignal;
  /** Told of each thing as it happens. */
  readonly onEvent?: (event: ApplyEvent) => void;
}

/** What an apply has done. It ends with a look that found nothing left to do, but for what is in `left`. */
export interface Report {
  readonly version: 1;
  readonly stack: string;
  /** What was done, in order. */
  readonly done: readonly Step[];
  /** What `additive` left out. */
  readonly left: readonly Step[];
  /** Containers that were taken off a network and put back. */
  readonly moved: readonly MovedEndpoint[];
  /** For which addresses the wire was asked, or why not. */
  readonly asked: readonly AskedSegment[];
  readonly problems: readonly Problem[];
  /** The hosts on which what was done to the links is undone unless somebody confirms it. */
  readonly unconfirmed?: readonly HostName[];
}
