import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from '@netctl/lab';
import { type Desk, netctlProgram } from '../../integration/support/netctl.js';
import { until } from '../../integration/support/until.js';

const run = promisify(execFile);

/** A real terminal, with a program in it. */
export interface Tmux extends AsyncDisposable {
  /** Presses keys, by the names that tmux has for them, such as `C-c`. */
  press(...keys: readonly string[]): Promise<void>;
  resize(columns: number): Promise<void>;
  /** Waits until the screen has this, and gives all of it, without the time that something took. */
  shows(text: string | RegExp): Promise<string>;
  /** The screen as it is now; with colours as escape sequences. */
  screen(colours?: 'colours'): Promise<string>;
}

export interface TmuxOptions {
  readonly columns: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the shell does, which has netctl as `"$0" "$@"`. */
  readonly script?: string;
}

/** What a shell in it says when the program has ended. */
export const ENDED = /^exit \d+$/m;

/** Runs netctl in a host in a terminal of its own; when it has ended the screen says `exit 0`. */
export async function inTmux(
  host: Host,
  desk: Desk,
  args: readonly string[],
  { columns, rows = 30, env = {}, script = '"$0" "$@"' }: TmuxOptions,
): Promise<Tmux> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-tmux-'));
  const words = [
    `--chdir=${desk.folder}`,
    `XDG_STATE_HOME=${desk.stateFolder}`,
    `HOME=${folder}`,
    `DOCKER_HOST=${host.dockerHost}`,
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...['sh', '-ic', `${script}; echo "exit $?"; exec cat`, process.execPath, netctlProgram, ...args],
  ];
  // What is shown is decided by this terminal, not by what the tests run in.
  const {
    NO_COLOR: _no,
    FORCE_COLOR: _force,
    CI: _ci,
    LANG: _lang,
    LC_CTYPE: _type,
    TMUX: _tmux,
    ...inherited
  } = process.env;
  const inherits = { env: { ...inherited, LC_ALL: 'C.UTF-8' } };
  const options = ['-S', join(folder, 'socket'), '-f', '/dev/null'];
  const tmux = async (...command: readonly string[]): Promise<string> =>
    (await run('tmux', [...options, ...command], inherits)).stdout;
  const size = ['-x', String(columns), '-y', String(rows)];
  // Its server is in the host, and ends with it.
  const [enter, ...inside] = host.command('tmux', [...options, 'new-session', '-d', ...size, 'env', ...words]);
  await run(enter, inside, inherits);
  const screen: Tmux['screen'] = async (colours) => {
    const text = await tmux('capture-pane', '-p', ...(colours === undefined ? [] : ['-e']));
    return `${text.trimEnd()}\n`;
  };
  return {
    screen,
    press: async (...keys) => {
      await tmux('send-keys', ...keys);
    },
    resize: async (width) => {
      await tmux('resize-window', '-x', String(width));
    },
    shows: async (text) => {
      let last = '';
      await until(`the terminal shows ${String(text)}`, async () => {
        last = await screen();
        return typeof text === 'string' ? last.includes(text) : text.test(last);
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${last}`);
      });
      return steady(last);
    },
    [Symbol.asyncDispose]: async () => {
      await tmux('kill-server').catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Without how long something took. */
export function steady(text: string): string {
  return text.replace(/\b\d+ s {2}/g, 'N s  ').replace(/for \d+ ms/g, 'for N ms');
}
