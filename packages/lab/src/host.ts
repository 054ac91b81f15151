import { type Engine, type EngineOptions, createEngine } from './engine.js';
import { LabError } from './error.js';
import { furnish } from './furnish.js';
import { importImage } from './image.js';
import { type Init, startInit } from './init.js';
import { type InterfaceOptions, plug } from './interfaces.js';
import { type Label, claimLabel, folderOf, namespaceOf } from './label.js';
import { type Lan, startLan } from './lan.js';
import { requireHostPrograms } from './missing.js';
import { addNamespace, namespaceFolder } from './namespace.js';
import { searchPath } from './programs.js';
import type { ImageFiles } from './root-fs.js';
import { type RunOptions, type RunResult, run } from './run.js';
import { sweepOnce } from './sweep.js';
import { removeTraces } from './traces.js';
import { createNetwork, initSwarm, startWorkload, type Workload, type WorkloadOptions } from './workload.js';

/** What to give a host. */
export interface HostOptions {
  /** Its hostname; made up unless told. */
  readonly name?: string;
  readonly interfaces?: readonly InterfaceOptions[];
  /** Its Docker Engine, or false for a host without one. */
  readonly engine?: EngineOptions | false;
}

/**
 * A Linux host of its own: hostname, processes, network, /run, /sys and /etc, and a Docker Engine whose containers,
 * networks and images end with it. It shares the machine's kernel and the rest of its file system.
 */
export interface Host extends AsyncDisposable {
  readonly name: string;
  /** The name of its network namespace, as `ip netns` lists it. */
  readonly namespace: string;
  /** The path of its network namespace. */
  readonly netns: string;
  /** The path of its engine's socket, on the machine and in the host. */
  readonly socket: string;
  /** The same as DOCKER_HOST wants it. */
  readonly dockerHost: string;
  /** An argument array that runs a command in the host. The command is killed when the process it starts is. */
  command(command: string, args?: readonly string[]): [string, ...string[]];
  /** Runs a command in the host, with DOCKER_HOST set to its engine and the engine's folders first on the PATH. */
  run(command: string, args?: readonly string[], options?: RunOptions): Promise<RunResult>;
  startEngine(): Promise<void>;
  /** As `systemctl stop docker` would, which stops its containers; killed after 30 s. */
  stopEngine(): Promise<void>;
  /** SIGKILL for dockerd alone: its containers run on. */
  killEngine(): Promise<void>;
  restartEngine(): Promise<void>;
  /** The end of the engine's log. */
  engineLog(): Promise<string>;
  /** Makes an image on its engine out of programs of this machine. */
  importImage(reference: string, files: ImageFiles): Promise<void>;
  /** Starts a container on a network of its engine. */
  startWorkload(workload: WorkloadOptions): Promise<Workload>;
  /** Makes a plain bridge network on its engine. */
  createNetwork(name: string): Promise<void>;
  /** Makes its engine the only manager of a new swarm, reached at one of the host's addresses. */
  initSwarm(address: string): Promise<void>;
  /** Ends the host with all its processes and removes what it made; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts a host. Throws LabError when the machine cannot, after removing what it had made. */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { engine: engineOptions = {} } = options;
  await requireHostPrograms(engineOptions);
  await sweepOnce();
  const label = await claimLabel();
  const name = options.name ?? namespaceOf(label);
  const lans: Lan[] = [];
  let init: Init | undefined;
  const remove = async () => {
    // The init first and by itself, since its end is the sign that all the host's processes have ended.
    const steps = [async () => init?.kill(), async () => removeTraces(label), ...lans.map((lan) => () => lan.close())];
    const failures: unknown[] = [];
    for (const step of steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    await addNamespace(namespaceOf(label));
    for (const wanted of options.interfaces ?? []) {
      const lan = wanted.lan ?? (await startLan());
      if (wanted.lan === undefined) lans.push(lan);
      await plug(namespaceOf(label), wanted, lan);
    }
    init = await startInit(label);
    await furnish(init, name, socketOf(label));
    const engine = engineOptions === false ? undefined : createEngine(label, init, engineOptions);
    await engine?.start();
    return handle(label, name, init, engine, engineOptions, remove);
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
}

function handle(
  label: Label,
  name: string,
  init: Init,
  existing: Engine | undefined,
  engineOptions: EngineOptions | false,
  remove: () => Promise<void>,
): Host {
  const [socket, namespace] = [socketOf(label), namespaceOf(label)];
  const dockerHost = `unix://${socket}`;
  const env = { DOCKER_HOST: dockerHost, PATH: searchPath(engineOptions === false ? [] : engineOptions.path) };
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= remove());
  const open = () => {
    if (closed !== undefined) throw new LabError(`the host ${name} is closed`);
  };
  const engine = () => {
    open();
    if (existing === undefined) throw new LabError(`the host ${name} was started without an engine`);
    return existing;
  };
  const command = (program: string, args: readonly string[] = [], folder?: string) => {
    open();
    return init.command(program, args, folder);
  };
  return {
    name,
    namespace,
    netns: `${namespaceFolder}/${namespace}`,
    socket,
    dockerHost,
    command,
    run: async (program, args, options) =>
      run(command(program, args, options?.cwd), { ...options, env: { ...env, ...options?.env } }),
    startEngine: async () => engine().start(),
    stopEngine: async () => engine().stop(),
    killEngine: async () => engine().kill(),
    restartEngine: async () => {
      await engine().stop();
      await engine().start();
    },
    engineLog: async () => engine().log(),
    importImage: async (reference, files) => {
      engine();
      await importImage(socket, folderOf(label), reference, files);
    },
    startWorkload: async (workload) => {
      engine();
      return startWorkload(socket, workload);
    },
    createNetwork: async (network) => {
      engine();
      await createNetwork(socket, network);
    },
    initSwarm: async (address) => {
      engine();
      await initSwarm(socket, address);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const socketOf = (label: Label): string => `${folderOf(label)}/docker.sock`;
