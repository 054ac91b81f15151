import type { ProblemCode } from '../../codes.js';
import { LONGEST_TEXT, substitute } from './template.js';
import type { Lookup } from './template.js';

interface InterpolationProblem {
  readonly code: ProblemCode;
  readonly severity?: 'warning';
  readonly message: string;
  readonly hint: string;
}

export type Interpolator = (text: string) => {
  /** Undefined when it could not be made. */
  readonly text: string | undefined;
  readonly problems: readonly InterpolationProblem[];
};

/** Makes the function that puts variables into the values of one file; all of them together may not explode. */
export function interpolator(lookup: Lookup): Interpolator {
  let made = 0;
  return (text) => {
    if (!text.includes('$')) return { text, problems: [] };
    const result = substitute(text, lookup);
    const problems: InterpolationProblem[] = result.unset.map((name) => ({
      code: 'UNSET_VARIABLE',
      severity: 'warning',
      message: `The variable ${name} is not set, so it is empty here.`,
      hint: `Set ${name}, or write \${${name}:-default}; for a dollar sign write $$.`,
    }));
    if (result.problem !== undefined) problems.push(result.problem);
    made += result.text?.length ?? 0;
    if (made <= 4 * LONGEST_TEXT) return { text: result.text, problems };
    const message = 'The variables make this file longer than 4 MiB.';
    return { text: undefined, problems: [{ code: 'INVALID_INTERPOLATION', message, hint: 'Use shorter values.' }] };
  };
}
