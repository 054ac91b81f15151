import { CommanderError } from 'commander';

import { createProgram } from './program/program.js';

/** The wrong-usage status of sysexits.h. */
const EXIT_USAGE = 64;

/** Asked for by the scripts of the shells, with the words that were typed; see completion/. */
const COMPLETE = '__complete';

/** Runs the command line and returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === COMPLETE) {
    const { answer } = await import('./completion/answer.js');
    const program = createProgram(() => undefined, false);
    process.stdout.write(await answer(program, argv.slice(1)));
    return 0;
  }
  const json = argv.includes('--json');
  let status = 0;
  try {
    await createProgram((value) => (status = value), json).parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, '');
    const wrong = { version: 1, event: 'report', error: { code: 'USAGE', message, exit: EXIT_USAGE, problems: [] } };
    if (json) process.stdout.write(`${JSON.stringify(wrong)}\n`);
    return EXIT_USAGE;
  }
}
