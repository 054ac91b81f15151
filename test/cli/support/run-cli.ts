import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { netctlProgram } from '../../integration/support/netctl.js';

export interface CliResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which netctl runs on this machine itself: for what asks no engine. */
export interface CliFolder extends AsyncDisposable {
  readonly folder: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  netctl(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs a shell script in which `netctl` is the program. */
  shell(script: string): Promise<CliResult>;
}

export interface CliOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function openCliFolder(): Promise<CliFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-cli-'));
  // Nothing of the machine's own: no engine, no variables, no docker configuration.
  const base = { PATH: process.env['PATH'] ?? '', HOME: folder, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const run = async (program: string, args: readonly string[], { input = '', env = {} }: CliOptions = {}) => {
    const result = await execa(program, args, {
      cwd: folder,
      env: { ...base, ...env },
      extendEnv: false,
      input,
      reject: false,
      timeout: 30_000,
    });
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  };
  return {
    folder,
    write: async (name, content) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    netctl: (args, options) => run(process.execPath, [netctlProgram, ...args], options),
    shell: (script) =>
      run('bash', ['-o', 'pipefail', '-c', `netctl() { '${process.execPath}' '${netctlProgram}' "$@"; }\n${script}`]),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
