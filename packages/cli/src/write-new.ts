import { randomUUID } from 'node:crypto';
import { access, constants, link, lstat, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { NetctlError } from '@netctl/core';

/**
 * Writes a file that is not there yet: whole, or not at all, since a part of a spec would be a spec that says something
 * else. `command` is who overwrites nothing.
 * @throws NetctlError REFUSED, PERMISSION, USAGE
 */
export async function writeNew(command: string, file: string, text: string): Promise<void> {
  await checkNew(command, file);
  const temporary = join(dirname(file), `.${basename(file)}-${randomUUID()}`);
  try {
    {
      await using handle = await open(temporary, 'wx');
      await handle.writeFile(text);
      await handle.sync();
    }
    // Unlike a rename it takes nobody's place.
    await link(temporary, file);
  } catch (error) {
    throw unwritable(command, file, error as NodeJS.ErrnoException);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Whether a file could be written, before anybody takes the trouble.
 * @throws NetctlError REFUSED where the name is taken, be it by a link to nowhere, PERMISSION, USAGE
 */
export async function checkNew(command: string, file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found !== undefined) throw taken(command, file);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw unwritable(command, file, error as NodeJS.ErrnoException);
  });
}

function taken(command: string, file: string, cause?: unknown): NetctlError {
  return new NetctlError('REFUSED', `${file} is there already, and ${command} overwrites nothing`, {
    hint: 'Name another file with -o, or remove that one first.',
    cause,
  });
}

function unwritable(command: string, file: string, error: NodeJS.ErrnoException): NetctlError {
  const { code = '' } = error;
  if (code === 'EEXIST') return taken(command, file, error);
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(code);
  const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such folder' : error.message;
  return new NetctlError(denied ? 'PERMISSION' : 'USAGE', `Cannot write ${file}: ${why}`, {
    hint: 'Name a file in a folder that you may write to with -o.',
    cause: error,
  });
}
