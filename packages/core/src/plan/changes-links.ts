import type { Step } from '../model.js';

/** Whether a step is about a link of the host, and not about its engine. */
export function changesLinks({ op }: Pick<Step, 'op'>): boolean {
  return op.startsWith('link.');
}
