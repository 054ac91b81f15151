import type { Segment } from '../path.js';
import { isExtension } from './extensions.js';

/** What is read of a file, and how. */
export interface TreeFormat {
  /**
   * Whether a key of a mapping, or an item of a list, is read with all that is in it, only as being there (its value is
   * null then, and nothing in it can be wrong), or not at all.
   */
  readonly reads: (parent: readonly Segment[], key: Segment) => 'value' | 'presence' | 'nothing';
  /** Compose's tags: `!reset` and `!override` have their meaning, and any other tag of its own has none. */
  readonly composeTags: boolean;
}

/** A spec of ours: everything but `x-` keys. */
export const SPEC_FORMAT: TreeFormat = {
  reads: (parent, key) => (typeof key === 'string' && isExtension(parent, key) ? 'nothing' : 'value'),
  composeTags: false,
};
