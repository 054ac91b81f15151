import { applyOptions } from './apply-options.js';
import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addDestroy: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'destroy',
    text: 'remove all that netctl made or adopted for this spec',
    load: async () => (await import('../commands/apply.js')).destroy,
    options: [...applyOptions()],
    examples: [{ line: 'netctl destroy', does: 'remove what netctl made for the netctl.yaml of this folder' }],
  });
};
