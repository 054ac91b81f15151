/** A word that `ip -batch` takes for nothing else: it splits at blanks and knows quotes, `\` and `#` (iproute2, makeargs). */
const PLAIN = /^[A-Za-z0-9_.:/@%+=,-]+$/;

/** One line for `ip -batch`; none where a word could be taken for something else, for nothing like it was asked for. */
export function batchLine(words: readonly (string | number)[]): readonly string[] {
  const texts = words.map(String);
  return texts.every((word) => PLAIN.test(word)) ? [texts.join(' ')] : [];
}
