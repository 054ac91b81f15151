import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { NetctlError } from '@netctl/core';

import { MARK } from './draw.js';

/**
 * Puts a drawing in the place of an earlier one, whole or not at all. A file that is no drawing stays as it is.
 * @throws NetctlError REFUSED, PERMISSION, USAGE
 */
export async function writeDrawing(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.netctl-graph-${randomUUID()}`);
  try {
    if (!(await mayReplace(file))) {
      throw new NetctlError('REFUSED', `${file} is there already, and is no drawing of netctl`, {
        hint: 'Name another file with -o, or remove that one first.',
      });
    }
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error instanceof NetctlError ? error : unwritable(file, error as NodeJS.ErrnoException);
  }
}

/** Whether there is no such file, or one with nothing in it, or a drawing. */
async function mayReplace(file: string): Promise<boolean> {
  const before = await stat(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (before === undefined) return true;
  if (!before.isFile()) return false;
  return before.size === 0 || (await readFile(file, 'utf8')).slice(0, 200).includes(MARK);
}

function unwritable(file: string, error: NodeJS.ErrnoException): NetctlError {
  const { code = '' } = error;
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(code);
  const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such folder' : error.message;
  return new NetctlError(denied ? 'PERMISSION' : 'USAGE', `Cannot write ${file}: ${why}`, {
    hint: 'Name a file in a folder that you may write to with -o.',
    cause: error,
  });
}
