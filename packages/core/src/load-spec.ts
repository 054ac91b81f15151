import { basename, dirname, resolve } from 'node:path';

import type { Environment } from './environment.js';
import { readIncluded } from './load-included.js';
import { readDotenv } from './read-dotenv.js';
import { collectBounded, readBounded } from './read-file.js';
import type { Reading } from './read-file.js';
import { parseProject } from './spec/compose/project.js';
import { lookupOf } from './spec/env/lookup.js';
import { parseSpec } from './spec/load.js';
import type { LoadedSpec } from './spec/load.js';

/** The variables that a spec sees, and how its files are read. */
export interface LoadOptions extends Reading {
  /** Variables for `${VAR}`, over those of `.env`. The library never reads the process's own environment by itself. */
  readonly env?: Environment;
  /** Files to read in the place of `.env`, a later one over an earlier one. */
  readonly envFiles?: readonly string[];
}

/**
 * Reads a spec and the `.env` beside it. A Compose file is one too, and several files are one Compose project, whose
 * folder is that of the first.
 * @throws NetctlError SPEC_UNREADABLE when a file cannot be read or is larger than 1 MiB, PERMISSION when it may not be read,
 * SPEC_INVALID with every problem that it has
 */
export async function loadSpec(file: string | readonly string[], options: LoadOptions = {}): Promise<LoadedSpec> {
  const files = typeof file === 'string' ? [file] : file;
  const [first = ''] = files;
  const folder = dirname(first);
  if (files.length < 2) {
    return loadSpecText(await readBounded(first, options), { ...options, file: first, folder });
  }
  const { env, dotenv, lookup } = await surroundings(folder, options);
  const read = [];
  for (const one of files) {
    const bytes = await readBounded(one, options);
    read.push({ file: one, bytes, included: await readIncluded(one, bytes, folder, lookup, options) });
  }
  return parseProject({ files: read, env, dotenv, folder: nameOf(folder) });
}

/** The same for a text that is at hand, or a stream of one; `folder` is where `.env` is looked for. */
export async function loadSpecText(
  text: Uint8Array | string | AsyncIterable<Uint8Array>,
  { file, folder, ...options }: LoadOptions & { readonly file: string; readonly folder: string },
): Promise<LoadedSpec> {
  const bytes = typeof text === 'string' || text instanceof Uint8Array ? text : await collectBounded(text, file);
  const { env, dotenv, lookup } = await surroundings(folder, options);
  const included = await readIncluded(file, bytes, folder, lookup, options);
  return parseSpec({ bytes, file, env, dotenv, folder: nameOf(folder), included });
}

/** Where the variables of a project come from. */
async function surroundings(folder: string, { env = {}, envFiles, ...reading }: LoadOptions) {
  const dotenv = await readDotenv(folder, env, envFiles, reading);
  return { env, dotenv, lookup: lookupOf(env, dotenv).lookup };
}

/** The name that Compose takes for a project that has none. */
export function nameOf(folder: string): string {
  return basename(resolve(folder));
}
