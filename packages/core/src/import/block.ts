/** A value of a spec that is about to be written. */
export type Value = string | number | boolean | readonly Value[] | Block;

/** A mapping, in the order in which a person would write it. */
export interface Block {
  readonly lines: readonly Line[];
  /** On one line with what it belongs to: `{ address: 192.168.1.223 }`. */
  readonly flow?: true;
}

export interface Line {
  readonly key: string;
  readonly value: Value;
  /** A comment at the end of the line. */
  readonly note?: string;
  /** Comments before the line. */
  readonly above?: readonly string[];
  /** A blank line before it. */
  readonly apart?: true;
}

/** A line, where there is something to say. */
export function line(key: string, value: Value | undefined, note?: string): readonly Line[] {
  return value === undefined ? [] : [{ key, value, ...(note === undefined ? {} : { note }) }];
}

/** A line for a mapping of names to text, where it has any. */
export function textLine(key: string, entries: Readonly<Record<string, string>>): readonly Line[] {
  const lines = Object.entries(entries).map(([name, value]) => ({ key: name, value }));
  return lines.length === 0 ? [] : [{ key, value: { lines } }];
}

/** A mapping on one line. */
export function inline(lines: readonly Line[]): Block {
  return { lines, flow: true };
}
