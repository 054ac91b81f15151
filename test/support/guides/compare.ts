/** What is another one in each run: times, MAC addresses, ids, process ids. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC'],
  [/\b[0-9a-f]{64}\b/g, 'ID'],
  [/\b[0-9a-f]{12}\b/g, 'ID'],
  [/\d+(\.\d+)?( ?)(ms|s)\b/g, 'N$2$3'],
  [/= [\d./]+ N/g, '= N'],
  [/= [\d./]+ ms/g, '= N ms'],
];

const masked = (line: string): string => MASKS.reduce((text, [what, by]) => text.replace(what, by), line.trimEnd());

/** Lines, masked, but for empty ones. */
const linesOf = (lines: readonly string[]): readonly string[] => lines.map(masked).filter((line) => line !== '');

/**
 * What is wrong with what a guide shows, as lines; none when it is what was printed. `…` stands for any lines. The order
 * does not count: steps of one stage run side by side, and which of them ends first is nobody's promise.
 */
export function differences(shown: readonly string[], printed: readonly string[]): readonly string[] {
  const open = shown.some((line) => line.trim() === '…');
  const rest = [...linesOf(printed)];
  const missing: string[] = [];
  for (const line of linesOf(shown).filter((one) => one.trim() !== '…')) {
    const at = rest.indexOf(line);
    if (at < 0) missing.push(`shown, and not printed: ${line}`);
    else rest.splice(at, 1);
  }
  return open ? missing : [...missing, ...rest.map((line) => `printed, and not shown: ${line}`)];
}
