import { spawn } from 'node:child_process';
import type { Host } from '@netctl/lab';
import { type Desk, netctlProgram } from '../../integration/support/netctl.js';
import { until } from '../../integration/support/until.js';

/** netctl at a terminal. */
export interface Terminal {
  /** Waits until the screen has this, and gives all that was on it so far. */
  shows(text: string): Promise<string>;
  type(text: string): void;
  /** All that was on the screen, colours included. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly screen: string }>;
}

/** Runs netctl in a host at a pseudo-terminal, which `script` (util-linux) makes. */
export function atTerminal(
  host: Host,
  desk: Desk,
  args: readonly string[],
  env: Record<string, string> = {},
): Terminal {
  const words = [process.execPath, netctlProgram, ...args].map((word) => `'${word}'`).join(' ');
  const [program, ...rest] = host.command('env', [
    `--chdir=${desk.folder}`,
    `XDG_STATE_HOME=${desk.stateFolder}`,
    `DOCKER_HOST=${host.dockerHost}`,
    'TERM=xterm',
    'LC_ALL=C.UTF-8',
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    'script',
    '--quiet',
    '--return',
    '--command',
    words,
    '/dev/null',
  ]);
  // What decides about colours here is the terminal, not what the tests run in.
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...inherited } = process.env;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: inherited });
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString('utf8')));
  const ended = new Promise<Awaited<Terminal['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, screen }));
  });
  return {
    shows: async (text) => {
      await until(`the terminal shows ${text}`, async () =>
        Promise.resolve(screen.includes(text) || (child.exitCode !== null && 'ended')),
      );
      if (!screen.includes(text)) throw new Error(`ended without showing ${text}: ${screen}`);
      return screen;
    },
    type: (text) => void child.stdin.write(text),
    ended,
  };
}
