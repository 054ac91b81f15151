import { expect, test } from 'vitest';
import { refusedAsItIs } from '../../../packages/cli/src/refused-as-it-is.js';
import { paintLine } from '../../../packages/cli/src/terminal/paint.js';
import { problem } from '../../../packages/core/src/problem.js';

const against = problem('error', 'IN_USE', 'networks.front', 'somebody is on it');
const beside = problem('warning', 'NO_GATEWAY', 'networks.front', 'it has no gateway');

test('a plan ends with how much is against it, and warnings are not', () => {
  expect(refusedAsItIs([against, beside])).toBe('Refused as it is: 1 problem, above.');
  expect(refusedAsItIs([against, against])).toBe('Refused as it is: 2 problems, above.');
  expect(refusedAsItIs([beside])).toBeUndefined();
});

test('at a terminal that is red', () => {
  expect(paintLine('Refused as it is: 1 problem, above.')).toBe(
    '\u001b[31mRefused as it is:\u001b[39m 1 problem, above.',
  );
});
