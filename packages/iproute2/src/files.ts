import { access, readdir, readFile } from 'node:fs/promises';
import { NetctlError } from '@netctl/core';
import type { Run } from './run.js';

/** Files of the kernel on the machine where the links are. */
export interface HostFiles {
  /** The texts of those that are there and can be read, by path. */
  read(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Those that are there. */
  present(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /** The names in a folder; none where it is not there or may not be read. */
  list(folder: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export const ownFiles: HostFiles = {
  read: async (paths) => {
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => undefined)));
    return new Map(paths.flatMap((path, at) => (texts[at] === undefined ? [] : [[path, texts[at]] as const])));
  },
  present: async (paths) => {
    const there = await Promise.all(
      paths.map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    );
    return new Set(paths.filter((_, at) => there[at]));
  },
  list: (folder) => readdir(folder).catch(() => []),
};

/** For one look at a few files. */
const TIMEOUT_MS = 10_000;

/** Another machine's, by programs that every Linux has, one run for any number of files. */
export function remoteFiles(run: Run): HostFiles {
  const ask = async (argv: readonly string[], signal: AbortSignal | undefined) => {
    const outcome = await run(argv, { timeout: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
    if (!outcome.timedOut) return outcome.stdout.split('\n');
    throw new NetctlError(
      'LINK_TIMEOUT',
      `Reading files of the host took longer than ${TIMEOUT_MS} ms: ${argv[0] ?? ''}`,
      { hint: 'Run the same again when the host and the way to it are less busy.' },
    );
  };
  return {
    read: async (paths, signal) => {
      // With more than one file each line has its path before it. `-s`: one that is not there is no error.
      const lines = await ask(['grep', '-s', '', '--', '/dev/null', ...paths], signal);
      const texts = new Map<string, string>();
      for (const path of paths) {
        const own = lines.filter((line) => line.startsWith(`${path}:`)).map((line) => line.slice(path.length + 1));
        if (own.length > 0) texts.set(path, `${own.join('\n')}\n`);
      }
      return texts;
    },
    present: async (paths, signal) => {
      if (paths.length === 0) return new Set();
      // It prints those that are there, and complains of the others where nobody listens.
      const lines = await ask(['ls', '-d', '--', ...paths], signal);
      return new Set(paths.filter((path) => lines.includes(path)));
    },
    list: async (folder, signal) => {
      const names = await ask(['ls', '-1', '-A', '--', folder], signal);
      return names.filter((name) => name !== '');
    },
  };
}
