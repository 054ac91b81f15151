import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { isEntered } from '../../../packages/cli/src/ask-to-keep.js';

function asked(typed: readonly string[], ms: number, signal = new AbortController().signal) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  // All of it is there before the question, as what is typed during an apply is.
  for (const text of typed) stdin.write(text);
  const answer = isEntered('4711', ms, signal, { stdin, stdout } as unknown as Pick<
    NodeJS.Process,
    'stdin' | 'stdout'
  >);
  return { answer, screen: () => String(stdout.read()) };
}

test('what was typed before the question confirms nothing, and each is asked again until the time is up', async () => {
  const { answer, screen } = asked(['\n', 'yes\n', '47110\n'], 100);
  expect(await answer).toBe(false);
  expect(screen().match(/Still there\? Type 4711 and Enter within 1 s to keep it: /g)).toHaveLength(4);
});

test('the word keeps it, also after another one', async () => {
  expect(await asked(['\n', ' 4711 \n'], 60_000).answer).toBe(true);
});

test('who stops netctl answers nothing', async () => {
  const stop = new AbortController();
  const { answer } = asked([], 60_000, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(answer).rejects.toThrow('stopped');
});
