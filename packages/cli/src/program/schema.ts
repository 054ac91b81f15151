import type { GlobalOptions } from '../options.js';
import { addExamples } from './examples.js';
import { execute } from './execute.js';
import type { AddCommand } from './execute.js';

/** It is of this netctl, whatever spec or host there is. */
export const addSchema: AddCommand = (parent, finish) => {
  const command = parent
    .command('schema')
    .description('print the JSON Schema of a spec, by which editors complete and check it')
    .exitOverride();
  addExamples(command, [
    {
      line: 'netctl schema > netctl.schema.json',
      does: 'for the first line of a spec: # yaml-language-server: $schema=netctl.schema.json',
    },
  ]);
  command.action(async () => {
    const { printShipped } = await import('../commands/print-shipped.js');
    const shipped = 'schema/netctl.schema.json';
    finish(await execute(printShipped, undefined, { ...command.optsWithGlobals<GlobalOptions>(), shipped }));
  });
};
