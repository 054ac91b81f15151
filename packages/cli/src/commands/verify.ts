import { verify as verifySpec } from '@netctl/core';

import type { CommandInput } from '../command.js';
import type { GlobalOptions } from '../options.js';
import { openSession } from '../session.js';
import { verifyLines } from '../verify-text.js';

export interface VerifyCommandOptions extends GlobalOptions {
  readonly strict?: boolean;
  readonly all?: boolean;
  readonly partial?: boolean;
}

/**
 * `netctl verify`: real packets through the networks of a spec. It fails by what has failed, by `--strict` also by what
 * could not be tested, and where nothing could be proved at all.
 */
export async function verify({ file, options, output, signal }: CommandInput<VerifyCommandOptions>): Promise<number> {
  await using session = await openSession(file, options, signal);
  const { loaded, targets } = session;
  const result = await verifySpec(loaded, targets, { partial: options.partial === true, signal });
  output.document(result);
  for (const line of verifyLines(result, options.all === true)) output.line(line);
  const { failed, passed, untested } = result;
  if (failed > 0 || (options.strict === true && untested > 0)) return 1;
  return passed === 0 && untested > 0 ? 1 : 0;
}
