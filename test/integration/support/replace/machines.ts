import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Desk } from '../netctl.js';

/*
 * netctl from elsewhere, on the same engine, whose socket is a file: for `through`. The lock on this machine is a name of
 * the network namespace, so none of these sees it.
 */

/** A network namespace of its own, as in a container that was given the socket. */
export const ownNetwork: readonly string[] = ['unshare', '--net', '--'];

/** Mounts what tells machines apart over what this one has, takes the hostname, and becomes what follows. */
const become = [
  'mount --bind "$1" /etc/machine-id',
  'mount --bind "$2" /proc/sys/kernel/random/boot_id',
  'mount --bind "$3" /proc/stat',
  'hostname "$4"',
  'shift 4',
  'exec "$@"',
].join(' && ');

/** Another machine: hostname, machine id and boot id are its own too. */
export async function machine(desk: Desk, name: string, boot = 1): Promise<readonly string[]> {
  const digits = Buffer.from(name).toString('hex').padEnd(31, '0').slice(0, 31);
  const id = join(desk.folder, `${name}-machine-id`);
  const bootId = join(desk.folder, `${name}-boot-${String(boot)}`);
  await writeFile(id, `${digits}0\n`);
  await writeFile(bootId, `${digits}${String(boot)}\n`);
  // What it was booted again after is over.
  const stat = join(desk.folder, `${name}-stat-${String(boot)}`);
  const bootedAt = Math.round(Date.now() / 1000) + (boot > 1 ? 3600 : -3600);
  await writeFile(stat, `btime ${String(bootedAt)}\n`);
  return ['unshare', '--mount', '--uts', '--net', '--', 'sh', '-c', become, 'sh', id, bootId, stat, name];
}
