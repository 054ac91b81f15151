import { hostname } from 'node:os';

import {
  connectDocker,
  findEngine,
  formatAddress,
  machineFiles,
  NetctlError,
  surveyHost,
  withAnswered,
} from '@netctl/core';
import type { EngineAddress, EngineBackend, LinkBackend, SshAddress, Survey } from '@netctl/core';
import { iproute2, readNeighbours } from '@netctl/iproute2';

import { openHost } from '../open-host.js';
import type { GlobalOptions } from '../options.js';
import { runtimeFolder } from '../runtime-folder.js';

/** A host that was looked at for its first spec; closes its connections when disposed of. */
export interface OpenInit extends AsyncDisposable {
  readonly survey: Survey;
  readonly links: LinkBackend;
}

interface Way extends AsyncDisposable {
  readonly engine?: EngineBackend;
  readonly links: LinkBackend;
  readonly neighbours: () => Promise<readonly string[]>;
  readonly host: string;
  readonly unseen: readonly string[];
}

/**
 * Looks at the host that the command line or the environment names. An engine that does not answer is no reason to give up:
 * what there is to see besides makes a spec too.
 * @throws NetctlError for a host that cannot be reached at all
 */
export async function openInit(options: GlobalOptions, signal: AbortSignal): Promise<OpenInit> {
  const address = await findEngine(options, process.env, machineFiles());
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  const way =
    address.type === 'ssh'
      ? await bySsh(address, timeout, signal)
      : address.type === 'unix'
        ? await here(address, timeout, signal)
        : await byTcp(address, options, signal);
  try {
    const seen = await surveyHost(way, signal);
    const survey = seen.facts.links === undefined ? seen : withAnswered(seen, await way.neighbours());
    return { survey, links: way.links, [Symbol.asyncDispose]: () => way[Symbol.asyncDispose]() };
  } catch (error) {
    await way[Symbol.asyncDispose]();
    throw error;
  }
}

async function here(address: EngineAddress, timeout: Timeout, signal: AbortSignal): Promise<Way> {
  const engine = await unlessSilent(connectDocker({ address, ...timeout, signal }), signal);
  return {
    ...engineOf(engine),
    links: iproute2(timeout),
    neighbours: () => readNeighbours(timeout, signal),
    host: hostname(),
    [Symbol.asyncDispose]: async () => closeEngine(engine),
  };
}

async function bySsh(address: SshAddress, timeout: Timeout, signal: AbortSignal): Promise<Way> {
  const { openSsh } = await import('@netctl/ssh');
  const ssh = await openSsh(address, { ...timeout, signal, runtimeFolder: runtimeFolder(process.env) });
  const connected = async (): Promise<EngineBackend> => {
    const { address: socket, via } = await ssh.engine(signal);
    return connectDocker({ address: socket, via, ...timeout, signal });
  };
  try {
    const engine = await unlessSilent(connected(), signal);
    return {
      ...engineOf(engine),
      links: iproute2({ ssh, ...timeout }),
      neighbours: () => readNeighbours({ ssh, ...timeout }, signal),
      host: address.host,
      [Symbol.asyncDispose]: async () => {
        await closeEngine(engine);
        await ssh[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await ssh[Symbol.asyncDispose]();
    throw error;
  }
}

/** It leads to an engine, and perhaps to the links beside it. */
async function byTcp(address: EngineAddress, options: GlobalOptions, signal: AbortSignal): Promise<Way> {
  const { engine, links, [Symbol.asyncDispose]: close } = await openHost({}, { ...options, signal });
  const neighbours = (): Promise<readonly string[]> => readNeighbours(options, signal);
  return { engine, links, neighbours, host: formatAddress(address), unseen: [], [Symbol.asyncDispose]: close };
}

interface Timeout {
  readonly timeout?: number;
}

/** The engine, or why it cannot be asked: it does not run, or may not be asked by this user. */
async function unlessSilent(engine: Promise<EngineBackend>, signal: AbortSignal): Promise<EngineBackend | NetctlError> {
  try {
    return await engine;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NetctlError && ['ENGINE_UNREACHABLE', 'ENGINE_TIMEOUT', 'PERMISSION'].includes(error.code)) {
      return error;
    }
    throw error;
  }
}

function engineOf(engine: EngineBackend | NetctlError): Pick<Way, 'engine' | 'unseen'> {
  if (!(engine instanceof NetctlError)) return { engine, unseen: [] };
  return { unseen: [`the engine and its networks, which the plan will compare with this: ${engine.message}`] };
}

async function closeEngine(engine: EngineBackend | NetctlError): Promise<void> {
  if (!(engine instanceof NetctlError)) await engine[Symbol.asyncDispose]();
}
