import { hostname } from 'node:os';

import { examineEngine, findEngine, formatAddress, isLoopback, machineFiles, NetctlError } from '@netctl/core';
import type { EngineAddress, Instruments, LinkBackend, SshAddress, Unseen } from '@netctl/core';
import { hostReader, iproute2 } from '@netctl/iproute2';

import { noLinks } from './no-links.js';
import type { GlobalOptions } from './options.js';
import { runtimeFolder } from './runtime-folder.js';

/** What the doctor looks with; closes its connections when disposed of. */
export type OpenDoctor = Instruments & AsyncDisposable;

interface Timeout {
  readonly timeout?: number;
}

/**
 * The way to one host for a look at it. That its engine does not answer, or ssh does not, is for the report to say.
 * @throws NetctlError USAGE
 */
export async function openDoctor(options: GlobalOptions, signal: AbortSignal): Promise<OpenDoctor> {
  const address = await findEngine(options, process.env, machineFiles());
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  if (address.type === 'ssh') return bySsh(address, timeout, signal);
  return {
    ...(address.type === 'unix' ? byUnix(address, timeout) : await byTcp(address, timeout, signal)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function byUnix(address: EngineAddress, timeout: Timeout): Instruments {
  return {
    engine: (signal) => examineEngine({ address, ...timeout, ...(signal === undefined ? {} : { signal }) }),
    links: iproute2(timeout),
    reader: hostReader(timeout),
  };
}

/** The links and files here are those of the engine's host only where it says that this is its host. */
async function byTcp(
  address: EngineAddress & { readonly type: 'tcp' },
  timeout: Timeout,
  signal: AbortSignal,
): Promise<Instruments> {
  const view = await examineEngine({ address, ...timeout, signal }).catch((error: unknown) => error);
  const engine = (): ReturnType<Instruments['engine']> =>
    view instanceof Error ? Promise.reject(view) : (Promise.resolve(view) as ReturnType<Instruments['engine']>);
  const name = view instanceof Error ? undefined : (await engine()).engine.name;
  const here = isLoopback(address) && name === hostname();
  const why = `${formatAddress(address)} leads to the engine alone, and not to its host`;
  const cure = 'Name the host by ssh://USER@HOST, or run netctl on it.';
  return {
    engine,
    links: noLinks(iproute2(timeout), () => Promise.resolve(here), why),
    reader: here ? hostReader(timeout) : { why, cure },
  };
}

async function bySsh(address: SshAddress, timeout: Timeout, signal: AbortSignal): Promise<OpenDoctor> {
  const { openSsh } = await import('@netctl/ssh');
  const how = { ...timeout, signal, runtimeFolder: runtimeFolder(process.env) };
  const ssh = await openSsh(address, how).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof NetctlError && error.code !== 'USAGE') return error;
    throw error;
  });
  if (ssh instanceof NetctlError) return unreachable(ssh, iproute2(timeout));
  return {
    engine: async (more) => {
      const { address: socket, via } = await ssh.engine(more);
      return examineEngine({ address: socket, via, ...timeout, ...(more === undefined ? {} : { signal: more }) });
    },
    links: iproute2({ ssh, ...timeout }),
    reader: hostReader({ ssh, ...timeout }),
    [Symbol.asyncDispose]: () => ssh[Symbol.asyncDispose](),
  };
}

function unreachable(error: NetctlError, links: LinkBackend): OpenDoctor {
  const unseen: Unseen = { why: error.message, ...(error.hint === undefined ? {} : { cure: error.hint }) };
  return {
    engine: () => Promise.reject(error),
    links: noLinks(links, () => Promise.resolve(false), error.message),
    reader: unseen,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
