import { expect, test } from 'vitest';
import { printable, printableLines } from '../../../packages/core/src/printable.js';

test.each([
  ['an escape sequence', '\u001b[2Jgone', '\\u001b[2Jgone'],
  ['the same as one character', '\u009b2Jgone', '\\u009b2Jgone'],
  ['delete and backspace', 'a\u007f\b', 'a\\u007f\\u0008'],
  ['a line that is written over', 'ok\rfailed\n', 'ok\\rfailed\\n'],
  ['text that is turned around', 'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
  ['line separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['what people write', 'Größe → 网络 👩‍👧', 'Größe → 网络 👩‍👧'],
])('%s', (_what, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('lines stay lines', () => {
  expect(printableLines('a\u001b\nb\t')).toBe('a\\u001b\nb\\t');
});
