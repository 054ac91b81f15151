import { expect, test } from 'vitest';
import { parseProof, provedBy } from '../../../packages/core/src/graph/proof.js';
import { failure } from '../../support/failure.js';

const document = (more: object): string => JSON.stringify({ version: 1, stack: 'home', checks: [], ...more });

test.each<[string, string, RegExp]>([
  ['no JSON', 'proved', /p\.json is not JSON/],
  ['another document', document({ checks: undefined }), /no result of verify: checks is missing/],
  ['a later version', document({ version: 2 }), /no result of verify: version/],
  ['a check without a state', document({ checks: [{ claim: 'x' }] }), /no result of verify: checks\.0\./],
  ['another stack', document({ stack: 'away' }), /is about the stack away, and not about home/],
])('%s is refused', async (_what, text, message) => {
  const error = await failure(Promise.resolve().then(() => parseProof(text, 'p.json', 'home')));
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) as string });
  expect(error.hint).toBe('Write it with: netctl verify --json > p.json');
});

test('one check that failed counts more than all that did not, and one that was not made more than those that passed', () => {
  const of = (...states: readonly ('failed' | 'passed' | 'untested')[]): string | undefined =>
    provedBy(states.map((state) => ({ state })));
  expect([of(), of('passed'), of('passed', 'untested'), of('untested', 'failed', 'passed')]).toEqual([
    undefined,
    'passed',
    'untested',
    'failed',
  ]);
});
