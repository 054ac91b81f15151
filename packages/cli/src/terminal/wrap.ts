import stringWidth from 'string-width';

/** `+ network lan    `: the details of a step begin behind it. */
const STEP = /^[-+~<>=] \S+(?: \S+)* {2,}(?=\S)/;

/** `  ok       `: what is in that state follows it, and further lines about it begin below. */
const STATE = /^ {2}(?:(?:ok|missing|drifted|blocked) {2,}|unwanted )(?=\S)/;

/**
 * Breaks lines at spaces so that none is wider than so many columns. What follows is set in below its beginning; where that
 * would leave it less than half of the width, the details of steps go below them. A word that is wider stays whole, so that
 * it can be copied.
 */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns))
    .join('\n');
}

const NARROW_INDENT = 4;

function wrapLine(line: string, columns: number): readonly string[] {
  const step = STEP.exec(line)?.[0];
  const head = step ?? STATE.exec(line)?.[0];
  const [space = ''] = /^ */.exec(line) ?? [];
  const indent = head?.length ?? space.length;
  if (indent > columns / 2) {
    const rest = fill(line.slice(indent), NARROW_INDENT, NARROW_INDENT, columns);
    return head === undefined ? rest : [head.trimEnd(), ...rest];
  }
  if (stringWidth(line) <= columns) return [line];
  if (head === undefined) return fill(line.slice(indent), indent, indent === 0 ? 2 : indent, columns);
  // What goes on about a state is set in further than what has a line of its own below it.
  const [first = '', ...more] = fill(line.slice(indent), indent, step === undefined ? indent + 2 : indent, columns);
  return [head + first.slice(indent), ...more];
}

/** The words of a text in lines; the first and the others set in by so much. */
function fill(text: string, first: number, others: number, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let empty = true;
  for (const [, space = '', word = ''] of text.matchAll(/( *)([^ ]+)/g)) {
    if (!empty && stringWidth(line + space + word) > columns) {
      lines.push(line);
      line = ' '.repeat(others) + word;
    } else {
      line += empty ? word : space + word;
    }
    empty = false;
  }
  return [...lines, line];
}

/** The beginning of a line, cut by the columns that its characters take. */
export function cut(text: string, columns: number, more: string): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment + more) > columns) break;
    kept += segment;
  }
  return kept + more;
}
