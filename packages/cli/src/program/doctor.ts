import type { GlobalOptions } from '../options.js';
import { addExamples } from './examples.js';
import { execute } from './execute.js';
import type { AddCommand } from './execute.js';

/** It reads no spec unless -f names one. */
export const addDoctor: AddCommand = (parent, finish) => {
  const command = parent
    .command('doctor')
    .description('what this host can and cannot do, with cause and cure; or what an error means. Changes nothing')
    .argument('[ERROR...]', 'the text of an error of Docker or of ip, to explain; - for standard input')
    .exitOverride();
  addExamples(command, [
    { line: 'netctl doctor', does: 'all that is wrong here, and what cures it' },
    {
      line: 'netctl doctor "could not find an available, non-overlapping IPv4 address pool"',
      does: 'what an error means',
    },
  ]);
  command.action(async (words: string[]) => {
    const { doctor } = await import('../commands/doctor.js');
    finish(await execute(doctor, undefined, { ...command.optsWithGlobals<GlobalOptions>(), words }));
  });
};
