import type { Problem } from '../../problem.js';
import { problem } from '../../problem.js';
import { LONGEST_TEXT, substitute } from './template.js';
import type { Lookup, Substituted } from './template.js';

export interface Dotenv {
  readonly values: ReadonlyMap<string, string>;
  /** Without a position in the spec; the message names the line of the .env file. */
  readonly problems: readonly Problem[];
}

const ENTRY = /(?:export[ \t]+)?([^=:\n]*?)[ \t\r]*(?:([=:])[ \t]*|(?=\n)|$)/y;
const NAME = /^[\p{L}\p{N}_.[\]-]+$/u;

/**
 * Reads a `.env` file as Compose does (compose-go `dotenv`): `KEY=value` or `KEY: value`, an optional `export`, comments
 * on their own line or after a space, single quotes (as they stand), double quotes (escapes and variables, over several
 * lines too), and bare values with variables. A key alone takes its value from the environment. Variables in values
 * are looked up in the environment first, then among the keys before. All that is wrong is reported.
 */
export function parseDotenv(source: string, environment: Lookup): Dotenv {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const values = new Map<string, string>();
  const problems: Problem[] = [];
  const lookup: Lookup = (name) => environment(name) ?? values.get(name);
  let size = 0;
  let at = 0;
  const report = (message: string, hint: string): void => {
    const line = text.slice(0, at).split('\n').length;
    problems.push(problem('error', 'DOTENV_INVALID', '', `The .env file, line ${line}: ${message}`, hint));
  };
  const endOfLine = (from: number): number => {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  };
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (at >= text.length || problems.length >= 20) break;
    if (text[at] === '#') {
      at = endOfLine(at);
      continue;
    }
    ENTRY.lastIndex = at;
    const match = ENTRY.exec(text);
    const key = match?.[1] ?? '';
    if (match === null || !NAME.test(key)) {
      // The line may be a part of a secret.
      report(
        'it does not begin with the name of a variable.',
        'Write NAME=value, or quotes around a value of several lines.',
      );
      at = endOfLine(at);
      continue;
    }
    const start = at + match[0].length;
    if (match[2] === undefined) {
      const inherited = environment(key);
      if (inherited !== undefined) values.set(key, inherited);
      at = start;
      continue;
    }
    const raw = readValue(text, start, endOfLine(start));
    if (raw === undefined) {
      report('the quote is never closed.', 'Close it, or put the value in the other kind of quotes.');
      break;
    }
    const result: Substituted = raw.literal ? { text: raw.text, unset: [] } : substitute(raw.text, lookup);
    if (result.text === undefined)
      report(result.problem?.message ?? 'this is not a value.', 'Write $$ for a dollar sign.');
    else values.set(key, result.text);
    at = raw.end;
    size += result.text?.length ?? 0;
    if (size > 4 * LONGEST_TEXT) {
      report('the values are longer than 4 MiB together.', 'Use shorter values.');
      break;
    }
  }
  return { values, problems };
}

interface RawValue {
  readonly text: string;
  readonly literal: boolean;
  readonly end: number;
}

function readValue(text: string, start: number, lineEnd: number): RawValue | undefined {
  const mark = text[start];
  if (mark !== '"' && mark !== "'") {
    const bare = text.slice(start, lineEnd).split(' #')[0] ?? '';
    return { text: bare.trimEnd(), literal: false, end: lineEnd };
  }
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === mark) return quoted(text.slice(start + 1, at), mark, at + 1);
  }
  return undefined;
}

function quoted(inner: string, mark: string, end: number): RawValue {
  const unmarked = inner.replaceAll(/\\([\s\S])/g, (pair, char: string) => (char === mark ? char : pair));
  return mark === "'" ? { text: unmarked, literal: true, end } : { text: unescape(unmarked), literal: false, end };
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  // `\$` is a dollar sign that starts no variable, which the template writes `$$`.
  $: '$$',
};

function unescape(text: string): string {
  return text.replaceAll(/\\(?:0([0-7]{1,3})|([abfnrtv$"\\]))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(parseInt(octal, 8)),
  );
}
