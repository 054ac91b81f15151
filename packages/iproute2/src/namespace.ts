import { NetctlError } from '@netctl/core';
import { keepRunning } from './keep.js';
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
  const argv = place.argv(keep);
  const keeper = await keepRunning(argv, timeout, signal);
  const pid = /^(\d+) /.exec(keeper.line ?? '')?.[1];
  const close = async (): Promise<void> => {
    await keeper.end();
  };
  if (pid !== undefined) {
    const enter = [...prefix, 'nsenter', `--target=${pid}`, '--net', '--'];
    return { pid, enter, [Symbol.asyncDispose]: close };
  }
  const { stderr, code, originalMessage = '' } = await keeper.end();
  if (signal?.aborted === true) throw abortError(signal);
  const why =
    code === 'ENOENT' ? `the program '${argv[0] ?? ''}' is not on this machine` : stderr.trim() || originalMessage;
  throw new NetctlError('LINK_FAILED', `Cannot make a network namespace: ${why}`, {
    hint: 'Run it as root with util-linux installed; a container needs --privileged for that.',
  });
}
