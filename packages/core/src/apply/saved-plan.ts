import { mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { NetctlError } from '../errors.js';
import type { Plan } from '../model.js';

/** What is kept on disk while a plan is being run, and left there by a run that did not finish. */
export interface SavedPlan {
  readonly version: 1;
  readonly stack: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly pid: number;
  readonly plan: Plan;
}

function fileOf(stateDir: string, engineId: string, stack: string): { readonly folder: string; readonly file: string } {
  const folder = join(stateDir, 'netctl', engineId.replace(/[^A-Za-z0-9_-]/g, '_'));
  return { folder, file: join(folder, `${stack}.json`) };
}

/**
 * Writes the plan so that a crash leaves either the old file or the whole new one.
 * @throws NetctlError PERMISSION when there is no place to write to: then nothing has been changed yet
 */
export async function savePlan(stateDir: string, engineId: string, saved: SavedPlan): Promise<void> {
  try {
    await write(stateDir, engineId, saved);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NetctlError('PERMISSION', `Nothing was changed: the plan cannot be kept under ${stateDir}: ${reason}`, {
      hint: 'Run netctl as root, or set XDG_STATE_HOME to a folder that you may write to.',
      cause: error,
    });
  }
}

async function write(stateDir: string, engineId: string, saved: SavedPlan): Promise<void> {
  const { folder, file } = fileOf(stateDir, engineId, saved.stack);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The lock is held, so one name will do, and what a crash leaves under it the next plan overwrites.
  const beside = `${file}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(saved)}\n`);
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

/** The plan that an earlier run of this stack did not finish; undefined when there is none, or it cannot be read. */
export async function readSavedPlan(stateDir: string, engineId: string, stack: string): Promise<SavedPlan | undefined> {
  try {
    const saved = JSON.parse(await readFile(fileOf(stateDir, engineId, stack).file, 'utf8')) as Partial<SavedPlan>;
    return saved.version === 1 && typeof saved.startedAt === 'string' ? (saved as SavedPlan) : undefined;
  } catch {
    return undefined;
  }
}

/** Removes it, and the folders that it was alone in. */
export async function dropSavedPlan(stateDir: string, engineId: string, stack: string): Promise<void> {
  const { folder, file } = fileOf(stateDir, engineId, stack);
  for (const one of [file, `${file}.new`]) await rm(one, { force: true });
  // Not there, or not empty: another stack's plan is in it.
  for (const one of [folder, dirname(folder)]) await rmdir(one).catch(() => undefined);
}
