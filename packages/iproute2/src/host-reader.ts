import type { HostReader } from '@netctl/core';
import { remotePlace, thisMachine } from './place.js';
import type { RemoteShell } from './place.js';

export interface HostReaderOptions {
  /** The host, where it is another one. */
  readonly ssh?: RemoteShell;
  /** Milliseconds that one run of a program may take; default 10 000. */
  readonly timeout?: number;
}

/** Files and programs of a host, for a look at it. */
export function hostReader({ ssh, timeout = 10_000 }: HostReaderOptions = {}): HostReader {
  const place = ssh === undefined ? thisMachine : remotePlace(ssh);
  return {
    ...place.files,
    print: async (argv, signal) => {
      const { stdout, stderr, exit } = await place.run(argv, { timeout, ...(signal === undefined ? {} : { signal }) });
      // 127 is what a remote shell ends with when it finds no such program.
      return { stdout, stderr, exit: exit === 127 ? undefined : exit };
    },
  };
}
