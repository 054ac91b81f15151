import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { NetctlError } from '@netctl/core';
import { execa } from 'execa';

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** What became of one process. `exit` is undefined where it did not start or was ended by a signal. */
export interface Outcome extends Printed {
  readonly exit: number | undefined;
  readonly endedBy: string | undefined;
  readonly timedOut: boolean;
  /** The program was not found. */
  readonly missing: boolean;
  /** Why it could not be started, where that is not `missing`. */
  readonly startError: string | undefined;
  /** Milliseconds that it had: more than one command has, where it was for several. */
  readonly deadline?: number;
}

/** Runs a program with its arguments as they are; resolves whatever becomes of it, but for an abort. */
export type Run = (
  argv: readonly string[],
  options: { readonly timeout: number; readonly signal?: AbortSignal; readonly input?: string },
) => Promise<Outcome>;

/**
 * Runs a program with its arguments as they are, no shell, in the C locale, since its messages are read. Resolves
 * whatever becomes of it, but for an abort, which throws what `abortError` says.
 *
 * It has a session of its own: Ctrl-C in a terminal would end `ip` in the midst of a step that is to be finished, and
 * what cannot ask at the terminal (the password of sudo) fails. When this process is killed it runs on until it ends.
 */
export const runProgram: Run = async (argv, { timeout, signal, input }) => {
  if (signal?.aborted === true) throw abortError(signal);
  const [program = '', ...args] = argv;
  const running = execa(program, args, {
    reject: false,
    detached: true,
    timeout,
    forceKillAfterDelay: 500,
    env: { LC_ALL: 'C' },
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  letGoOfOutput(running);
  const result = await running;
  if (signal !== undefined && result.isCanceled) throw abortError(signal);
  const started = result.exitCode !== undefined || result.signal !== undefined || result.timedOut;
  return {
    stdout: result.stdout,
    stderr: result.stderr,
    exit: result.exitCode,
    endedBy: result.signal,
    timedOut: result.timedOut,
    missing: result.code === 'ENOENT',
    startError: started || result.code === 'ENOENT' ? undefined : (result.originalMessage ?? result.shortMessage),
  };
};

/**
 * Starts a program in a session of its own, without a shell, that hears this process on its standard input and outlives
 * it. What it prints is added to a file, for a pipe would break with this process.
 */
export async function launchProgram(argv: readonly string[], output: string): Promise<ChildProcess> {
  const [program = '', ...args] = argv;
  await using file = await open(output, 'a', 0o600);
  const child = spawn(program, args, {
    detached: true,
    stdio: ['pipe', file.fd, file.fd],
    env: { ...process.env, LC_ALL: 'C' },
  });
  // It may have ended before it reads.
  child.stdin?.on('error', () => undefined);
  child.on('error', () => undefined);
  return child;
}

/**
 * A child of the program (of `sh`, of an `ssh` that shares its connection) may keep the output open after the program
 * has ended, or was ended at the deadline. Nobody waits for it longer than this.
 */
export function letGoOfOutput(running: ChildProcess): void {
  running.once('exit', () => {
    const letGo = setTimeout(() => {
      running.stdout?.destroy();
      running.stderr?.destroy();
    }, 500);
    running.once('close', () => {
      clearTimeout(letGo);
    });
  });
}

/** The reason that the caller gave, if it is one of ours; else INTERRUPTED. */
export function abortError(signal: AbortSignal): NetctlError {
  const reason: unknown = signal.reason;
  if (reason instanceof NetctlError) return reason;
  return new NetctlError('INTERRUPTED', 'Stopped while working on the links of the host', {
    hint: 'Run the same again: it goes on from what is there.',
    cause: reason,
  });
}
