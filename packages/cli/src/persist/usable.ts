import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { NetctlError } from '@netctl/core';

/**
 * The unit has a /tmp of its own, which a boot empties anyway, and runs as root without the right to read what is not
 * root's (CAP_DAC_OVERRIDE), so a program there or in the home of somebody else would fail at the next boot.
 * @throws NetctlError REFUSED
 */
export async function checkUsableByRoot(path: string): Promise<void> {
  if (/^(\/var)?\/tmp\//.test(path)) throw unusable(path, 'a boot empties that folder');
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = await stat(at);
    const others = at === path ? 0o4 : 0o1;
    if (uid !== 0 && (mode & others) === 0) {
      throw unusable(path, `${at} is not root's`);
    }
    if (at === dirname(at)) return;
  }
}

function unusable(path: string, why: string): NetctlError {
  return new NetctlError('REFUSED', `Nothing was written: the unit could not run ${path}, since ${why}`, {
    hint: 'Install Node.js and netctl for all users, and run persist with those.',
  });
}
