import type { ProblemCode } from '../../codes.js';
import { problem } from '../../problem.js';
import type { Problem, Severity } from '../../problem.js';
import { formatPath } from '../path.js';
import type { Segment } from '../path.js';
import { offsetOf } from '../text/marks.js';
import type { Mark } from '../text/marks.js';

/** A problem with the offset of its place. */
export interface PlacedProblem extends Problem {
  readonly offset: number;
}

/** Says that something is wrong at a path of the Compose file. */
export type Report = (
  severity: Severity,
  code: ProblemCode,
  path: readonly Segment[],
  message: string,
  hint?: string,
) => void;

export interface Reporter {
  readonly report: Report;
  /** All that was reported so far. */
  readonly found: readonly PlacedProblem[];
}

/** Collects problems of a file with these places. */
export function reporter(mark: Mark): Reporter {
  const found: PlacedProblem[] = [];
  const report: Report = (severity, code, path, message, hint) => {
    const offset = offsetOf(mark, path, code === 'UNKNOWN_KEY');
    found.push({ ...problem(severity, code, formatPath(path), message, hint), offset });
  };
  return { report, found };
}
