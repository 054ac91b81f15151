import { expect, test } from 'vitest';
import type { Plan, Step } from '../../../packages/core/src/model.js';
import { countSteps, formatSummary } from '../../../packages/core/src/plan/summary.js';
import { planText } from '../../support/memory/run.js';
import { AFTER, crowd } from '../replace/host.js';

const forget = { op: 'network.forget', host: 'local', why: '', disruptive: false, id: '1', networkId: '2' } as const;
const remove = { op: 'link.remove', host: 'local', why: '', disruptive: true, index: 1 } as const;

function plan(...steps: readonly Step[]): Plan {
  return { version: 1, stack: 'home', stages: [steps], problems: [] };
}

const removals = (count: number, host = 'local'): readonly Step[] =>
  Array.from({ length: count }, (_none, at) => ({ ...remove, host, ref: `link:l${at}`, name: `l${at}` }));

test('a network that is replaced and whoever goes off it and comes back are counted once, and named', async () => {
  const text = formatSummary(await planText(await crowd(), AFTER, { recreate: true }), 'Nothing was written.');
  expect(text).toMatchInlineSnapshot(`
    "Plan: 1 to replace, 6 containers to move. Nothing was written.
    Disruptive: replace network lan; take containers fresh, loop, old, web, db and cache off network lan and put them back."
  `);
});

test('what is done to things of one kind is told together, and no more than ten are named', () => {
  expect(formatSummary(plan(...removals(2), ...removals(1, 'node02')))).toBe(
    'Plan: 3 to remove.\nDisruptive: remove links l0 and l1; remove link l0 on node02.',
  );
  expect(formatSummary(plan(...removals(11)))).toContain(
    ': remove links l0, l1, l2, l3, l4, l5, l6, l7, l8, l9 and l10.',
  );
  expect(formatSummary(plan(...removals(12)))).toContain(' l9 and 2 more.');
});

test('what disrupts nobody is counted alone', () => {
  expect(formatSummary(plan({ ...forget, ref: 'network:lan', name: 'lan' }))).toBe('Plan: 1 to forget.');
});

test('half of a replacement is what it is', async () => {
  const steps = (await planText(await crowd(), AFTER, { recreate: true })).stages.flat();
  const rest = steps.filter(({ op }) => op !== 'network.remove' && op !== 'endpoint.park');
  expect(countSteps(rest)).toMatch(/^1 to make, \d to put on$/);
});
