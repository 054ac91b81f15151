import { unitName, watchUnitName } from '@netctl/core';
import type { PersistFile } from '@netctl/core';

import { ownFiles } from './own-files.js';
import { systemdOf } from './systemctl.js';
import { checkWritable, removeOwn, writeWhole } from './write.js';

/** What became of each file, by its path on the host. */
export interface Installed {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** What netctl had written for this stack before, and this time did not. */
  readonly removed: readonly string[];
}

/**
 * Writes these files of a stack and removes all others that netctl has written for it. Without files it removes all.
 * @throws NetctlError REFUSED, PERMISSION; before the first write where a file is somebody else's, or a unit
 * could not be enabled
 */
export async function install(root: string, stack: string, files: readonly PersistFile[]): Promise<Installed> {
  for (const file of files) await checkWritable(root, file, stack);
  const before = await ownFiles(root, stack);
  const wanted = new Set(files.map(({ path }) => path));
  const removed = before.filter((path) => !wanted.has(path));
  const units = [unitName(stack), watchUnitName(stack)];
  const unitsIn = (paths: readonly string[]): readonly string[] =>
    units.filter((unit) => paths.some((path) => path.endsWith(`/${unit}`)));
  const isSystemds = (path: string): boolean => path.startsWith('/etc/systemd/system/');
  const systemd = await systemdOf(root);
  if (files.some(({ path }) => isSystemds(path))) await systemd.check();
  const written: string[] = [];
  for (const file of files) if ((await writeWhole(root, file)) === 'written') written.push(file.path);
  // Only now: when a disk is full, the way before is the one that the next boot has.
  for (const unit of unitsIn(removed)) await systemd.disable(unit);
  for (const path of removed) await removeOwn(root, path);
  if ([...written, ...removed].some(isSystemds)) await systemd.reload();
  // Also where the files are as they were: somebody may have disabled it.
  for (const unit of unitsIn([...wanted])) {
    await systemd.checkLoaded(unit);
    await systemd.enable(unit);
  }
  return { written, unchanged: [...wanted].filter((path) => !written.includes(path)), removed };
}
