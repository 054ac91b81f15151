import { readFile } from 'node:fs/promises';
import { thawCgroups } from './cgroups.js';
import { LabError } from './error.js';
import { type Label, folderOf, namespaceOf } from './label.js';
import { launch } from './launch.js';
import { namespaceCommand } from './namespace.js';
import { type Running, childrenOf, identify, lives, signal } from './processes.js';
import { until } from './until.js';

/** The first process of a host. The host's mount, pid and UTS namespaces live as long as it does. */
export interface Init {
  /** The argument array that runs a command in the host's namespaces; the command dies with what started it. */
  command(command: string, args: readonly string[], folder?: string): [string, ...string[]];
  /** Kills it, and with it every process of the host; resolves when they are gone. */
  kill(): Promise<void>;
}

/**
 * Starts the init of a host in its network namespace. It dies with this process, however that dies: setpriv asks the
 * kernel for it, and unshare does for its child. It ignores SIGCHLD, on which the kernel reaps what is orphaned in
 * the host (shims, a killed engine's containerd); a zombie would look alive to the next engine.
 *
 * Mounts are slaves: what is mounted here is not seen outside, while an unmount outside is followed here, so that the
 * host does not keep busy what the machine lets go of.
 */
export async function startInit(label: Label): Promise<Init> {
  const flags = ['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
  const sleep = ['env', '--ignore-signal=CHLD', 'sleep', 'infinity'];
  const argv = namespaceCommand(namespaceOf(label), 'unshare', [...flags, '--', ...sleep]);
  const log = `${folderOf(label)}/init.log`;
  const outer = await launch(argv, log);
  // Until the child of unshare has become `sleep`, its mounts are still being made.
  const init = await until(
    async () => (await readyChildOf(outer)) ?? ((await lives(outer)) ? undefined : 'ended'),
    10_000,
  );
  if (typeof init !== 'object')
    throw new LabError(`the init of the host does not start: ${await readFile(log, 'utf8')}`);
  return {
    command: (command, rest, folder) => {
      const enter = ['nsenter', '--target', String(init.pid), '--mount', '--uts', '--net', '--pid'] as const;
      // Entering a mount namespace leaves the working folder behind.
      const into = folder === undefined ? [] : [`--wd=${folder}`];
      return [...enter, ...into, '--', 'setpriv', '--pdeathsig', 'KILL', '--', command, ...rest];
    },
    kill: async () => {
      if (await lives(init)) signal(init.pid, 'SIGKILL');
      await thawCgroups(label);
      // unshare ends after its child, and the kernel ends that child after all others of the pid namespace.
      const gone = await until(async () => !(await lives(outer)), 15_000);
      if (!gone) throw new LabError(`the processes of lab ${label} do not end`);
    },
  };
}

async function readyChildOf({ pid }: Running): Promise<Running | undefined> {
  const [child] = await childrenOf(pid);
  if (child === undefined) return undefined;
  const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '');
  return name.trim() === 'sleep' ? identify(child) : undefined;
}
