import { shorten } from './show.js';

/** One step into the file: the key of a mapping, or the index of a list. */
export type Segment = string | number;

const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;
const STEP = /\.?([A-Za-z0-9_-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * How netctl writes a place in the file: keys joined by dots, `[i]` for a list, and any key with another character
 * than letters, digits, `_` and `-` as JSON text in brackets: `networks.lan.ipam.config[0].subnet`,
 * `vlans["eth0.50"].id`. `parsePath` is its exact inverse.
 */
export function formatPath(segments: readonly Segment[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else if (!PLAIN_KEY.test(segment)) path += `[${JSON.stringify(segment)}]`;
    else path += path === '' ? segment : `.${segment}`;
  }
  return path;
}

/** Reads what `formatPath` wrote; stops at the first thing that is not a step. */
export function parsePath(path: string): readonly Segment[] {
  const segments: Segment[] = [];
  STEP.lastIndex = 0;
  for (let match = STEP.exec(path); match !== null; match = STEP.exec(path)) {
    const [, key, index, quoted] = match;
    if (key !== undefined) segments.push(key);
    else if (index !== undefined) segments.push(Number(index));
    else segments.push(String(JSON.parse(quoted ?? '""')));
  }
  return segments;
}

/** Options of the engine have names of up to 49 characters, which are shown whole. */
const LONGEST_KEY = 49;

/** A path for people to read: a key of it may be a whole line of a file that is something else. */
export function shownPath(path: string): string {
  const segments = parsePath(path);
  if (formatPath(segments) !== path) return path;
  return formatPath(segments.map((segment) => (typeof segment === 'string' ? shorten(segment, LONGEST_KEY) : segment)));
}

/** Whether a path has this shape, in which `*` stands for any one step. */
export function fits(shape: readonly Segment[], path: readonly Segment[]): boolean {
  return shape.length === path.length && shape.every((step, index) => step === '*' || step === path[index]);
}
