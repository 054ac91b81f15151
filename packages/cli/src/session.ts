import { connectDocker, NetctlError } from '@netctl/core';
import type { Backends, LoadedSpec, Targets } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';

import { engineHost } from './engine-host.js';
import type { GlobalOptions } from './options.js';
import { readSpec } from './spec-file.js';

/** A spec and what it is to be applied to; closes its connections when disposed of. */
export interface Session extends AsyncDisposable {
  readonly loaded: LoadedSpec;
  readonly targets: Targets;
}

/** An engine and the links of its host; closes its connections when disposed of. */
interface OpenBackends extends AsyncDisposable {
  readonly backends: Backends;
}

export async function openSession(
  file: string | undefined,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<Session> {
  const loaded = await readSpec(file, options, signal);
  const hosts = Object.entries(loaded.spec.hosts);
  if (hosts.length === 0) {
    const { backends, [Symbol.asyncDispose]: close } = await openBackends(options, signal);
    return { loaded, targets: backends, [Symbol.asyncDispose]: close };
  }
  if (options.host !== undefined) {
    throw new NetctlError('USAGE', `--host is for a spec of one host, and ${loaded.file} names its own`, {
      hint: 'Leave out --host, or hosts: in the spec.',
    });
  }
  // All of them are tried, so that one run tells of every host that cannot be reached.
  const opened = await Promise.all(
    hosts.map(
      async ([name, { docker }]) => [name, await open(docker, options, signal).catch(asReason(signal))] as const,
    ),
  );
  return {
    loaded,
    targets: new Map(opened.map(([name, host]) => [name, host instanceof NetctlError ? host : host.backends])),
    [Symbol.asyncDispose]: async () => {
      for (const [, host] of opened) if (!(host instanceof NetctlError)) await host[Symbol.asyncDispose]();
    },
  };
}

/** The host that the command line names. */
export async function openBackends(options: GlobalOptions, signal: AbortSignal): Promise<OpenBackends> {
  return open(await engineHost(options.host, process.env), options, signal);
}

async function open(docker: string, { timeout }: GlobalOptions, signal: AbortSignal): Promise<OpenBackends> {
  const limit = timeout === undefined ? {} : { timeout };
  const engine = await connectDocker({ host: docker, signal, ...limit });
  return {
    backends: { engine, links: iproute2(limit) },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]().then(() => undefined),
  };
}

/** Why a host cannot be reached; what is no error of netctl's own is thrown on. */
function asReason(signal: AbortSignal): (error: unknown) => NetctlError {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof NetctlError) return error;
    throw error;
  };
}
