import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './error.js';
import { type Label, cgroupOf } from './label.js';
import { until } from './until.js';

/** The roots of the cgroup hierarchies: one on a machine with version 2, one for each controller with version 1. */
export async function cgroupRoots(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  // proc(5): the mount point is the fifth field, and the type follows a lone hyphen.
  return [...new Set(mounts.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? ''))];
}

/**
 * Removes the cgroups of a label. A cgroup stays busy for a moment after its last process ended, so it tries until a
 * deadline.
 */
export async function removeCgroups(label: Label): Promise<void> {
  for (const root of await cgroupRoots()) {
    const folder = root + cgroupOf(label);
    const gone = await until(() => removeTree(folder), 10_000);
    if (!gone) throw new LabError(`the cgroup ${folder} is still in use`);
  }
}

/**
 * Lets the frozen processes of a label go on: those of a paused container take no signal, SIGKILL included (version 1).
 */
export async function thawCgroups(label: Label): Promise<void> {
  for (const root of await cgroupRoots()) {
    const folder = root + cgroupOf(label);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ignoreAbsence);
    for (const entry of entries ?? []) {
      const thawed = { 'freezer.state': 'THAWED', 'cgroup.freeze': '0' }[entry.name];
      if (thawed === undefined) continue;
      // It goes with the last of its processes, maybe just now.
      await writeFile(join(entry.parentPath, entry.name), thawed).catch(ignoreAbsence);
    }
  }
}

/** Its files go with the folder: only rmdir works in a cgroup hierarchy. */
async function removeTree(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreAbsence);
  for (const entry of entries ?? []) {
    if (entry.isDirectory() && !(await removeTree(join(folder, entry.name)))) return false;
  }
  return rmdir(folder).then(
    () => true,
    (error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EBUSY') return false;
      if (code === 'ENOENT') return true;
      throw error;
    },
  );
}

/** ENODEV is what a control file answers whose cgroup went while it was open. */
function ignoreAbsence(error: unknown): undefined {
  if (!['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
}
