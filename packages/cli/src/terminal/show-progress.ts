import type { ApplyEvent } from '@netctl/core';

import { liveLine } from './live-line.js';
import type { LiveLine } from './live-line.js';
import { watchProgress } from './progress.js';
import type { Screen } from './screen.js';

/** What is in hand, at the bottom of the terminal; nothing where there is none. */
export interface ShownProgress extends Disposable {
  /** Something else than the steps of a plan. */
  readonly begin: (what: string) => void;
  readonly hear: (event: ApplyEvent) => void;
}

/** `onStop` is called when a signal is to end what has begun, which then takes a moment. */
export function showProgress(line: LiveLine | undefined, signal: AbortSignal, onStop: () => void): ShownProgress {
  const progress = watchProgress(() => performance.now());
  const show = (): void => line?.show(() => progress.text());
  const stop = (): void => {
    if (progress.isAtWork()) onStop();
    progress.stop();
    show();
  };
  signal.addEventListener('abort', stop, { once: true });
  show();
  return {
    begin: (what) => {
      progress.begin(what);
      show();
    },
    hear: (event) => {
      progress.hear(event);
      show();
    },
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', stop);
      line?.[Symbol.dispose]();
    },
  };
}

/** The line that it is shown on, where there can be one. */
export function progressLine({ stream, traits }: Screen): LiveLine | undefined {
  return traits.live ? liveLine(stream, traits) : undefined;
}
