import type { Problem } from '@netctl/core';

import { counted } from './counted.js';

/** The last line of a plan that apply would refuse; undefined where nothing is against it. */
export function refusedAsItIs(problems: readonly Problem[]): string | undefined {
  const against = problems.filter(({ severity }) => severity === 'error');
  return against.length === 0 ? undefined : `Refused as it is: ${counted(against.length, 'problem')}, above.`;
}
