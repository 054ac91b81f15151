import { dirname, isAbsolute, join, resolve } from 'node:path';

import { NetctlError } from './errors.js';
import { readDotenv } from './read-dotenv.js';
import { readBounded } from './read-file.js';
import type { Reading } from './read-file.js';
import { includesOf } from './spec/compose/include.js';
import type { IncludeEntry } from './spec/compose/include.js';
import type { IncludedProject, ProjectFile } from './spec/compose/project.js';
import { lookupOver } from './spec/env/lookup.js';
import type { Lookup } from './spec/env/template.js';

/** More files than anybody includes; two entries that name one file have it read twice, and all below it. */
const MOST = 256;

/** Deeper than anybody includes, and far from what could go on for long. */
const DEEPEST = 16;

/**
 * What a Compose file takes from others by `include:`, read with all that those take in turn. Paths are from the folder
 * of the project, as in Compose; what cannot be read is said where it is included.
 */
export function readIncluded(
  file: string,
  bytes: Uint8Array | string,
  folder: string,
  lookup: Lookup,
  reading?: Reading,
): Promise<readonly IncludedProject[]> {
  return included(bytes, folder, lookup, { above: [resolve(file)], budget: { left: MOST } }, reading);
}

/** The files that lead to one, and how many more may be read of all. */
interface Trail {
  readonly above: readonly string[];
  readonly budget: { left: number };
}

async function included(
  bytes: Uint8Array | string,
  folder: string,
  lookup: Lookup,
  trail: Trail,
  reading?: Reading,
): Promise<readonly IncludedProject[]> {
  const result: IncludedProject[] = [];
  for (const entry of includesOf(bytes, lookup)) {
    try {
      result.push(await readProject(entry, folder, lookup, trail, reading));
    } catch (error) {
      if (!(error instanceof NetctlError) || !['SPEC_UNREADABLE', 'PERMISSION'].includes(error.code)) throw error;
      result.push({ files: [], dotenv: '', failure: error.message });
    }
  }
  return result;
}

async function readProject(
  { paths, projectDirectory, envFiles }: IncludeEntry,
  folder: string,
  lookup: Lookup,
  { above, budget }: Trail,
  reading?: Reading,
): Promise<IncludedProject> {
  const files = paths.map((path) => within(folder, path));
  const [first = ''] = files;
  const failure = whyNot(paths, files, { above, budget });
  if (failure !== undefined) return { files: [], dotenv: '', failure };
  const own = projectDirectory === undefined ? dirname(first) : within(folder, projectDirectory);
  const named = envFiles?.filter((path) => path !== '/dev/null').map((path) => within(folder, path));
  const dotenv = await readDotenv(own, {}, named, reading);
  const inner = lookupOver(lookup, dotenv).lookup;
  const read: ProjectFile[] = [];
  for (const file of files) {
    const bytes = await readBounded(file, reading);
    const trail = { above: [...above, resolve(file)], budget };
    read.push({ file, bytes, included: await included(bytes, own, inner, trail, reading) });
  }
  return { files: read, dotenv };
}

function whyNot(paths: readonly string[], files: readonly string[], { above, budget }: Trail): string | undefined {
  const remote = paths.find((path) => /^[a-z][a-z+.-]*:|^git@|^github\.com\//.test(path));
  if (remote !== undefined) return `netctl fetches no file from elsewhere, such as ${remote}`;
  const again = files.find((file) => above.includes(resolve(file)));
  if (again !== undefined) return `${again} includes itself`;
  budget.left -= files.length;
  if (budget.left < 0) return `more than ${String(MOST)} files are included`;
  return above.length > DEEPEST ? `files include one another more than ${String(DEEPEST)} levels deep` : undefined;
}

function within(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
