import { expect, test } from 'vitest';
import { questionText } from '../../../packages/cli/src/init/question-text.js';

const question = {
  id: 'link',
  text: 'LAN (e\u001b[2J or none)',
  why: 'ü\u009bA is in a LAN.',
  fallback: 'e\u001b[2J',
} as const;

test('a question moves no cursor, and keeps its own lines', () => {
  expect(questionText(question, true)).toBe('\nü\\u009bA is in a LAN.\nLAN (e\\u001b[2J or none) [e\\u001b[2J]: ');
});

test('a terminal for ASCII gets nothing else', () => {
  expect(questionText({ id: 'link', text: 'a → b', why: question.why }, false)).toBe(
    '\n\\u{fc}\\u009bA is in a LAN.\na -> b: ',
  );
});
