import { printable } from '@netctl/core';
import type { Question } from '@netctl/core';

import { toAscii } from '../terminal/ascii.js';

/** A question as a terminal can show it: names of links and of the host are in it, which others may have chosen. */
export function questionText({ text, why, fallback }: Question, unicode: boolean): string {
  const asked = `${text}${fallback === undefined ? '' : ` [${fallback}]`}: `;
  const safe = `\n${printable(why)}\n${printable(asked)}`;
  return unicode ? safe : toAscii(safe);
}
