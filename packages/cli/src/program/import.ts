import type { ImportCommandOptions } from '../commands/import.js';
import { addExamples } from './examples.js';
import { execute } from './execute.js';
import type { AddCommand } from './execute.js';

/** It reads no spec, but writes one. */
export const addImport: AddCommand = (parent, finish) => {
  const command = parent
    .command('import')
    .description('what this host has, as a spec; or what a Compose file makes')
    .argument('[NAME...]', 'networks, by name or id; all but those of Compose and of other stacks by default')
    .option('--name <stack>', 'the name of the stack; the one that has them, or that of the host, by default')
    .option('--all', 'networks of Compose projects too')
    .option('-o, --output <file>', 'write it to a file that is not there yet')
    .option('--compose <file>', 'the networks of a Compose file instead')
    .exitOverride();
  addExamples(command, [
    { line: 'netctl import -o netctl.yaml', does: 'all that this host has' },
    { line: 'netctl import --compose compose.yaml', does: 'what a Compose file makes, as a spec' },
  ]);
  command.action(async (names: string[]) => {
    const { importSpec } = await import('../commands/import.js');
    const options = { ...command.optsWithGlobals<Omit<ImportCommandOptions, 'names'>>(), names };
    finish(await execute(importSpec, options.compose, options));
  });
};
