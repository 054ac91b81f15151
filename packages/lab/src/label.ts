import { mkdir, readlink } from 'node:fs/promises';
import { LabError } from './error.js';
import { startTimeOf } from './processes.js';

/**
 * A label names everything that one host or LAN leaves on the machine, and says who owns it:
 * `<pid of the owner>-<its start time>-<its pid namespace>-<n>`. From it alone `sweep` knows whether the owner lives.
 */
export type Label = string;

/** Always /tmp, whatever TMPDIR says: `sweep` must look where another process made it, and socket paths are short. */
export const labFolder = '/tmp';

const prefixes = { folder: 'netctl-lab-', namespace: 'nl-' } as const;

/** The run folder: sockets, log, data root. */
export const folderOf = (label: Label): string => `${labFolder}/${prefixes.folder}${label}`;
/** The name of the network namespace, as `ip netns` lists it. */
export const namespaceOf = (label: Label): string => `${prefixes.namespace}${label}`;
/** The parent of the containers' cgroups, from the root of each hierarchy. */
export const cgroupOf = (label: Label): string => `/${prefixes.folder}${label}`;

/** The label in the name of a folder, a namespace or a cgroup of a lab; undefined when it is none. */
export function parseLabel(name: string): Label | undefined {
  return /^(?:netctl-lab|nl)-(\d+-\d+-\d+-\d+)$/.exec(name)?.[1];
}

let next = 0;

/** Makes the run folder of a new label. Making a folder is atomic, so two copies of this module never share one. */
export async function claimLabel(): Promise<Label> {
  const owner = `${process.pid}-${(await startTimeOf(process.pid)) ?? ''}-${await pidNamespace()}`;
  for (;;) {
    const label = `${owner}-${next++}`;
    try {
      await mkdir(folderOf(label), { mode: 0o711 });
      return label;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new LabError(`cannot make the lab's folder: ${(error as Error).message}`, { cause: error });
    }
  }
}

/**
 * Whether the owner of a label is gone. An owner in another pid namespace counts as alive: its number means nothing
 * here, and a netctl that runs inside a lab host must not sweep the lab it runs in.
 */
export async function isOrphan(label: Label): Promise<boolean> {
  const [pid, startTime, namespace] = label.split('-');
  return namespace === (await pidNamespace()) && startTime !== (await startTimeOf(Number(pid)));
}

async function pidNamespace(): Promise<string> {
  return (await readlink('/proc/self/ns/pid')).replace(/\D/g, '');
}
