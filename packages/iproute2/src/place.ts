import type { ChildProcess } from 'node:child_process';
import type { NetctlError } from '@netctl/core';
import { ownFiles, remoteFiles } from './files.js';
import type { HostFiles } from './files.js';
import { launchProgram, runProgram } from './run.js';
import type { Run } from './run.js';

/** Another host, reached by a connection that is there already: what `@netctl/ssh` gives. */
export interface RemoteShell {
  /** `ssh://root@node02` */
  readonly where: string;
  /** The local argument vector that runs this one there; what it prints may go to a file there. */
  command(argv: readonly string[], output?: string): readonly string[];
  /** The error for a program that ended since the connection did; undefined where the connection is there. */
  lost(): Promise<NetctlError | undefined>;
}

/** The machine on which the links are: programs are run and files are read there and nowhere else. */
export interface Place {
  /** For messages. */
  readonly where: string;
  readonly run: Run;
  /**
   * Starts a program that outlives this process and whoever ends it. It hears this process on its standard input, and
   * what it prints is added to a file there.
   */
  launch(argv: readonly string[], output: string): Promise<ChildProcess>;
  /** The local argument vector of a program there, for one that is spoken to while it runs. */
  argv(argv: readonly string[]): readonly string[];
  /** The error for a program that ended since the way there did; undefined where that is not so. */
  lost(): Promise<NetctlError | undefined>;
  readonly files: HostFiles;
}

export const thisMachine: Place = {
  where: 'this machine',
  run: runProgram,
  launch: launchProgram,
  argv: (argv) => argv,
  lost: () => Promise.resolve(undefined),
  files: ownFiles,
};

/** Each is a session of sshd, which has ten as a rule (MaxSessions), some of them for the engine. */
const SESSIONS = 4;

/** What ssh ends with when it is ssh that failed, and `ip` too for some of what it does not understand. */
const SSH_FAILED = 255;

export function remotePlace(ssh: RemoteShell): Place {
  const inTurn = limited(SESSIONS);
  const run: Run = async (argv, options) => {
    const outcome = await inTurn(() => runProgram(ssh.command(argv), options));
    if (outcome.exit === SSH_FAILED) {
      const lost = await ssh.lost();
      if (lost !== undefined) throw lost;
    }
    return outcome;
  };
  return {
    where: ssh.where,
    run,
    launch: (argv, output) => launchProgram(ssh.command(argv, output), '/dev/null'),
    argv: (argv) => ssh.command(argv),
    lost: () => ssh.lost(),
    files: remoteFiles(run),
  };
}

/** Runs at most so many at once, the others in the order in which they came. */
function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    // Whoever ends hands its place on, so that nobody comes in between.
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
