import type { ApplyOptions } from '../apply/options.js';
import type { Backends } from '../apply/observe.js';
import type { HostName } from '../model.js';
import type { LoadedSpec } from '../spec/load.js';
import type { WatchEvent } from './events.js';
import type { Timing } from './timing.js';

/** What drives one host; closes its connections when disposed of. */
export type OpenBackends = Backends & AsyncDisposable;

/** Where a watch gets its spec and its hosts from, and what it may do. */
export interface WatchOptions {
  /** Reads the spec, at the start and whenever it may have changed. */
  readonly load: (signal: AbortSignal) => Promise<LoadedSpec>;
  /** Reaches one host of it; `local` where it names none. Called again when a connection was lost. */
  readonly open: (loaded: LoadedSpec, host: HostName, signal: AbortSignal) => Promise<OpenBackends>;
  /** With `allowDisruptive` steps that somebody could lose something by are done too; they are left otherwise. */
  readonly apply?: Pick<
    ApplyOptions,
    'allowDisruptive' | 'recreate' | 'keepDynamic' | 'acceptLoss' | 'probe' | 'stateDir'
  >;
  readonly timing?: Partial<Timing>;
  /** Milliseconds without any progress after which a round counts as hung; 5 minutes by default. */
  readonly patience?: number;
  /** Told of each thing as it happens. */
  readonly onEvent?: (event: WatchEvent) => void;
}

/** What came of it, when it was told to stop. */
export interface WatchReport {
  readonly version: 1;
  readonly stack: string;
  readonly rounds: number;
  /** Steps that were done. */
  readonly repairs: number;
  /** Rounds that failed. */
  readonly failures: number;
}

export const TIMING: Timing = {
  debounce: 500,
  ceiling: 5000,
  interval: 30_000,
  backoff: { first: 1000, longest: 30_000 },
};
