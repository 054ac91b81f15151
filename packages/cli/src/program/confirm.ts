import { addExamples } from './examples.js';
import type { AddCommand } from './execute.js';
import { execute } from './execute.js';

/** It reads no spec unless one is named, for its hosts. */
export const addConfirm: AddCommand = (parent, finish) => {
  const command = parent
    .command('confirm')
    .description('keep what an apply with --confirm did to the links of this host')
    .argument('[FILE]', 'a spec, for the hosts that it names; this host, or that of -H, by default')
    .exitOverride();
  addExamples(command, [{ line: 'netctl confirm', does: 'the host is still within reach: keep it' }]);
  command.action(async (file: string | undefined) => {
    const { confirm } = await import('../commands/confirm.js');
    finish(await execute(confirm, file, command.optsWithGlobals()));
  });
};
