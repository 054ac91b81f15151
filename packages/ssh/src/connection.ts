import { formatAddress } from '@netctl/core';
import type { NetctlError, SshAddress } from '@netctl/core';

import { sharedArguments } from './arguments.js';
import type { Control } from './arguments.js';
import { engineWay } from './engine.js';
import type { EngineWay, Line } from './engine.js';
import { connectionLost } from './errors.js';
import { privateFolder } from './folder.js';
import { startMaster } from './master.js';
import { quote } from './quote.js';
import { runShared } from './run.js';

export interface SshOptions {
  /** Milliseconds for the login and for each question on the way; 30,000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Where sockets belong, such as XDG_RUNTIME_DIR; `/tmp` by default. */
  readonly runtimeFolder?: string;
}

/**
 * One connection by the system's ssh to one host, for its engine and for programs there alike. When disposed of its
 * processes are gone, and so are its sockets and their folder.
 */
export interface SshConnection extends AsyncDisposable {
  /** `ssh://root@node02` */
  readonly where: string;
  /** The local argument vector that runs this one there; what it prints may go to a file there. */
  command(argv: readonly string[], output?: string): readonly string[];
  /** The error for a program that ended since the connection did; undefined where the connection is there. */
  lost(): Promise<NetctlError | undefined>;
  /** The way to the host's engine. */
  engine(signal?: AbortSignal): Promise<EngineWay>;
}

/**
 * Makes the connection.
 * @throws NetctlError ENGINE_UNREACHABLE, ENGINE_TIMEOUT, PERMISSION, USAGE
 */
export async function openSsh(address: SshAddress, options: SshOptions = {}): Promise<SshConnection> {
  const { timeout = 30_000, signal, runtimeFolder = '/tmp' } = options;
  const where = formatAddress(address);
  const folder = await privateFolder(runtimeFolder);
  const control: Control = { address, path: folder.control };
  const master = await startMaster(control, { where, destination: destinationOf(address) }, timeout, signal).catch(
    async (error: unknown) => {
      await folder[Symbol.asyncDispose]();
      throw error;
    },
  );
  const lineOf = (argv: readonly string[]): string => quote(['env', 'LC_ALL=C', ...argv]);
  const lost = async (): Promise<NetctlError | undefined> => {
    // A program may hear of the end before the one that keeps the connection has ended.
    const alive = !master.over() && (await runShared(control, ['-O', 'check'], undefined, timeout)).exit === 0;
    return alive ? undefined : connectionLost(where, master.said());
  };
  const line: Line = {
    control,
    where,
    folder: folder.path,
    said: () => master.said(),
    lost,
    run: (argv, more) => runShared(control, [], lineOf(argv), timeout, more),
    timeout,
  };
  const ways: EngineWay[] = [];
  return {
    where,
    command: (argv, output) => {
      const into = output === undefined ? '' : ` >>${quote([output])} 2>&1`;
      return ['ssh', ...sharedArguments(control, [], `${lineOf(argv)}${into}`)];
    },
    lost,
    engine: async (more) => {
      const way = await engineWay(line, more);
      ways.push(way);
      return way;
    },
    [Symbol.asyncDispose]: async () => {
      for (const way of ways) await way[Symbol.asyncDispose]();
      await master.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** As a person would type it after `ssh`. */
function destinationOf({ user, host, port }: SshAddress): string {
  return [...(port === undefined ? [] : [`-p ${port}`]), user === undefined ? host : `${user}@${host}`].join(' ');
}
