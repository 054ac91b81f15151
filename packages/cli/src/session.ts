import type { Backends, LoadedSpec } from '@netctl/core';

import { openHost } from './open-host.js';
import type { GlobalOptions } from './options.js';
import { readSpec } from './spec-file.js';

/** A spec and what it is to be applied to; closes its connections when disposed of. */
export interface Session extends AsyncDisposable {
  readonly loaded: LoadedSpec;
  readonly backends: Backends;
}

export async function openSession(
  file: string | undefined,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Session> {
  const loaded = await readSpec(file, options.file, signal);
  const { timeout, host, context } = options;
  const backends = await openHost(
    {},
    {
      signal,
      ...(timeout === undefined ? {} : { timeout }),
      ...(host === undefined ? {} : { host }),
      ...(context === undefined ? {} : { context }),
    },
  );
  return { loaded, backends, [Symbol.asyncDispose]: () => backends[Symbol.asyncDispose]() };
}
