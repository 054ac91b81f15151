import { NetctlError } from '../errors.js';
import { ignoredNothing, withoutIgnored } from '../ignored.js';
import type { Problem } from '../problem.js';
import { parsePath } from './path.js';
import type { Segment } from './path.js';
import type { Spec } from './schema.js';
import { offsetOf } from './text/marks.js';
import type { Mark } from './text/marks.js';
import type { Place } from './text/places.js';
import { validate } from './validate.js';

/** A spec that was read and checked, and where in its text everything is. */
export interface LoadedSpec {
  /** The name of the file, for messages; of several files, all names. */
  readonly file: string;
  readonly spec: Spec;
  /** Warnings and notes, but for those that the spec ignores: with an error there is no spec. */
  readonly problems: readonly Problem[];
  /** Where a path such as `networks.lan.ip_range` is, or the nearest thing above it that the file has; from 1. */
  readonly locate: (path: string) => Place | undefined;
}

/** A spec as plain data, before it is checked. */
export interface Draft {
  readonly file: string;
  readonly value: unknown;
  readonly broken: readonly (readonly Segment[])[];
  readonly mark: Mark;
  readonly placeAt: (offset: number) => Place;
  /** What was found on the way here. */
  readonly before: readonly Problem[];
}

/** Checks the data, and says all that is wrong with it at once. Throws NetctlError SPEC_INVALID. */
export function finishSpec({ file, value, broken, mark, placeAt, before }: Draft): LoadedSpec {
  const { spec, ignore, problems: found } = validate(value, broken);
  const all = [...before, ...found.map(place)];
  const kept = withoutIgnored(all, ignore);
  if (spec === undefined || kept.some(({ severity }) => severity === 'error')) throw invalid(file, kept);
  const idle = withoutIgnored(ignoredNothing(all, ignore), ignore);
  return { file, spec, problems: sort([...kept, ...idle.map(place)]), locate };

  function locate(path: string): Place | undefined {
    return placeAt(offsetOf(mark, parsePath(path)));
  }
  function place(one: Problem): Problem {
    return { ...one, ...placeAt(offsetOf(mark, parsePath(one.path), one.code === 'UNKNOWN_KEY')) };
  }
}

/** The failure that carries every problem of a spec. */
export function invalid(file: string, problems: readonly Problem[]): NetctlError {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const message = `${file} is not a valid spec: ${errors === 1 ? '1 error' : `${errors} errors`}.`;
  return new NetctlError('SPEC_INVALID', message, {
    hint: 'Correct the spec, and run netctl validate.',
    problems: sort(problems),
    file,
  });
}

/** In the order of the file; of several files, those of one together. */
function sort(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...problems].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
