import { unwatchFile, watchFile } from 'node:fs';
import type { Stats } from 'node:fs';
import { resolve } from 'node:path';

/** How often the files are looked at. Milliseconds. */
const LOOK_MS = 1000;

/** By which one state of a file is told from another; all 0 where there is none. */
const WHAT = ['ino', 'size', 'mtimeMs', 'ctimeMs'] as const;

/** The files that a spec came from. */
export interface WatchedFiles extends Disposable {
  /** Watches what is read while this runs, and no longer what was read before; on a failure both. */
  reading<T>(read: (onRead: (file: string) => void) => Promise<T>): Promise<T>;
}

/**
 * Looks at the files by name, again and again: an editor puts a new file in the place of the old one, a ConfigMap moves
 * a symbolic link, and a file system of another machine tells nothing, which is what inotify watches are lost by.
 */
export function watchFiles(onChange: () => void): WatchedFiles {
  let watched = new Set<string>();
  const hear = (now: Stats, before: Stats): void => {
    // Of a file that is not there it is told once, though nothing has changed.
    if (WHAT.some((what) => now[what] !== before[what])) onChange();
  };
  const begin = (file: string): void => {
    watchFile(file, { interval: LOOK_MS, persistent: false }, hear);
  };
  const end = (file: string): void => unwatchFile(file, hear);
  return {
    reading: async (read) => {
      const seen = new Set<string>();
      const onRead = (file: string): void => {
        const path = resolve(file);
        // From before it is read, so that no change falls in between.
        if (!watched.has(path) && !seen.has(path)) begin(path);
        seen.add(path);
      };
      try {
        const result = await read(onRead);
        for (const file of watched) if (!seen.has(file)) end(file);
        watched = seen;
        return result;
      } catch (error) {
        watched = new Set([...watched, ...seen]);
        throw error;
      }
    },
    [Symbol.dispose]: () => {
      for (const file of watched) end(file);
      watched.clear();
    },
  };
}
