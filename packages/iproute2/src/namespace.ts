import { NetctlError } from '@netctl/core';
import { execa } from 'execa';
import { abortError } from './run.js';
import type { Place } from './place.js';

/** A network namespace that is gone with this process. */
export interface ScratchNamespace extends AsyncDisposable {
  /** The process that keeps it, as `ip … netns PID` takes it. */
  readonly pid: string;
  /** What runs a program in it. */
  readonly enter: readonly string[];
}

/**
 * Opens a network namespace of which no file tells. `cat` keeps it: it prints which process it is, then reads what this
 * process never writes, until its end. So there is no number to guess behind a prefix, and nothing to clear away after a
 * kill: the pipe is closed then too.
 */
export async function openNamespace(
  command: readonly string[],
  timeout: number,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<ScratchNamespace> {
  const prefix = command.slice(0, -1);
  const keep = [...prefix, 'unshare', '--net', '--', 'cat', '/proc/self/stat', '-'];
  const [program = '', ...args] = place.argv(keep);
  throwIfAborted(signal);
  const keeper = execa(program, args, {
    reject: false,
    // As every other program: what Ctrl-C ends is netctl.
    detached: true,
    stdin: 'pipe',
    timeout,
    forceKillAfterDelay: 500,
    env: { LC_ALL: 'C' },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const close = async (): Promise<void> => {
    keeper.stdin.end();
    await keeper;
  };
  const said = new Promise<string>((resolve) => keeper.stdout.once('data', (chunk: Buffer) => resolve(String(chunk))));
  const first = await Promise.race([said, keeper]);
  const pid = typeof first === 'string' ? /^(\d+) /.exec(first)?.[1] : undefined;
  if (pid !== undefined) {
    const enter = [...prefix, 'nsenter', `--target=${pid}`, '--net', '--'];
    return { pid, enter, [Symbol.asyncDispose]: close };
  }
  await close();
  throwIfAborted(signal);
  const { stderr, code, originalMessage = '' } = await keeper;
  const why = code === 'ENOENT' ? `the program '${program}' is not on this machine` : stderr.trim() || originalMessage;
  throw new NetctlError('LINK_FAILED', `Cannot make a network namespace: ${why}`);
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}
