import type { IpCommand } from './commands.js';
import { failureToError } from './errors.js';
import { thisMachine } from './place.js';
import type { Place } from './place.js';
import type { Outcome, Printed } from './run.js';
import { sideBySide } from './side-by-side.js';

/** Runs `ip` once, or has a part of one run. Resolves to what it printed; throws NetctlError. */
export type Ip = (command: IpCommand, signal?: AbortSignal) => Promise<Printed>;

/** Milliseconds that each further command of a batch may take: the kernel does one within a few. */
const FURTHER_MS = 100;

export function ipRunner(command: readonly string[], timeout: number, place: Place = thisMachine): Ip {
  const argvOf = ({ args, instead }: IpCommand): readonly string[] =>
    instead === undefined ? [...command, ...args] : [...command.slice(0, -1), instead.program, ...args];
  const run = async (ipCommand: IpCommand, count: number, signal?: AbortSignal): Promise<Outcome> => {
    const input = ipCommand.instead?.input ?? ipCommand.input;
    const deadline = timeout + FURTHER_MS * (count - 1);
    const outcome = await place.run(argvOf(ipCommand), {
      timeout: deadline,
      ...(input === undefined ? {} : { input }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { ...outcome, deadline };
  };
  const together = sideBySide((ipCommand, count) => run(ipCommand, count));
  return async (ipCommand, signal) => {
    // What somebody may call off is nobody else's.
    const outcome = signal === undefined ? await together(ipCommand) : await run(ipCommand, 1, signal);
    if (outcome.exit === 0 || (outcome.exit !== undefined && ipCommand.fine?.test(outcome.stderr) === true)) {
      return outcome;
    }
    const had = outcome.deadline ?? timeout;
    throw failureToError({ argv: argvOf(ipCommand), command: ipCommand, timeout: had, outcome, where: place.where });
  };
}
