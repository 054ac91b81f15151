/** A file that makes links when a host boots. */
export interface PersistFile {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** The line by which netctl knows a file for its own, after the `#!` of a program. */
export function markLine(stack: string): string {
  return `# netctl persist: stack ${stack}`;
}

/** The stack that a file was written for; undefined for a file that netctl did not write. */
export function stackOfFile(text: string): string | undefined {
  const [first = '', second = ''] = text.split('\n', 2);
  return /^# netctl persist: stack (\S+)$/.exec(first.startsWith('#!') ? second : first)?.[1];
}

/** The lines of a file, the mark first. */
export function markedText(stack: string, lines: readonly string[]): string {
  return `${[markLine(stack), ...lines].join('\n')}\n`;
}
