import { Option } from 'commander';

import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addCompose: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'compose',
    text: 'print the networks block by which a Compose project uses these networks',
    load: async () => (await import('../commands/compose.js')).compose,
    options: [
      new Option('--services', 'an override file: with what `containers:` says of its services'),
      new Option('--on <host>', 'the host that the project runs on, where the spec names hosts'),
    ],
    examples: [
      { line: 'netctl compose', does: 'what to write into a Compose file' },
      { line: 'netctl compose --services', does: 'with the addresses and aliases of its services' },
    ],
  });
};
