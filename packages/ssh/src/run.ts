import { execa } from 'execa';

import { sharedArguments } from './arguments.js';
import type { Control } from './arguments.js';

export interface Ran {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long after its end somebody may still keep the output of a program open. */
const LET_GO_MS = 500;

/** Runs `ssh` on the connection that is there: a command at the far end, or one for whoever keeps the connection (`-O`). */
export async function runShared(
  control: Control,
  more: readonly string[],
  command: string | undefined,
  timeout: number,
  signal?: AbortSignal,
): Promise<Ran> {
  const running = execa('ssh', sharedArguments(control, more, command), {
    stdin: 'ignore',
    reject: false,
    detached: true,
    timeout,
    forceKillAfterDelay: 500,
    env: { LC_ALL: 'C' },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  // The connection has it as well, and may have it for longer.
  running.once('exit', () => {
    setTimeout(() => {
      running.stdout.destroy();
      running.stderr.destroy();
    }, LET_GO_MS).unref();
  });
  const { exitCode, stdout, stderr } = await running;
  signal?.throwIfAborted();
  return { exit: exitCode, stdout, stderr };
}
