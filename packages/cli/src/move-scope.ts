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
  const [without] = [...(keepDynamic === true ? ['--keep-dynamic'] : []), ...(acceptLoss ? ['--accept-loss'] : [])];
  if (without === undefined) return {};
  throw new NetctlError('USAGE', `${without} means nothing without --recreate`, { hint: 'Say --recreate too.' });
}
