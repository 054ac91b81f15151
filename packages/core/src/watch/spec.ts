import { NetctlError } from '../errors.js';
import type { LoadedSpec } from '../spec/load.js';
import type { WatchEvent } from './events.js';
import type { WatchOptions } from './options.js';

/** The spec as it was last when it was valid. */
export interface WatchedSpec {
  /** @throws NetctlError where there is none yet */
  read(signal: AbortSignal): Promise<LoadedSpec>;
  /** It may have changed: the next round reads it again. */
  expire(): void;
}

/** What is wrong with a file while somebody works on it is no reason to let go of what the last one asked for. */
export function watchSpec(load: WatchOptions['load'], emit: (event: WatchEvent) => void): WatchedSpec {
  let last: LoadedSpec | undefined;
  let isStale = true;
  let wrong = '';
  return {
    read: async (signal) => {
      if (!isStale && last !== undefined) return last;
      isStale = false;
      try {
        last = await load(signal);
        wrong = '';
        emit({ event: 'spec', state: 'read', file: last.file, problems: last.problems });
        return last;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof NetctlError) || last === undefined) throw error;
        // What was not there for a moment changes no file that somebody watches, so each round tries again.
        isStale = true;
        const { message, problems } = error;
        const told = JSON.stringify([message, problems]);
        // Told once, however often it is looked at.
        if (told !== wrong) emit({ event: 'spec', state: 'kept', file: error.file ?? last.file, message, problems });
        wrong = told;
        return last;
      }
    },
    expire: () => {
      isStale = true;
    },
  };
}
