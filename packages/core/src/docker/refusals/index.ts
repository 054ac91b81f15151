import { ADDRESSES } from './addresses.js';
import { ENGINE } from './engine.js';
import { NAMES } from './names.js';
import { PARENTS } from './parents.js';
import type { RefusalClass } from './refusal.js';
import { USE } from './use.js';

/** Every class of refusal; the first whose pattern a text has is its class. */
export const REFUSALS: readonly RefusalClass[] = [...NAMES, ...ENGINE, ...ADDRESSES, ...PARENTS, ...USE];

/** The class of a text whose wrapping was taken off, where it is known. */
export function classOf(words: string): RefusalClass | undefined {
  return REFUSALS.find(({ pattern }) => pattern.test(words));
}
