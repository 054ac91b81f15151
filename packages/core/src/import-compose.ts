import { dirname } from 'node:path';

import { readCompose } from './import/compose-file.js';
import { importCompose } from './import/compose.js';
import type { Imported } from './import/import.js';
import { checkStack } from './import/select.js';
import { nameOf } from './load-spec.js';
import type { LoadOptions } from './load-spec.js';
import { readDotenv } from './read-dotenv.js';
import { readBounded } from './read-file.js';

/**
 * The networks that Compose makes for a file, as a spec.
 * @throws NetctlError SPEC_UNREADABLE, PERMISSION, SPEC_INVALID with what is wrong with the file, USAGE
 */
export async function importComposeFile(
  file: string,
  { env = {}, envFiles, stack, ...reading }: LoadOptions & { readonly stack?: string } = {},
): Promise<Imported> {
  if (stack !== undefined) checkStack(stack);
  const bytes = await readBounded(file, reading, 'Name a Compose file that is there.');
  const folder = dirname(file);
  const dotenv = await readDotenv(folder, env, envFiles, reading);
  return importCompose(readCompose({ bytes, file, folder: nameOf(folder), env, dotenv }), stack);
}
