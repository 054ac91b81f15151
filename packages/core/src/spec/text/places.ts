import { positionsOf } from './lines.js';
import type { Position } from './lines.js';

/** A place in one of the files that were read. */
export interface Place extends Position {
  /** The file, where it is a Compose project's: such a project may have several. */
  readonly file?: string;
}

/** Several texts as one: an offset says which of them it is in. */
export interface Places {
  /** What the offsets of each text begin with. */
  readonly bases: readonly number[];
  readonly at: (offset: number) => Place;
}

export function placesOf(sources: readonly { readonly file: string; readonly text: string }[]): Places {
  const bases: number[] = [];
  let next = 0;
  for (const { text } of sources) {
    bases.push(next);
    // The end of a text is a place in it.
    next += text.length + 1;
  }
  const positions = sources.map(({ text }) => positionsOf(text));
  return {
    bases,
    at: (offset) => {
      const index = Math.max(
        0,
        bases.findLastIndex((base) => base <= offset),
      );
      const position = positions[index]?.(offset - (bases[index] ?? 0)) ?? { line: 1, column: 1 };
      return { ...position, file: sources[index]?.file ?? '' };
    },
  };
}
