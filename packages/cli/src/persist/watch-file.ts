import { resolve } from 'node:path';

import { NetctlError, watchUnit } from '@netctl/core';
import type { PersistFile } from '@netctl/core';

import { ownProgram } from '../own-program.js';

/**
 * The unit that runs `netctl watch` for the files of a spec, as they were named; what the default names say is found where
 * this is run. The spec itself is read there, and not stored, so that a change of it counts.
 * @throws NetctlError USAGE for standard input
 */
export async function watchFile(stack: string, named: readonly string[], links: boolean): Promise<PersistFile> {
  if (named.includes('-')) {
    throw new NetctlError('USAGE', 'watch reads its spec again at every boot, and standard input is no file', {
      hint: 'Name a file.',
    });
  }
  const folder = process.cwd();
  const files = named.map((file) => resolve(file));
  return watchUnit(stack, { command: await ownProgram(), files, folder, links });
}
