import { spawn } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { netctlProgram } from '../../integration/support/netctl.js';
import { until } from '../../integration/support/until.js';

export type ShellName = 'bash' | 'zsh' | 'fish';

/** A folder with files to complete, and netctl in the PATH of whoever works there. */
export interface ShellDesk extends AsyncDisposable {
  readonly folder: string;
  /** A shell at a pseudo-terminal that has read the script which netctl prints for it. */
  start(shell: ShellName): Promise<ShellAtTerminal>;
}

export interface ShellAtTerminal extends AsyncDisposable {
  /** Types the text and TAB; the words that the line has then, as the shell itself cuts and unquotes them. */
  completed(text: string): Promise<readonly string[]>;
}

/** How each is started without the user's own settings, and reads the script. */
const STARTS: Readonly<Record<ShellName, { readonly command: string; readonly setUp: string }>> = {
  bash: { command: 'bash --norc --noprofile -i', setUp: 'source <(netctl completion bash)' },
  zsh: { command: 'zsh -f -i', setUp: 'autoload -Uz compinit; compinit -u -D; source <(netctl completion zsh)' },
  fish: { command: 'fish --no-config -i', setUp: 'netctl completion fish | source' },
};

const BEGINNING_OF_LINE = '\u0001';
const INTERRUPT = '\u0003';

export async function openShellDesk(env: Readonly<Record<string, string>> = {}): Promise<ShellDesk> {
  const root = await mkdtemp(join(tmpdir(), 'netctl-shell-'));
  const [bin, folder] = [join(root, 'bin'), join(root, 'work')];
  await mkdir(bin);
  await mkdir(folder);
  const program = async (name: string, text: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/bash\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  };
  await program('netctl', `exec '${process.execPath}' '${netctlProgram}' "$@"`);
  const result = join(root, 'words');
  // Whoever sees the file sees all of it.
  await program('words', `printf '%s\\0' "$@" > '${result}.new' && mv '${result}.new' '${result}'`);
  const environment = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: root,
    // Else fish makes a folder in /tmp.
    XDG_RUNTIME_DIR: root,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    ...env,
  };
  return {
    folder,
    start: async (name) => {
      const { command, setUp } = STARTS[name];
      const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        cwd: folder,
        env: { DOCKER_HOST: 'unix:///nowhere.sock', ...environment },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      let screen = '';
      child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString('utf8')));
      const run = async (line: string): Promise<readonly string[]> => {
        await rm(result, { force: true });
        child.stdin.write(line);
        await until(
          `${name} has run the line ${JSON.stringify(line)}; the screen: ${screen.slice(-2000)}`,
          async () => (await isThere(result)) || (child.exitCode !== null && 'ended'),
        );
        return (await readFile(result, 'utf8')).split('\0').slice(0, -1);
      };
      await run(`${setUp}; words\r`);
      return {
        // The TAB is read, and answered, before what comes after it.
        completed: (text) => run(`${text}\t${BEGINNING_OF_LINE}words \r`),
        [Symbol.asyncDispose]: async () => {
          child.stdin.end(`${INTERRUPT}exit\r`);
          const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
          await ended;
          clearTimeout(kill);
        },
      };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
