import { hostname } from 'node:os';
import { resolve } from 'node:path';

import {
  connectDocker,
  findEngine,
  formatAddress,
  isLoopback,
  machineFiles,
  NetctlError,
  readConfig,
  spelledOut,
} from '@netctl/core';
import type {
  ConfigFiles,
  EngineAddress,
  EngineBackend,
  EngineChoice,
  LinkBackend,
  SshAddress,
  VerifyBackends,
} from '@netctl/core';
import { iproute2, prober } from '@netctl/iproute2';

import { noLinks } from './no-links.js';
import { withPersisted } from './persist/persisted.js';
import { runtimeFolder } from './runtime-folder.js';
import { sshClients } from './ssh-clients.js';

/** One host as a spec has it. Without `docker` the engine is found as the docker CLI finds it. */
export interface HostEntry {
  /** `unix://`, `tcp://`, `ssh://` or `context:NAME` */
  readonly docker?: string;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Allows `tcp://` without TLS to another machine. */
  readonly insecure?: boolean;
}

/** `--host` and `--context` are for an entry without `docker`. */
export interface OpenHostOptions extends EngineChoice {
  /** Milliseconds for each call to the engine or the kernel. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** The folder that paths of the entry are relative to: that of the spec. */
  readonly folder?: string;
}

/** What drives one host; closes its connections when disposed of. */
export type OpenHost = VerifyBackends & AsyncDisposable;

/**
 * Reaches the engine of one host, and the links beside it. Of the environment nothing counts for an entry that says where
 * its engine is, but what ssh itself goes by, and DOCKER_CONFIG for where contexts are kept.
 * @throws NetctlError
 */
export async function openHost(entry: HostEntry, options: OpenHostOptions = {}): Promise<OpenHost> {
  const address = await engineAddressOf(entry, options);
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (address.type === 'ssh') return openBySsh(address, timeout, signal);
  const engine = await connectDocker({ address, ...timeout, ...signal, insecure: entry.insecure === true });
  const own = iproute2({ ...timeout, clients: await sshClients(process.env) });
  const isHere = address.type === 'unix';
  return {
    engine,
    links: isHere ? withPersisted(own) : linksBeside(engine, address, own),
    prober: isHere
      ? prober(timeout)
      : {
          why: `${formatAddress(address)} leads to the engine alone, and not into the namespaces of its host`,
          cure: 'Name the host by ssh://USER@HOST, or run netctl on it.',
        },
    [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
  };
}

/**
 * Reaches the links of the host alone that the command line or the environment names; no engine is asked, nor need one run.
 * @throws NetctlError
 */
export async function openLinks(options: OpenHostOptions): Promise<{ readonly links: LinkBackend } & AsyncDisposable> {
  const address = await findEngine(options, process.env, machineFiles());
  const timeout = options.timeout === undefined ? {} : { timeout: options.timeout };
  if (address.type === 'ssh') {
    const { openSsh } = await import('@netctl/ssh');
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    const ssh = await openSsh(address, { ...timeout, ...signal, runtimeFolder: runtimeFolder(process.env) });
    return { links: iproute2({ ssh, ...timeout }), [Symbol.asyncDispose]: () => ssh[Symbol.asyncDispose]() };
  }
  const own = iproute2({ ...timeout, clients: await sshClients(process.env) });
  const never = (): Promise<boolean> => Promise.resolve(false);
  const why = `${formatAddress(address)} leads to an engine alone, and not to the links of its host`;
  const links = address.type === 'unix' ? own : noLinks(own, never, why);
  return { links, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** One connection for the engine and for the links. ssh is loaded where it is used. */
async function openBySsh(
  address: SshAddress,
  timeout: { readonly timeout?: number },
  signal: { readonly signal?: AbortSignal },
): Promise<OpenHost> {
  const { openSsh } = await import('@netctl/ssh');
  const ssh = await openSsh(address, { ...timeout, ...signal, runtimeFolder: runtimeFolder(process.env) });
  try {
    const { address: socket, via } = await ssh.engine(signal.signal);
    const engine = await connectDocker({ address: socket, via, ...timeout, ...signal });
    return {
      engine,
      links: iproute2({ ssh, ...timeout }),
      prober: prober({ ssh, ...timeout }),
      [Symbol.asyncDispose]: async () => {
        await engine[Symbol.asyncDispose]();
        await ssh[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await ssh[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * An engine on a port may be on any machine, and a port of this one may lead to another machine (`ssh -L`). Its links are
 * the ones here only where it says that this is its host.
 */
function linksBeside(
  engine: EngineBackend,
  address: EngineAddress & { readonly type: 'tcp' },
  own: LinkBackend,
): LinkBackend {
  const where = formatAddress(address);
  const isHere = async (signal?: AbortSignal): Promise<boolean> =>
    isLoopback(address) && (await engine.observe(signal)).engine.name === hostname();
  return noLinks(own, isHere, `${where} leads to the engine alone, and not to the links of its host`);
}

/**
 * Where the engine of a host is, with the files that its entry names.
 * @throws NetctlError USAGE
 */
export async function engineAddressOf(entry: HostEntry, options: OpenHostOptions): Promise<EngineAddress> {
  const files = machineFiles();
  const { docker, insecure } = entry;
  const { folder = process.cwd() } = options;
  if (docker === undefined) return findEngine(options, process.env, files);
  const material = await Promise.all(
    (['ca', 'cert', 'key'] as const).map(async (what) => {
      const path = entry[what];
      return path === undefined ? [] : [[what, await textOf(what, resolve(folder, path), files)] as const];
    }),
  );
  const address = await spelledOut({ docker, ...Object.fromEntries(material.flat()) }, process.env, files);
  if (insecure === true && (address.type !== 'tcp' || address.tls !== undefined)) {
    throw new NetctlError(
      'USAGE',
      `\`insecure: true\` says nothing of ${docker}: it is for tcp:// without certificates`,
      {
        hint: 'Leave it out.',
      },
    );
  }
  return address;
}

async function textOf(what: string, path: string, files: ConfigFiles): Promise<string> {
  const text = await readConfig(path, files);
  if (text !== undefined) return text;
  throw new NetctlError('USAGE', `There is no file ${path}, which \`${what}\` names`, {
    hint: 'Paths are relative to the folder of the spec.',
  });
}
