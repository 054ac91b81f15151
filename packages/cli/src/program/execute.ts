import type { Command } from 'commander';

import type { CommandInput } from '../command.js';
import type { GlobalOptions } from '../options.js';

/** What a command does; its exit status, or a NetctlError. */
export type Run<O extends GlobalOptions> = (input: CommandInput<O>) => Promise<number>;

/** Where the exit status goes. */
export type Finish = (status: number) => void;

/** A command as the command line has it, put below the program or a group of it. */
export type AddCommand = (parent: Command, finish: Finish) => void;

/** Runs a command, and says what went wrong. */
export async function execute<O extends GlobalOptions>(
  run: Run<O>,
  file: string | undefined,
  options: O,
): Promise<number> {
  const [{ asError }, { createOutput }, { signalAbort }] = await Promise.all([
    import('../fault.js'),
    import('../output.js'),
    import('../signals.js'),
  ]);
  const output = createOutput(options);
  try {
    return await run({ file, options, output, signal: signalAbort() });
  } catch (error) {
    const known = asError(error);
    output.error(known, known.file ?? options.file?.[0] ?? file ?? 'netctl.yaml');
    return known.exit;
  }
}
