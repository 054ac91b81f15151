import { readFile, rm, writeFile } from 'node:fs/promises';
import { LabError } from './error.js';
import { engineAnswers } from './engine-api.js';
import type { Init } from './init.js';
import { type Label, cgroupOf, folderOf } from './label.js';
import { launch } from './launch.js';
import { type Running, childrenOf, lives, signal } from './processes.js';
import { searchPath } from './programs.js';
import { until } from './until.js';

/** Which engine a host runs, and how. */
export interface EngineOptions {
  /** The program; `dockerd` on the PATH unless told. */
  readonly dockerd?: string;
  /** Folders put first on the PATH, where dockerd, containerd, its shim, runc and docker-proxy are looked for. */
  readonly path?: readonly string[];
  /** More arguments for dockerd. */
  readonly arguments?: readonly string[];
}

/** The engine of one host. Each of these resolves when it is so, and does nothing when it is so already. */
export interface Engine {
  /** Up, and answering. */
  start(): Promise<void>;
  /** Ended as the engine does it, which stops the containers; killed after 30 s. */
  stop(): Promise<void>;
  /** dockerd ended by SIGKILL, which leaves the containers running. */
  kill(): Promise<void>;
  /** The end of its log. */
  log(): Promise<string>;
}

/** An engine that is not started yet. Its files are in the run folder of the label. */
export function createEngine(label: Label, init: Init, options: EngineOptions): Engine {
  const folder = folderOf(label);
  const [socket, pidFile, logFile] = [`${folder}/docker.sock`, `${folder}/dockerd.pid`, `${folder}/dockerd.log`];
  /** The nsenter that started it, which ends when it does. */
  let entered: Running | undefined;

  const runs = async () => entered !== undefined && (await lives(entered));
  const log = async () => (await readFile(logFile, 'utf8').catch(() => '')).slice(-4_000);

  const start = async () => {
    if (await runs()) return;
    await writeFile(`${folder}/daemon.json`, '{}');
    // A killed engine leaves both: the one could name a new process by now, the other would refuse connections.
    await rm(pidFile, { force: true });
    await rm(socket, { force: true });
    const argv = init.command(options.dockerd ?? 'dockerd', dockerdArguments(label, options.arguments));
    // A containerd that is told to end writes what it was doing into a temporary file.
    entered = await launch(argv, logFile, { PATH: searchPath(options.path), TMPDIR: folder });
    const up = await until(async () => (await engineAnswers(socket)) || ((await runs()) ? undefined : 'ended'), 60_000);
    if (up === true) return;
    await end('SIGKILL');
    throw new LabError(`the engine ${up === undefined ? 'does not answer' : 'ended'}; its log ends:\n${await log()}`);
  };

  const end = async (name: 'SIGTERM' | 'SIGKILL') => {
    if (entered === undefined) return;
    // nsenter forks: the engine is its child, and nsenter would not pass the signal on.
    for (const pid of await childrenOf(entered.pid)) signal(pid, name);
    const gone = await until(async () => !(await runs()), name === 'SIGTERM' ? 30_000 : 10_000);
    if (!gone && name === 'SIGKILL') throw new LabError('the engine does not end');
    if (gone) entered = undefined;
  };

  const stop = async () => {
    await end('SIGTERM');
    await end('SIGKILL');
  };
  return { start, stop, kill: async () => end('SIGKILL'), log };
}

/** All it keeps is under the run folder; the machine's own configuration file is not read. */
function dockerdArguments(label: Label, more: readonly string[] = []): readonly string[] {
  const folder = folderOf(label);
  return [
    ['--config-file', `${folder}/daemon.json`],
    ['--data-root', `${folder}/data`],
    ['--exec-root', `${folder}/exec`],
    ['--pidfile', `${folder}/dockerd.pid`],
    ['--host', `unix://${folder}/docker.sock`],
    ['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ['--cgroup-parent', cgroupOf(label)],
    more,
  ].flat();
}
