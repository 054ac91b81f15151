/** What such a page begins with. */
export const MADE =
  '<!-- Made from the sources by ./scripts/reference; a test fails where it is not what they say. -->';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text for a cell, in which neither a bar nor a tag means anything. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
