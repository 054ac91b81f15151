import { Option } from 'commander';

import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addPersist: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'persist',
    text: 'have this host make the links of a spec when it boots, before Docker',
    load: async () => (await import('../commands/persist.js')).persist,
    options: [
      new Option('--format <format>', 'what makes them')
        .choices(['systemd', 'networkd', 'networkmanager', 'ifupdown', 'shell'])
        .default('systemd'),
      new Option('--print', 'print the files instead of writing them'),
      new Option('--remove', 'remove all that persist wrote for this stack').conflicts('print'),
      new Option('--watch', 'keep the whole spec too: a unit that runs netctl watch; stays until --no-watch'),
      new Option('--no-watch', 'remove that unit, and keep that of the links').conflicts('remove'),
      new Option('--on <host>', 'the host that this is, where the spec names hosts'),
      new Option('--root <folder>', 'write below this folder: the files of an image that is not running'),
    ],
    examples: [
      { line: 'netctl persist', does: 'a unit of systemd that makes the links before Docker starts' },
      { line: 'netctl persist --format shell --print', does: 'a script for a NAS, to look at' },
      { line: 'netctl persist --remove', does: 'take all of it away' },
    ],
  });
};
