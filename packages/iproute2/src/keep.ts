import { execa } from 'execa';
import type { Result } from 'execa';
import { abortError, letGoOfOutput } from './run.js';

/** What is read of a program that has ended. */
export type Ended = Pick<
  Result<{ reject: false }>,
  'stdout' | 'stderr' | 'exitCode' | 'code' | 'originalMessage' | 'timedOut'
>;

/** A program that runs until its standard input ends, and so no longer than this process, whatever becomes of it. */
export interface Kept {
  /** The first line that it printed; undefined where it ended without one. */
  readonly line: string | undefined;
  /** Has it end, and tells what became of it. Where it has ended already that is told. */
  end(): Promise<Ended>;
}

/** Starts one without a shell, and waits for its first line. It is ended after that many milliseconds. */
export async function keepRunning(
  argv: readonly string[],
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Kept> {
  if (signal?.aborted === true) throw abortError(signal);
  const [program = '', ...args] = argv;
  const child = execa(program, args, {
    reject: false,
    // As every other program: what Ctrl-C ends is netctl.
    detached: true,
    stdin: 'pipe',
    timeout,
    forceKillAfterDelay: 500,
    env: { LC_ALL: 'C' },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  letGoOfOutput(child);
  // A line may come in pieces.
  let said = '';
  const line = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += String(chunk);
      if (said.includes('\n')) resolve(said.slice(0, said.indexOf('\n')));
    });
  });
  return {
    line: await Promise.race([line, child.then(() => undefined)]),
    end: async () => {
      child.stdin.end();
      return child;
    },
  };
}
