import { Option } from 'commander';

import { adoptOption, linksOnlyOption, moveOptions, partialOption } from './apply-options.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addPlan: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'plan',
    text: 'show the steps and why; writes nothing',
    load: async () => (await import('../commands/plan.js')).plan,
    options: [
      new Option('--detailed-exitcode', 'exit with 2 when there is something to do'),
      new Option('--destroy', 'plan what destroy would do').conflicts(['recreate', 'keepDynamic', 'acceptLoss']),
      partialOption(),
      new Option('--addresses', 'show the plan of each subnet too: who has or gets which address'),
      adoptOption(),
      linksOnlyOption('destroy', 'addresses', 'partial'),
      ...moveOptions(),
    ],
    examples: [
      { line: 'netctl plan', does: 'what an apply would do, and why' },
      { line: 'netctl plan --detailed-exitcode --quiet', does: 'in a script: 2 when something is to do' },
      { line: 'netctl plan --destroy', does: 'what destroy would remove' },
    ],
  });
};
