import type { Segment } from '../path.js';

/** Where a value is in the text, as offsets, with the values in it. */
export interface Mark {
  /** Of the key, where the value has one. */
  readonly key?: number;
  readonly start: number;
  /** A scalar is shown where its value is, everything else where its key is. */
  readonly scalar: boolean;
  readonly children?: ReadonlyMap<Segment, Mark>;
}

/** The offset of the value at a path, or of the nearest thing above it that exists; `keys` asks for that of the key. */
export function offsetOf(root: Mark, segments: readonly Segment[], keys = false): number {
  let mark = root;
  let exact = true;
  for (const segment of segments) {
    const next = mark.children?.get(segment);
    exact = next !== undefined;
    if (next === undefined) break;
    mark = next;
  }
  const atValue = mark.scalar && !(keys && exact);
  return atValue ? mark.start : (mark.key ?? mark.start);
}
