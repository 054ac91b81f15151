/** A word of a command as a shell takes it: names of networks and links may hold anything, a command too. */
export function shellWord(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
