import { join } from 'node:path';

import type { Environment } from './environment.js';
import { readBounded, readIfThere } from './read-file.js';
import type { Reading } from './read-file.js';

const OF_VARIABLES =
  'It is named as a file of variables: name one that is there (COMPOSE_ENV_FILES, env_file), or none.';

/** The text of the `.env` of a folder, or of the files that are named in its place; nothing where there is none. */
export async function readDotenv(
  folder: string,
  env: Environment,
  files?: readonly string[],
  reading?: Reading,
): Promise<string> {
  if (files === undefined) {
    if (isDisabled(env)) return '';
    return (await readIfThere(join(folder, '.env'), reading))?.toString('utf8') ?? '';
  }
  const texts: string[] = [];
  for (const file of files) texts.push((await readBounded(file, reading, OF_VARIABLES)).toString('utf8'));
  return texts.join('\n');
}

/** Compose's switch, with the words that it knows for true (Go, strconv.ParseBool). */
function isDisabled(env: Environment): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(env['COMPOSE_DISABLE_ENV_FILE'] ?? '');
}
