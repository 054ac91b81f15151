import { printableLines } from '@netctl/core';

import type { GlobalOptions } from '../options.js';
import { toAscii } from './ascii.js';
import { traitsOf } from './traits.js';
import type { Traits } from './traits.js';
import { wrap } from './wrap.js';

/** Where a command writes, and how a text has to be for it. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  readonly traits: Traits;
  /**
   * The text as it can be shown: nothing in it moves the cursor, and at a terminal no line is wider than that. Off a terminal
   * it is as the tests have it.
   */
  shaped(text: string): string;
}

export function screenOf(stream: NodeJS.WriteStream, options: GlobalOptions): Screen {
  const traits = traitsOf(stream.isTTY, options, process.env);
  return {
    stream,
    traits,
    shaped: (text) => {
      const safe = printableLines(text);
      if (!traits.terminal) return safe;
      const shown = traits.unicode ? safe.replace(/^done: /gm, '✓ ').replace(/^failed: /gm, '✗ ') : toAscii(safe);
      return stream.columns > 0 ? wrap(shown, stream.columns) : shown;
    },
  };
}
