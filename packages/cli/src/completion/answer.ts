import type { Command } from 'commander';

import { complete } from './complete.js';
import type { Candidate, Completion } from './complete.js';

/**
 * What the scripts of the shells are answered: a line with what it is (`words`, `specs`, `files`, `folders`), and for words a
 * line for each, with a tab before what it is for. The last of the words is the one that is being typed. Whatever goes
 * wrong, there is nothing to complete: nobody asked for an error.
 */
export async function answer(program: Command, typed: readonly string[]): Promise<string> {
  try {
    const completion = complete(program, typed.slice(0, -1), typed.at(-1) ?? '');
    if (completion.kind === 'words') return written(completion.candidates);
    return completion.kind === 'names' ? written(await namesFor(completion)) : `${completion.kind}\n`;
  } catch {
    return written([]);
  }
}

function written(candidates: readonly Candidate[]): string {
  return ['words', ...candidates.map(({ value, text }) => `${value}\t${text}`), ''].join('\n');
}

/** Loaded only now: what is in the program itself has to be there at once. */
async function namesFor({ source, place }: Completion & { readonly kind: 'names' }): Promise<readonly Candidate[]> {
  const { namesOf } = await import('./names.js');
  return (await namesOf(source, place)).filter(({ value, text }) => isWord(value) && isPrintable(text));
}

/** Neither nothing nor what would be taken for an option. */
function isWord(value: string): boolean {
  return /^[^-]/.test(value) && isPrintable(value);
}

/** No line and no column of the answer could hold a control character, and no terminal should be sent one. */
function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}
