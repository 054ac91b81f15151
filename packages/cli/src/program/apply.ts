import { adoptOption, applyOptions, linksOnlyOption, moveOptions, noProbeOption } from './apply-options.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addApply: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'apply',
    text: 'make this host what the spec says',
    load: async () => (await import('../commands/apply.js')).apply,
    options: [
      adoptOption(),
      noProbeOption(),
      linksOnlyOption('yes', 'resume', 'restartStuck'),
      ...applyOptions(),
      ...moveOptions(),
    ],
    examples: [
      { line: 'netctl apply', does: 'make it so; asks before anybody could lose something' },
      {
        line: 'netctl apply --yes --recreate --wait 2m',
        does: 'in a script, also where a network in use has to be replaced',
      },
      { line: 'netctl apply --adopt', does: 'take over what is there already, as it is' },
    ],
  });
};
