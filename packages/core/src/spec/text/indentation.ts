import type { YAMLError } from 'yaml';

import { positionsOf } from './lines.js';
import type { TextProblem } from './yaml.js';

/**
 * What an error says where a key is indented further than the one before it; undefined for any other error. To YAML such
 * a line goes on with the value before it, so the parser finds a key of several lines where that value starts.
 */
export function indentedFurther(
  { pos: [start] }: YAMLError,
  errors: readonly YAMLError[],
  text: string,
): readonly TextProblem[] | undefined {
  const here = errors.filter(({ pos }) => pos[0] === start);
  const key = here.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
  const isQuoted = text[start] === '"' || text[start] === "'";
  if (key === undefined || isQuoted || !here.some(({ code }) => code === 'BLOCK_AS_IMPLICIT_KEY')) return undefined;
  const [before, offset] = [indentEnd(text, start), indentEnd(text, key.pos[1])];
  const positionAt = positionsOf(text);
  const [above, deeper] = [positionAt(before), positionAt(offset)];
  // The parser stumbles again at the lines that follow, which are no deeper than this one.
  if (deeper.column <= above.column) return [];
  const message = `Line ${deeper.line} is indented further than line ${above.line}.`;
  return [{ code: 'YAML_SYNTAX', offset, message, hint: 'Give both the same indentation.' }];
}

/** Where the indentation ends of the line that an offset is in. */
function indentEnd(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start + text.slice(start).search(/[^ ]/);
}
