import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addValidate: AddCommand = (parent, finish) => {
  addSpecCommand(parent, finish, {
    name: 'validate',
    text: 'check the spec alone; no engine is asked',
    load: async () => (await import('../commands/validate.js')).validate,
    examples: [
      { line: 'netctl validate', does: 'the netctl.yaml of this folder' },
      { line: 'netctl validate lan.yaml --json', does: 'all problems of a spec for a program' },
    ],
  });
};
