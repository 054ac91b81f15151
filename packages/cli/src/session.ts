import { dirname } from 'node:path';

import { namesHosts, NetctlError } from '@netctl/core';
import type { LoadedSpec, VerifyTargets } from '@netctl/core';

import { openHost } from './open-host.js';
import type { OpenHost } from './open-host.js';
import type { GlobalOptions } from './options.js';
import { readSpec } from './spec-file.js';

/** A spec and what it is to be applied to; closes its connections when disposed of. */
export interface Session extends AsyncDisposable {
  readonly loaded: LoadedSpec;
  readonly targets: VerifyTargets;
}

export async function openSession(
  file: string | undefined,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Session> {
  const loaded = await readSpec(file, options, signal);
  if (!namesHosts(loaded.spec)) {
    const backends = await openNamedHost(options, signal);
    return { loaded, targets: backends, [Symbol.asyncDispose]: () => backends[Symbol.asyncDispose]() };
  }
  refuseHostOption(loaded, options);
  // All of them are tried, so that one run tells of every host that cannot be reached.
  const opened = await Promise.all(
    Object.keys(loaded.spec.hosts).map(async (name) => {
      return [name, await openHostOf(loaded, name, options, signal).catch((error: unknown) => error)] as const;
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.all(
      opened.map(async ([, host]) => {
        if (isOpen(host)) await host[Symbol.asyncDispose]();
      }),
    );
  };
  try {
    return {
      loaded,
      targets: new Map(opened.map(([name, host]) => [name, opening(host, signal)])),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What names the one host is no word for several. */
export function refuseHostOption({ file, spec }: LoadedSpec, options: GlobalOptions): void {
  if (!namesHosts(spec) || (options.host === undefined && options.context === undefined)) return;
  const option = options.host === undefined ? '--context' : '--host';
  throw new NetctlError('USAGE', `${option} is for a spec of one host, and ${file} names its own`, {
    hint: `Leave out ${option}, or hosts: in the spec.`,
  });
}

/** One host of a spec, or the one of a spec without hosts, which the command line or the environment may name. */
export function openHostOf(
  { spec, file }: LoadedSpec,
  host: string,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<OpenHost> {
  if (!namesHosts(spec)) return openNamedHost(options, signal);
  return openHost(spec.hosts[host] ?? {}, { ...options, signal, folder: dirname(file) });
}

/** The host that the command line or the environment names. */
export function openNamedHost(options: GlobalOptions, signal: AbortSignal): Promise<OpenHost> {
  return openHost({}, { ...options, signal });
}

function isOpen(host: unknown): host is OpenHost {
  return typeof host === 'object' && host !== null && Symbol.asyncDispose in host;
}

/** A host, or why it cannot be reached; what is no error of netctl's own is thrown. */
function opening(host: unknown, signal: AbortSignal): OpenHost | NetctlError {
  signal.throwIfAborted();
  if (isOpen(host) || host instanceof NetctlError) return host;
  throw host;
}
