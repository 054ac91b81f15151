import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { LeftOut } from './select.js';

/** What an import leaves out, as a warning. An engine takes nearly any text for a name. */
export function leftOutProblem({ name, why }: LeftOut): Problem {
  const shown = /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
  return problem('warning', 'LEFT_OUT', '', `${shown} is left out: ${why}`);
}
