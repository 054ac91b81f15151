import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addStatus: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'status',
    text: 'what is there, what has drifted, who is attached, addresses left',
    load: async () => (await import('../commands/status.js')).status,
    examples: [{ line: 'netctl status', does: 'what is there, and what has drifted' }],
  });
};
