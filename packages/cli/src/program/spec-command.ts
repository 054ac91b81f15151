import type { Command, Option } from 'commander';

import type { GlobalOptions } from '../options.js';
import { addExamples } from './examples.js';
import type { Example } from './examples.js';
import { execute } from './execute.js';
import type { Finish, Run } from './execute.js';

/** A command that reads a spec. */
export interface SpecCommand<O extends GlobalOptions> {
  readonly name: string;
  readonly text: string;
  /** What it does is loaded only when it is called, so that the other commands lose no time by it. */
  readonly load: () => Promise<Run<O>>;
  readonly options?: readonly Option[];
  readonly examples?: readonly Example[];
}

export function addSpecCommand<O extends GlobalOptions>(
  parent: Command,
  finish: Finish,
  { name, text, load, options = [], examples = [] }: SpecCommand<O>,
): void {
  const command = parent
    .command(name)
    .description(text)
    .argument('[FILE]', 'the spec; netctl.yaml or netctl.yml by default, then what Compose takes; - for standard input')
    .exitOverride();
  for (const option of options) command.addOption(option);
  if (examples.length > 0) addExamples(command, examples);
  command.action(async (file: string | undefined) =>
    finish(await execute(await load(), file, command.optsWithGlobals<O>())),
  );
}
