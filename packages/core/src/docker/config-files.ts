import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';

/** The files of the docker CLI, and those that hold certificates and keys. */
export interface ConfigFiles {
  /** The user's own folder. */
  readonly home: string;
  /** Undefined where there is no such file; throws where it cannot be read. */
  read(path: string): Promise<string | undefined>;
}

/** Those of this machine. */
export function machineFiles(): ConfigFiles {
  return {
    home: homedir(),
    read: async (path) => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw error;
      }
    },
  };
}
