import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { NetctlError } from '@netctl/core';
import type { PersistFile } from '@netctl/core';

import { readOwn } from './own-files.js';

/**
 * Whether a file may be written: there is none, or it is this stack's.
 * @throws NetctlError REFUSED
 */
export async function checkWritable(root: string, { path }: PersistFile, stack: string): Promise<void> {
  const owner = await readOwn(join(root, path)).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  if (owner === undefined || owner === stack) return;
  const whose = typeof owner === 'string' ? `it is of the stack ${owner}` : 'netctl did not write it';
  throw new NetctlError('REFUSED', `Nothing was written: ${path} is there already, and ${whose}`, {
    hint: 'Move it away first.',
  });
}

/**
 * Puts a whole file in the place of the one before, or leaves it as it is; never half of one.
 * @throws NetctlError PERMISSION, REFUSED
 */
export async function writeWhole(root: string, file: PersistFile): Promise<'written' | 'unchanged'> {
  const path = join(root, file.path);
  if (await isSame(path, file)) return 'unchanged';
  const temporary = join(dirname(path), `.netctl-${randomUUID()}`);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    try {
      await using handle = await open(temporary, 'wx', file.mode);
      // The mode of open() is less the umask.
      await handle.chmod(file.mode);
      await handle.writeFile(file.text);
      await handle.sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await rename(temporary, path);
  } catch (error) {
    throw unwritable(file.path, error);
  }
  return 'written';
}

async function isSame(path: string, { text, mode }: PersistFile): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  return before === text && ((await stat(path)).mode & 0o7777) === mode;
}

/** Removes a file of ours, and the folders that it leaves empty, where they are netctl's or were made for it. */
export async function removeOwn(root: string, path: string): Promise<void> {
  try {
    await rm(join(root, path), { force: true });
    for (
      let folder = dirname(path);
      /^\/etc\/netctl(\/|$)|\.(network|device)\.d$/.test(folder);
      folder = dirname(folder)
    ) {
      await rmdir(join(root, folder));
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function unwritable(path: string, error: unknown): NetctlError {
  const code = codeOf(error);
  const why = error instanceof Error ? error.message : String(error);
  const denied = code === 'EACCES' || code === 'EPERM';
  return new NetctlError(denied ? 'PERMISSION' : 'REFUSED', `Cannot write ${path}: ${why}`, {
    hint: denied ? 'Run it as root (sudo).' : 'Mend that, and run the same command again.',
    cause: error,
  });
}
