import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';

import { confirmLinks, NetctlError, unconfirmedUndone } from '@netctl/core';
import type { LinkBackend } from '@netctl/core';

import type { Output } from './output.js';

/**
 * Asks whoever is at the terminal whether the host can still be reached: who is cut off cannot answer. Without a terminal
 * it says how to confirm from elsewhere.
 * @throws NetctlError NOT_CONFIRMED when all is undone
 */
export async function askToKeep(
  links: readonly LinkBackend[],
  ms: number,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const time = `${String(Math.ceil(ms / 1000))} s`;
  if (output.json || !process.stdin.isTTY || !process.stdout.isTTY) {
    output.line(`What was done to the links is undone in ${time} unless it is confirmed: netctl confirm`);
    return;
  }
  if (await isEntered(String(randomInt(1000, 10_000)), ms, signal)) {
    const settled = await Promise.all(links.map(({ safety }) => confirmLinks(safety)));
    if (settled.every(({ undone }) => undone.length === 0)) {
      output.line('Kept.');
      return;
    }
  } else {
    await Promise.all(links.map(({ safety }) => unconfirmedUndone(safety)));
  }
  throw new NetctlError('NOT_CONFIRMED', 'Not confirmed in time: the links are as they were before', {
    hint: 'Networks of Docker stay as they are now; the same command goes on from here.',
  });
}

/**
 * Asks for a word until it is entered. What was typed before the question is in the terminal's buffer and read as its first
 * answers, so only a word that nobody can have known before shows that the question was seen.
 * @returns false when the time is up, or the terminal gone
 */
export function isEntered(
  word: string,
  ms: number,
  signal: AbortSignal,
  terminal: Pick<NodeJS.Process, 'stdin' | 'stdout'> = process,
): Promise<boolean> {
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stdout });
  const end = performance.now() + ms;
  const ask = (): void => {
    const left = Math.max(1, Math.ceil((end - performance.now()) / 1000));
    prompt.setPrompt(`Still there? Type ${word} and Enter within ${left} s to keep it: `);
    prompt.prompt();
  };
  // While a question is open, Ctrl-C is a character for it and no signal.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(() => prompt.close(), ms);
    const abort = (): void => {
      reject(signal.reason as Error);
      prompt.close();
    };
    signal.addEventListener('abort', abort, { once: true });
    prompt.on('line', (line) => {
      if (line.trim() === word) resolve(true);
      else ask();
    });
    prompt.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(false);
    });
    ask();
  }).finally(() => prompt.close());
}
