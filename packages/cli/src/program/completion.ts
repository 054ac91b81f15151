import { Argument } from 'commander';

import type { GlobalOptions } from '../options.js';
import { addExamples } from './examples.js';
import { execute } from './execute.js';
import type { AddCommand } from './execute.js';

/** The scripts ask this program for all that there is, so that none of it is listed twice. */
export const addCompletion: AddCommand = (parent, finish) => {
  const command = parent
    .command('completion')
    .description('print the script by which a shell completes commands, options, files and names')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .exitOverride();
  addExamples(command, [
    { line: 'source <(netctl completion bash)', does: 'bash, in ~/.bashrc' },
    { line: 'source <(netctl completion zsh)', does: 'zsh, in ~/.zshrc, after compinit' },
    { line: 'netctl completion fish > ~/.config/fish/completions/netctl.fish', does: 'fish, once' },
  ]);
  command.action(async (shell: string) => {
    const { printShipped } = await import('../commands/print-shipped.js');
    const shipped = `completion/netctl.${shell}`;
    finish(await execute(printShipped, undefined, { ...command.optsWithGlobals<GlobalOptions>(), shipped }));
  });
};
