import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addRehearse: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'rehearse',
    text: 'the whole apply on a throwaway host with its own engine, then removes it',
    load: async () => (await import('../commands/rehearse.js')).rehearse,
    examples: [{ line: 'netctl rehearse', does: 'try it where nobody can lose anything' }],
  });
};
