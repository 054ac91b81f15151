import type { InitCommandOptions } from '../commands/init.js';
import { noProbeOption } from './apply-options.js';
import { addExamples } from './examples.js';
import { execute } from './execute.js';
import type { AddCommand } from './execute.js';

/** It reads no spec, but writes a first one. */
export const addInit: AddCommand = (parent, finish) => {
  const command = parent
    .command('init')
    .description('a first spec from what this host is like, with questions for what it cannot tell')
    .option('--yes', 'ask nothing, and take what is proposed')
    .option(
      '-o, --output <file>',
      'the file to write, which is not there yet; netctl.yaml by default, - for standard output',
    )
    .addOption(noProbeOption())
    .exitOverride();
  addExamples(command, [
    { line: 'netctl init', does: 'ask what cannot be seen, and write netctl.yaml' },
    { line: 'netctl init --yes -o -', does: 'look at what it would write' },
  ]);
  command.action(async () => {
    const { init } = await import('../commands/init.js');
    finish(await execute(init, undefined, command.optsWithGlobals<InitCommandOptions>()));
  });
};
