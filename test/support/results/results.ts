import type { Cell } from '../table/covers.js';

/** What one run of vitest came to. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  /** What failed, as far as it has a name: tests, hooks, files that do not load, errors that nobody caught. */
  readonly failures: readonly Failure[];
  readonly skipped: readonly Skipped[];
  /** The slowest tests, the slowest first. */
  readonly slowest: readonly Timed[];
  /** Every file, by its project, with its hooks. */
  readonly files: readonly Timed[];
  /** What the passed tests show for the support table. */
  readonly cells: readonly Cell[];
}

export interface Failure {
  readonly name: string;
  /** The first line of what was thrown. */
  readonly message: string;
}

export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface Timed {
  readonly name: string;
  readonly seconds: number;
}

export const SLOWEST = 10;

/** As many files as make up most of a whole run. */
const SLOWEST_FILES = 25;

/** Several runs as one. */
export function merge(runs: readonly Results[]): Results {
  return {
    passed: runs.reduce((sum, { passed }) => sum + passed, 0),
    failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    failures: runs.flatMap(({ failures }) => failures),
    skipped: runs.flatMap(({ skipped }) => skipped),
    slowest: slowestOf(runs.flatMap(({ slowest }) => slowest)),
    files: runs.flatMap(({ files }) => files),
    cells: runs.flatMap(({ cells }) => cells),
  };
}

export function slowestOf(timed: readonly Timed[], count = SLOWEST): readonly Timed[] {
  return [...timed].sort((a, b) => b.seconds - a.seconds).slice(0, count);
}

/** Where the time of a run went: each project in all, and the slowest files. */
export function timesOf({ files }: Results): readonly Timed[] {
  const projects = new Map<string, number>();
  for (const { name, seconds } of files) {
    const project = name.slice(0, name.indexOf(': '));
    projects.set(project, (projects.get(project) ?? 0) + seconds);
  }
  const all = [...projects].map(([name, seconds]) => ({ name, seconds }));
  return [...slowestOf(all, all.length), ...slowestOf(files, SLOWEST_FILES)];
}
