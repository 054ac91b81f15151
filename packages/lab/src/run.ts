import { execa } from 'execa';
import { LabError } from './error.js';
import { searchPath } from './programs.js';

/** What a command that ran inside a lab left behind. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** How to run a command in a lab. */
export interface RunOptions {
  /** Milliseconds after which the command is killed and the call throws; 30,000 unless told. */
  readonly timeout?: number;
  /** Text for its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Variables in addition to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder to run in, as this process sees it. */
  readonly cwd?: string;
  /** False: a failing exit status is a result, not an error. The deadline always throws. */
  readonly reject?: boolean;
}

/**
 * Runs one program with a deadline. Throws LabError when it cannot be started, outlives the deadline, is killed, or
 * (unless `reject` is false) exits with another status than 0.
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const { timeout = 30_000, input = '', env, cwd, reject = true } = options;
  const [program, ...args] = argv;
  const result = await execa(program, args, {
    timeout,
    input,
    reject: false,
    forceKillAfterDelay: 1_000,
    // Where `findProgram` looks: the PATH of a cron job has no sbin folders.
    env: { PATH: searchPath(), ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const { stdout, stderr, exitCode } = result;
  if (exitCode === undefined || result.timedOut || (reject && exitCode !== 0)) {
    const said = [stderr, stdout].filter((text) => text !== '').join('\n');
    throw new LabError(`${result.shortMessage ?? argv.join(' ')}${said === '' ? '' : `\n${said}`}`, {
      cause: result.cause,
    });
  }
  return { stdout, stderr, exitCode };
}
