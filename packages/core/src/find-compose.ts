import { access } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

import type { Environment } from './environment.js';
import { NetctlError } from './errors.js';
import { readDotenv } from './read-dotenv.js';
import type { Reading } from './read-file.js';
import { parseDotenv } from './spec/env/dotenv.js';

/** The files of a Compose project, as Compose itself would find them, and the variables that they see. */
export interface FoundCompose {
  readonly files: readonly string[];
  /** The environment, with what the `.env` of the folder adds to it. */
  readonly env: Environment;
}

/** In the order of preference (compose-go, cli/options.go). */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * The files of a Compose project that Compose itself would take in this folder: those of `COMPOSE_FILE`, in the
 * environment or in `.env`, else the first of the default names, in this folder or the next one above that has any, and
 * the override beside it. Undefined where there is none.
 */
export async function findCompose(
  folder: string,
  {
    env = {},
    envFiles,
    ...reading
  }: Reading & { readonly env?: Environment; readonly envFiles?: readonly string[] } = {},
): Promise<FoundCompose | undefined> {
  const text = await readDotenv(folder, env, envFiles, reading);
  const { values, problems } = parseDotenv(text, (name) => env[name]);
  if (problems.length > 0) throw new NetctlError('SPEC_INVALID', 'The .env file cannot be read.', { problems });
  const known = { ...Object.fromEntries(values), ...env };
  const listed = known['COMPOSE_FILE'];
  if (listed !== undefined && listed !== '') {
    const separator = known['COMPOSE_PATH_SEPARATOR'];
    const files = listed.split(separator === undefined || separator === '' ? ':' : separator);
    return { files: files.map((file) => shown(folder, resolve(folder, file))), env: known };
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    const [file, override] = [await firstOf(at, NAMES), await firstOf(at, OVERRIDES)];
    if (file !== undefined) {
      const files = override === undefined ? [file] : [file, override];
      return { files: files.map((one) => shown(folder, one)), env: known };
    }
    if (dirname(at) === at) return undefined;
  }
}

async function firstOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const file = join(folder, name);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  return undefined;
}

/** As somebody in the folder would write it. */
function shown(folder: string, file: string): string {
  const short = relative(folder, file);
  return short.length < file.length ? short : file;
}
