import { Option } from 'commander';

import { partialOption } from './apply-options.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addVerify: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'verify',
    text: 'prove by real packets that the networks do what the spec says. Changes nothing',
    load: async () => (await import('../commands/verify.js')).verify,
    options: [
      new Option('--strict', 'what could not be tested fails too'),
      new Option('--all', 'list what passed too, a line each'),
      partialOption(),
    ],
    examples: [{ line: 'netctl verify', does: 'prove it after an apply, and after each change of the LAN' }],
  });
};
