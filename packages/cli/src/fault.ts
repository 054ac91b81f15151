import { messageOf, NetctlError } from '@netctl/core';

/** What was thrown, as an error for people: what is no error of netctl's own is a fault of the program. */
export function asError(error: unknown): NetctlError {
  if (error instanceof NetctlError) return error;
  return new NetctlError('INTERNAL', `This is a fault of netctl itself: ${messageOf(error)}`, {
    hint: `Report it with this line, the command, and what netctl --version says${traceOf(error)}. Run the same command again: it goes on from what is there.`,
    cause: error,
  });
}

/** Where it happened, for whoever is to mend it. */
function traceOf(error: unknown): string {
  if (!process.env['NETCTL_DEBUG']) return '; NETCTL_DEBUG=1 shows where it happened';
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return `, and where it happened:\n${stack}\n   `;
}
