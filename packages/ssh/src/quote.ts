import { NetctlError } from '@netctl/core';

/** What no shell takes for anything else, in any place but the first, where `=` would make it a variable. */
const PLAIN = /^[A-Za-z0-9_./:,@%+-]+$/;

/**
 * An argument vector as one line for a POSIX shell. ssh joins its arguments with blanks and sshd hands the line to the
 * login shell of the user, so this is the one place where a shell has to be told where an argument begins and ends.
 * Within single quotes it takes everything as it is but the single quote itself.
 */
export function quote(argv: readonly string[]): string {
  return argv.map(quoteOne).join(' ');
}

function quoteOne(argument: string): string {
  if (argument.includes('\0'))
    throw new NetctlError('LINK_FAILED', 'No argument of a program has a NUL character', {
      hint: 'Take the NUL character out of the spec.',
    });
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
