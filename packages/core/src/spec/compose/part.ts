import { isMapping } from '../mapping.js';
import type { Segment } from '../path.js';
import type { Mark } from '../text/marks.js';

/** A value of the files with the places of all that is in it, as offsets into the texts of all files. */
export interface Part {
  readonly value: unknown;
  readonly mark: Mark;
}

/** What is at a key of a mapping or an index of a list; undefined where there is nothing. */
export function partAt({ value, mark }: Part, key: Segment): Part | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const inner = (value as Record<Segment, unknown>)[key];
  // What could not be read is undefined, and has its problem already.
  return inner === undefined ? undefined : { value: inner, mark: mark.children?.get(key) ?? mark };
}

/** The entries of a mapping; of anything else there are none. */
export function entriesOf(part: Part | undefined): readonly (readonly [string, Part])[] {
  if (part === undefined || !isMapping(part.value)) return [];
  return Object.keys(part.value).flatMap((key) => {
    const inner = partAt(part, key);
    return inner === undefined ? [] : [[key, inner] as const];
  });
}

/** A mapping of these entries, in the place of what it is made from. */
export function mappingOf(entries: Iterable<readonly [string, Part]>, { key, start }: Mark): Part {
  const all = [...entries];
  const children = new Map<Segment, Mark>(all.map(([name, { mark }]) => [name, mark]));
  return {
    value: Object.fromEntries(all.map(([name, { value }]) => [name, value])),
    mark: { start, scalar: false, children, ...(key === undefined ? {} : { key }) },
  };
}

/** The same value, its places counted from elsewhere. */
export function shifted(mark: Mark, by: number): Mark {
  if (by === 0) return mark;
  const { key, start, scalar, children } = mark;
  return {
    start: start + by,
    scalar,
    ...(key === undefined ? {} : { key: key + by }),
    ...(children === undefined
      ? {}
      : { children: new Map([...children].map(([segment, child]) => [segment, shifted(child, by)])) }),
  };
}
