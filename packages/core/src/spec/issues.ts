import type * as z from 'zod';

import type { Problem } from '../problem.js';
import { problem } from '../problem.js';
import { formatPath } from './path.js';
import type { Segment } from './path.js';
import { show } from './show.js';
import { unknownKey } from './unknown-key.js';

type Issue = z.core.$ZodIssue;

/** A schema problem with the place it is about, which the caller needs to go on without that value. */
export interface SchemaProblem {
  readonly path: readonly Segment[];
  readonly problem: Problem;
}

/** What zod found, as problems. The message of an issue is what was expected, to be read after "must be". */
export function schemaProblems(issues: readonly Issue[], value: unknown): readonly SchemaProblem[] {
  return issues.flatMap((issue) => translate(issue, [], value));
}

function translate(issue: Issue, prefix: readonly Segment[], value: unknown): readonly SchemaProblem[] {
  const path = [...prefix, ...(issue.path as Segment[])];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], problem: unknownKey(path, key) }));
  }
  const actual = valueAt(value, path);
  if (issue.code === 'invalid_union') {
    // The branch that fits in kind says more than the union: `shim: { adress: … }`.
    const branch = issue.errors.find((errors) => errors.every(isInside) && errors.length > 0);
    if (branch !== undefined) return branch.flatMap((inner) => translate(inner, path, value));
  }
  return [{ path, problem: wrongValue(issue, path, actual) }];
}

function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function wrongValue(issue: Issue, path: readonly Segment[], actual: unknown): Problem {
  const at = formatPath(path);
  if (actual === undefined) {
    const hint =
      at === 'name' ? 'Write name: and a name for this stack, such as home.' : `Add ${String(path.at(-1))}:.`;
    return problem('error', 'MISSING_KEY', at, `${at} is missing; it must be ${issue.message}.`, hint);
  }
  const code = isWrongType(issue, actual) ? 'WRONG_TYPE' : 'INVALID_VALUE';
  const subject = at === '' ? 'The file' : at;
  return problem(
    'error',
    code,
    at,
    `${subject} must be ${issue.message}, and is ${show(actual)}.`,
    cure(issue, actual),
  );
}

/** A value that one branch of a union would take but for its limits is of that type: `mtu: -3`. */
function isWrongType(issue: Issue, actual: unknown): boolean {
  if (issue.code === 'invalid_type') return true;
  if (issue.code === 'invalid_union') {
    return issue.errors.every((branch) => branch.some((inner) => isWrongType(inner, actual)));
  }
  return issue.code === 'invalid_value' && issue.values.every((value) => typeof value !== typeof actual);
}

/** What to write, where the message does not say it all: what the value must be is there already. */
function cure(issue: Issue, actual: unknown): string | undefined {
  const expected = issue.message;
  if ((typeof actual === 'number' || typeof actual === 'boolean') && expected.startsWith('text')) {
    return `Write it in quotes: "${String(actual)}".`;
  }
  if (Array.isArray(actual) && expected.startsWith('a mapping')) return 'Write "key: value" lines, without dashes.';
  if (actual === null) return 'Write a value, or remove the key.';
  if (expected.startsWith('a list')) return 'Write it as a list: [one, two].';
  return undefined;
}

function valueAt(value: unknown, path: readonly Segment[]): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<Segment, unknown>)[segment];
  }
  return current;
}
