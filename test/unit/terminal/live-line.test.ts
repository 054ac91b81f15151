import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { liveLine } from '../../../packages/cli/src/terminal/live-line.js';
import { traitsOf } from '../../../packages/cli/src/terminal/traits.js';

/** All that is written to a terminal for such a text. */
function written(text: string, locale: string): string {
  let all = '';
  const terminal = Object.assign(new EventEmitter(), { columns: 80, write: (more: string) => (all += more) });
  const traits = traitsOf(true, {}, { TERM: 'xterm', LANG: locale });
  const line = liveLine(terminal as unknown as NodeJS.WriteStream, traits);
  line.show(() => text);
  line[Symbol.dispose]();
  return all;
}

test.each([
  ['what moves the cursor', 'a\u001b[2Jb\u009bc\nd', 'C.UTF-8', 'a\\u001b[2Jb\\u009bc\\nd'],
  ['what an ASCII terminal has no sign for', 'a → ü', 'C', 'a -> \\u{fc}'],
  ['what people write', 'a → ü', 'C.UTF-8', 'a → ü'],
])('shows %s as it can be shown', (_what, text, locale, shown) => {
  expect(written(text, locale)).toBe(`${shown}\r\u001b[J`);
});
