import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Plan, Problem, Step } from '@netctl/core';
import type { Host, RunOptions, RunResult } from '@netctl/lab';
import { until } from './until.js';

export const repository = join(import.meta.dirname, '../../..');

/** The built command line. NETCTL_TEST_BUNDLE names another one, such as a copy that a new build does not replace. */
export const netctlProgram = bundledProgram();

function bundledProgram(): string {
  const program = process.env['NETCTL_TEST_BUNDLE'] ?? join(repository, 'packages/cli/dist/bundle/netctl.js');
  if (!existsSync(program)) throw new Error(`no ${program}: run npm run build`);
  return program;
}

/** What `plan --json` prints. */
export interface PlanDocument {
  readonly version: number;
  readonly stack: string;
  readonly steps: readonly (Step & { readonly stage: number })[];
  readonly problems: readonly Problem[];
}

/** What any command prints in JSON when it fails. */
export interface FailureDocument {
  readonly version: number;
  readonly event: 'report';
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly step?: string;
    readonly exit: number;
    readonly problems: readonly Problem[];
  };
}

/** One line of what `apply --json` and `destroy --json` print. */
export interface StreamItem {
  readonly event: string;
  readonly state?: string;
  readonly step?: Step;
  readonly plan?: Plan;
  readonly done?: readonly Step[];
  readonly left?: readonly Step[];
  readonly startedAt?: string;
  readonly error?: FailureDocument['error'];
}

/** A netctl that is at work. */
export interface RunningNetctl {
  /** Lines of its standard output so far. */
  readonly lines: readonly string[];
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }>;
  /** Waits for a line that contains this. */
  said(text: string): Promise<void>;
  /**
   * Sends a signal to netctl itself, not to the program that entered the host for it, and waits until netctl has woken
   * and sleeps again, or is gone.
   */
  signal(name: NodeJS.Signals): Promise<void>;
}

export interface NetctlOptions extends RunOptions {
  /** What runs it: `['setpriv', '--bounding-set=-net_admin']`. */
  readonly through?: readonly string[];
  /** Another copy of the program. */
  readonly program?: string;
}

/** A folder of specs, and netctl run from it in a host, with a state folder of its own. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  readonly stateFolder: string;
  /** Writes a file, an object as JSON (which is YAML), and gives its path. */
  write(name: string, content: string | object): Promise<string>;
  /** Runs netctl in the host; a failing exit status is a result. */
  netctl(args: readonly string[], options?: NetctlOptions): Promise<RunResult>;
  start(args: readonly string[], options?: Pick<NetctlOptions, 'through' | 'env'>): RunningNetctl;
  /** Every file in the state folder, by its path below it. */
  stateFiles(): Promise<readonly string[]>;
}

export async function openDesk(host: Host): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-desk-'));
  const stateFolder = join(folder, 'state');
  const home = join(folder, 'home');
  await mkdir(home);
  // Colours are for who asks for them.
  const env = { XDG_STATE_HOME: stateFolder, HOME: home, FORCE_COLOR: '' };
  const started = new Set<RunningNetctl>();
  return {
    folder,
    stateFolder,
    write: async (name, content) => {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 1));
      return path;
    },
    netctl: async (args, { through = [], program = netctlProgram, ...options } = {}) =>
      host.run('env', [`--chdir=${folder}`, ...through, process.execPath, program, ...args], {
        reject: false,
        timeout: 90_000,
        ...options,
        env: { ...env, ...options.env },
      }),
    start: (args, { through = [], env: more = {} } = {}) => {
      const running = startNetctl(
        host.command('env', [`--chdir=${folder}`, ...through, process.execPath, netctlProgram, ...args]),
        { ...process.env, ...env, DOCKER_HOST: host.dockerHost, ...more },
      );
      started.add(running);
      void running.ended.then(() => started.delete(running));
      return running;
    },
    stateFiles: async () => filesBelow(stateFolder),
    [Symbol.asyncDispose]: async () => {
      for (const running of started) await running.signal('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startNetctl([program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): RunningNetctl {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let stderr = '';
  const ended = new Promise<Awaited<RunningNetctl['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout: lines.join('\n'), stderr }));
  });
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const over = () => child.exitCode !== null || child.signalCode !== null;
  return {
    lines,
    ended,
    said: async (text) => {
      const found = await until(`netctl says ${text}`, async () =>
        Promise.resolve(lines.some((line) => line.includes(text)) ? 'said' : over() && 'ended'),
      );
      if (found === 'ended') throw new Error(`netctl ended without saying ${text}: ${lines.join('\n')}${stderr}`);
    },
    signal: async (name) => {
      if (over() || child.pid === undefined) return;
      // nsenter forks, and what it forked becomes netctl.
      const [pid = ''] = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ');
      if (pid === '') return;
      const before = await wakesOf(pid);
      process.kill(Number(pid), name);
      await until(`process ${pid} takes ${name}`, async () => (await wakesOf(pid)) !== before);
    },
  };
}

/** How often the main thread went to sleep of its own accord; undefined when it is gone. */
async function wakesOf(pid: string): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1];
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** The one JSON document on standard output. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows which command it ran
export function documentOf<T>({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): T {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`no JSON document on standard output: ${stdout}\n${stderr}`);
  }
}

/** The lines of a JSON stream. */
export function itemsOf({ stdout }: { readonly stdout: string }): readonly StreamItem[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as StreamItem);
}

/** The report that ends a JSON stream. */
export function reportOf(result: { readonly stdout: string }): StreamItem {
  const last = itemsOf(result).at(-1);
  if (last?.event !== 'report') throw new Error(`the last line is no report: ${result.stdout}`);
  return last;
}
