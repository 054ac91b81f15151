/** White space, the end of a line that goes on, quoted text, an escaped character, or plain text. */
const PIECE = /\s+|\\\n|'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\]+/gy;

/** What a shell would do something with, where it stands as a word of its own. */
const SHELL = /^(?:\|\|?|&&?|;;?|\d*(?:>>?|<)&?\S*|\S*;|\$\(.*|.*`.*)$/s;

/** A command as its words, or why it has none: a quote is open, or a word of it means something to a shell only. */
export type Words = { readonly words: readonly string[] } | { readonly open: true } | { readonly needsShell: string };

/**
 * Splits a command the way a POSIX shell does: at white space, with quotes and backslashes taken away. Nothing is run, and
 * nothing put in for variables.
 */
export function splitWords(text: string): Words {
  const pieces = [...text.matchAll(PIECE)].map(([piece]) => piece);
  if (pieces.reduce((sum, { length }) => sum + length, 0) !== text.length) return { open: true };
  const words: { text: string; plain: boolean }[] = [];
  let between = true;
  for (const piece of pieces) {
    if (piece === '\\\n') continue;
    if (/^\s/.test(piece)) {
      between = true;
      continue;
    }
    if (between) words.push({ text: '', plain: true });
    between = false;
    const word = words.at(-1);
    if (word === undefined) continue;
    word.text += unquote(piece);
    word.plain &&= !/^['"\\]/.test(piece);
  }
  const needsShell = words.find((word) => word.plain && SHELL.test(word.text));
  return needsShell === undefined ? { words: words.map((word) => word.text) } : { needsShell: needsShell.text };
}

function unquote(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return piece.startsWith('\\') ? piece.slice(1) : piece;
}
