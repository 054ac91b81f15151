import { NetctlError } from '@netctl/core';

import type { MoveCommandOptions } from './options.js';

/**
 * How containers may be moved, as the library takes it.
 * @throws NetctlError USAGE
 */
export function moveScope({ recreate, keepDynamic, acceptLoss }: MoveCommandOptions): MoveCommandOptions {
  if (recreate === true) {
    return { recreate, keepDynamic: keepDynamic === true, acceptLoss: acceptLoss ?? [] };
  }
  // Containers of the spec are connected without it too.
  if (keepDynamic !== true) return acceptLoss === undefined ? {} : { acceptLoss };
  throw new NetctlError('USAGE', '--keep-dynamic means nothing without --recreate', { hint: 'Say --recreate too.' });
}
