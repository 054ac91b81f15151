import { connectDocker } from '@netctl/core';
import type { Backends, LoadedSpec } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

import { engineHost } from './engine-host.js';
import type { GlobalOptions } from './options.js';
import { readSpec } from './spec-file.js';

/** An engine and the links of its host; closes its connections when disposed of. */
interface OpenBackends extends AsyncDisposable {
  readonly backends: Backends;
}

/** A spec and what it is to be applied to. */
export interface Session extends OpenBackends {
  readonly loaded: LoadedSpec;
}

export async function openSession(
  file: string | undefined,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Session> {
  const loaded = await readSpec(file, options.file, signal);
  return { loaded, ...(await openBackends(options, signal)) };
}

/** The host that the command line names. */
export async function openBackends(options: GlobalOptions, signal: AbortSignal): Promise<OpenBackends> {
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  const host = await engineHost(options.host, process.env);
  const engine = await connectDocker({ host, signal, ...timeout });
  return {
    backends: { engine, links: iproute2(timeout) },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]().then(() => undefined),
  };
}
