import { connectDocker } from '@netctl/core';
import type { Backends, LoadedSpec } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

import { engineHost } from './engine-host.js';
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
  const loaded = await readSpec(file, options, signal);
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  const host = await engineHost(options.host, process.env);
  const engine = await connectDocker({ host, signal, ...timeout });
  return {
    loaded,
    backends: { engine, links: iproute2(timeout) },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]().then(() => undefined),
  };
}
