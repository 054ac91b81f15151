import type { Command, Help } from 'commander';

import { helperOf } from './help-layout.js';

/** A command line that works, and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

const examples = new WeakMap<Command, readonly Example[]>();

/** Shows them at the end of the command's help, and keeps them for the pages that are made of it. */
export function addExamples(command: Command, list: readonly Example[]): void {
  examples.set(command, list);
  command.addHelpText('after', (context) => {
    const helper = helperOf(context);
    return ['', 'Examples:', ...list.flatMap((example) => exampleLines(example, helper))].join('\n');
  });
}

/** The command line stays whole, so that it can be copied. */
function exampleLines({ line, does }: Example, helper: Help): readonly string[] {
  const before = '  # ';
  const comment = helper.boxWrap(does, (helper.helpWidth ?? 80) - before.length);
  return [comment.replace(/^/gm, before), `  ${line}`];
}

export function examplesOf(command: Command): readonly Example[] {
  return examples.get(command) ?? [];
}
