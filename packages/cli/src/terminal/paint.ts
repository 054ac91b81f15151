import { styleText } from 'node:util';

export type Color = 'red' | 'yellow' | 'gray' | 'green';

const OF_SIGN: Readonly<Record<string, Color>> = {
  '+': 'green',
  '-': 'red',
  '~': 'yellow',
  '<': 'red',
  '>': 'green',
  '✓': 'green',
  '✗': 'red',
};

const OF_WORD: Readonly<Record<string, Color>> = {
  'done:': 'green',
  'failed:': 'red',
  'Refused as it is:': 'red',
};

export function paint(color: Color, text: string): string {
  return styleText(color, text, { validateStream: false });
}

/** The signs of a plan and of its steps in colour, and what of it disrupts somebody or is refused. */
export function paintLine(line: string): string {
  const [, word = ''] = /^([-+~<>✓✗](?= )|done:|failed:|Disruptive:|Refused as it is:)/u.exec(line) ?? [];
  if (word === '') return line;
  const color = OF_SIGN[word] ?? OF_WORD[word] ?? 'yellow';
  return paint(color, word) + line.slice(word.length);
}
