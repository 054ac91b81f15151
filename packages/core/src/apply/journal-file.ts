import { mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { messageOf, NetctlError } from '../errors.js';
import type { Copy } from './journal.js';

/** The copy of a journal on this machine's disk: one file for each stack and engine. */
export interface JournalFile {
  read(): Promise<Copy | undefined>;
  /**
   * Writes it so that a crash leaves either the old file or the whole new one.
   * @throws NetctlError PERMISSION, JOURNAL_UNWRITABLE (the disk is full): then nothing has been changed yet
   */
  write(text: string): Promise<void>;
  /** Removes it, and the folders that it was alone in. */
  drop(): Promise<void>;
}

export function journalFile(stateDir: string, engineId: string, stack: string): JournalFile {
  const folder = join(stateDir, 'netctl', engineId.replace(/[^A-Za-z0-9_-]/g, '_'));
  const file = join(folder, `${stack}.json`);
  const beside = `${file}.new`;
  const drop = async (): Promise<void> => {
    for (const one of [file, beside]) await rm(one, { force: true });
    // Not there, or not empty: another stack's journal is in it.
    for (const one of [folder, dirname(folder)]) await rmdir(one).catch(() => undefined);
  };
  return {
    read: async () => {
      try {
        return { where: file, text: await readFile(file, 'utf8') };
      } catch (error) {
        // Who may not read it may not write it either, which is said where it is written.
        if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return undefined;
        throw unwritable(stateDir, error);
      }
    },
    write: async (text) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await whole(folder, file, beside, text);
      } catch (error) {
        await rm(beside, { force: true }).catch(() => undefined);
        throw unwritable(stateDir, error);
      }
    },
    drop,
  };
}

/** The lock is held, so one name beside it will do, and what a crash leaves under it the next one overwrites. */
async function whole(folder: string, file: string, beside: string, text: string): Promise<void> {
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function unwritable(stateDir: string, error: unknown): NetctlError {
  const full = ['ENOSPC', 'EDQUOT', 'EIO'].includes(codeOf(error) ?? '');
  return new NetctlError(
    full ? 'JOURNAL_UNWRITABLE' : 'PERMISSION',
    `Nothing was changed: the plan cannot be kept under ${stateDir}: ${messageOf(error)}`,
    {
      hint: full
        ? 'Make room there, or set XDG_STATE_HOME to a folder on another disk.'
        : 'Run netctl as root, or set XDG_STATE_HOME to a folder that you may write to.',
      cause: error,
    },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
