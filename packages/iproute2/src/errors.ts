import { basename } from 'node:path';
import { NetctlError } from '@netctl/core';
import type { IpCommand } from './commands.js';
import { causeOf } from './causes.js';
import type { Outcome } from './run.js';

export interface Failure {
  readonly argv: readonly string[];
  readonly command: IpCommand;
  /** The deadline, in milliseconds. */
  readonly timeout: number;
  readonly outcome: Outcome;
  /** Where it ran: `this machine` unless told. */
  readonly where?: string;
}

const HERE = 'this machine';

const AGAIN = 'Somebody ended it; run the same command again, and it goes on from what is there.';
const INSTALL = 'Install the package iproute2 (apt install iproute2, apk add iproute2, dnf install iproute).';

/** What one failed run of `ip` means, in a sentence that has the program's own words in it. */
export function failureToError(failure: Failure): NetctlError {
  return notStarted(failure) ?? notFinished(failure) ?? wrongProgram(failure) ?? refused(failure);
}

function notStarted({ argv, command, outcome, where = HERE }: Failure): NetctlError | undefined {
  const program = argv[0] ?? '';
  if (outcome.startError !== undefined) {
    const hint = `Check that ${program} is a program that this user may run.`;
    return new NetctlError('LINK_FAILED', `Cannot ${command.does}: ${outcome.startError}`, { hint });
  }
  if (!outcome.missing) return undefined;
  if (basename(program) === 'ip') return ipMissing(where);
  return new NetctlError('LINK_FAILED', `Cannot ${command.does}: the program '${program}' is not on ${where}`, {
    hint: `Install it; netctl runs 'ip' through it.`,
  });
}

function notFinished({ command, timeout, outcome }: Failure): NetctlError | undefined {
  const { does } = command;
  const program = programOf(command);
  if (outcome.timedOut) {
    const message = `Cannot ${does}: ${program} took longer than ${timeout} ms${quoted(outcome)}`;
    return new NetctlError('LINK_TIMEOUT', message, { hint: 'Run the same again when the machine is less busy.' });
  }
  // Somebody ended `ip` itself, as whoever stops all processes of a service does.
  if (outcome.endedBy === 'SIGINT')
    return new NetctlError('INTERRUPTED', `Cannot ${does}: interrupted`, { hint: AGAIN });
  if (outcome.endedBy === 'SIGTERM')
    return new NetctlError('TERMINATED', `Cannot ${does}: terminated`, { hint: AGAIN });
  if (outcome.endedBy === undefined) return undefined;
  return new NetctlError(
    'LINK_FAILED',
    `Cannot ${does}: ${program} was ended by ${outcome.endedBy}${quoted(outcome)}`,
    {
      hint: AGAIN,
    },
  );
}

function wrongProgram({ command, outcome, where = HERE }: Failure): NetctlError | undefined {
  if (command.instead !== undefined) return undefined;
  const { stderr } = outcome;
  // 127 is what nsenter, sudo and a remote shell end with when they find no such program.
  if (outcome.exit === 127 || /\bip: (command )?not found/.test(stderr)) return ipMissing(where, quoted(outcome));
  if (/^BusyBox v/m.test(stderr)) {
    // It makes macvlan links (1.35), ignores `mode bridge` and reports success: the link is a VEPA one.
    const message = `The program 'ip' on ${where} is BusyBox's, which cannot print JSON or set the mode of a macvlan link`;
    return new NetctlError('IPROUTE2_MISSING', message, { hint: INSTALL });
  }
  const option = /Option "(-(?:json|Numeric|details))" is unknown/.exec(stderr)?.[1];
  if (option === undefined) return undefined;
  const message = `The program 'ip' on ${where} is too old: it does not know ${option}${quoted(outcome)}`;
  return new NetctlError('IPROUTE2_MISSING', message, { hint: 'Install iproute2 5.3 (2019) or newer.' });
}

function refused({ command, outcome }: Failure): NetctlError {
  const found = causeOf(command, outcome.stderr);
  if (found !== undefined) {
    const { code, cause, hint } = found;
    return new NetctlError(code, `Cannot ${command.does}: ${cause}${quoted(outcome)}`, { hint });
  }
  const said = quoted(outcome) || ` and said nothing`;
  return new NetctlError(
    'LINK_FAILED',
    `Cannot ${command.does}: ${programOf(command)} ended with ${outcome.exit ?? '?'}${said}`,
    { hint: 'Mend what it names, and run the same command again; netctl doctor knows many such errors.' },
  );
}

function programOf({ instead }: IpCommand): string {
  return instead?.program ?? 'ip';
}

function ipMissing(where: string, said = ''): NetctlError {
  const message = `The program 'ip' (iproute2) is not on ${where}${said}`;
  return new NetctlError('IPROUTE2_MISSING', message, { hint: INSTALL });
}

function quoted(outcome: Outcome): string {
  const text = outcome.stderr.trim().replaceAll(/\s*\n\s*/g, '; ');
  return text === '' ? '' : ` (it said: ${text})`;
}
