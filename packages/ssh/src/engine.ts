import { join } from 'node:path';

import { DEFAULT_SOCKET } from '@netctl/core';
import type { NetctlError, UnixAddress, Via } from '@netctl/core';

import type { Control } from './arguments.js';
import { dialStdio } from './dial.js';
import { askDocker, whyNoSocket } from './diagnose.js';
import { pings } from './ping.js';
import { runShared } from './run.js';
import type { Ran } from './run.js';

/** An engine at the far end, as a socket at the near one. */
export interface EngineWay extends AsyncDisposable {
  readonly address: UnixAddress;
  readonly via: Via;
}

/** A connection that is there, and what is known of it. */
export interface Line {
  readonly control: Control;
  readonly where: string;
  /** For sockets. */
  readonly folder: string;
  /** What the process that keeps it said so far. */
  said(): string;
  lost(): Promise<NetctlError | undefined>;
  /** Runs a program at the far end. */
  run(argv: readonly string[], signal?: AbortSignal): Promise<Ran>;
  /** Milliseconds for each question. */
  readonly timeout: number;
}

/**
 * The way to the engine that the docker CLI would reach by the same address. Its socket there is forwarded by ssh, which
 * takes no program at the far end and no session of sshd, of which there are ten as a rule (MaxSessions). Where sshd does
 * not forward sockets, or the docker CLI there goes on to somewhere else, it is `docker system dial-stdio`.
 */
export async function engineWay(line: Line, signal?: AbortSignal): Promise<EngineWay> {
  const given = line.control.address.socketPath;
  const socket = given ?? (await askDocker(line, signal)) ?? DEFAULT_SOCKET;
  if (socket === 'elsewhere') return dialStdio(line);
  const forwarded = await forward(line, socket, signal);
  return forwarded ?? dialStdio(line, given, socket);
}

/** Undefined where the socket is there, and nobody is reached by forwarding it. */
async function forward(line: Line, socket: string, signal?: AbortSignal): Promise<EngineWay | undefined> {
  const socketPath = join(line.folder, 'e');
  await runShared(line.control, ['-O', 'forward', '-L', `${socketPath}:${socket}`], undefined, line.timeout, signal);
  if (!(await pings(socketPath, line.timeout, signal))) {
    const why = (await line.lost()) ?? (await whyNoSocket(line, socket));
    if (why !== undefined) throw why;
    // Nobody is behind the socket, or sshd forwards none: it says the same of both.
    return undefined;
  }
  return {
    address: { type: 'unix', socketPath },
    via: {
      where: `${line.where} (its socket ${socket}, forwarded)`,
      explain: async () => (await line.lost()) ?? whyNoSocket(line, socket),
    },
    // The socket goes with the connection.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
