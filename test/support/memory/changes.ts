import type { World } from './world.js';

/** How often a world is compared with what it was: it is plain data, which a test changes behind everybody's back. */
const LOOK_MS = 10;

/** Tells of every change to a part of a world until the signal is aborted. */
export function whileChanging<Part>(
  world: World,
  part: (world: World) => Part,
  onChange: (before: Part, after: Part) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = (): string => JSON.stringify(part(world));
    let before = text();
    const look = (): void => {
      const after = text();
      if (after === before) return;
      try {
        onChange(JSON.parse(before) as Part, JSON.parse(after) as Part);
      } catch (error) {
        end(error);
      }
      before = after;
    };
    const timer = setInterval(look, LOOK_MS);
    const end = (error?: unknown): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('not an error', { cause: error }));
    };
    const stop = (): void => end();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
