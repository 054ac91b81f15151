/* tsx --conditions=@netctl/source test/support/reference/update.ts: writes what is made from the sources. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from '../../integration/support/netctl.js';
import { referenceFiles } from './files.js';

for (const [path, text] of await referenceFiles()) {
  await mkdir(dirname(join(repository, path)), { recursive: true });
  await writeFile(join(repository, path), text);
}
