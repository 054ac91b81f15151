import type { IpCommand } from './commands.js';
import { failureToError } from './errors.js';
import { thisMachine } from './place.js';
import type { Place } from './place.js';
import type { Printed } from './run.js';

/** Runs `ip` once. Resolves to what it printed; throws NetctlError. */
export type Ip = (command: IpCommand, signal?: AbortSignal) => Promise<Printed>;

export function ipRunner(command: readonly string[], timeout: number, place: Place = thisMachine): Ip {
  return async (ipCommand, signal) => {
    const { args, instead } = ipCommand;
    const input = instead?.input ?? ipCommand.input;
    const argv = instead === undefined ? [...command, ...args] : [...command.slice(0, -1), instead.program, ...args];
    const outcome = await place.run(argv, {
      timeout,
      ...(input === undefined ? {} : { input }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (outcome.exit === 0 || (outcome.exit !== undefined && ipCommand.fine?.test(outcome.stderr) === true)) {
      return outcome;
    }
    throw failureToError({ argv, command: ipCommand, timeout, outcome, where: place.where });
  };
}
