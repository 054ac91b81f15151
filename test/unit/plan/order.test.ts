import { expect, test } from 'vitest';
import type { Ref, Step } from '../../../packages/core/src/model.js';
import { stages } from '../../../packages/core/src/plan/order.js';
import type { Draft } from '../../../packages/core/src/plan/order.js';

const props = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };
const common = { host: 'local', why: '', disruptive: false } as const;

const remove = (name: string, after: readonly Ref[] = []): Draft => ({
  step: { ...common, op: 'network.remove', ref: `network:${name}`, name, id: name, scope: 'local', was: props },
  after,
});
const make = (name: string, after: readonly Ref[] = [], last = false): Draft => ({
  step: { ...common, op: 'network.create', ref: `network:${name}`, name, props, asked: props },
  after,
  last,
});
const told = (drafts: readonly Draft[]): readonly string[] =>
  stages(drafts).map((stage) => stage.map((step: Step) => `${step.op.slice(8, 9)}${step.ref.slice(8)}`).join(' '));

test('removals come first, leaf first, then everything else, root first', () => {
  const drafts = [make('b', ['network:a']), make('a'), remove('x', ['network:y']), remove('y')];
  expect(told(drafts)).toEqual(['ry', 'rx', 'ca', 'cb']);
});

test('a replacement waits for the removals of its kind, not for its own removal as a root', () => {
  expect(told([remove('a'), make('a'), remove('b', ['network:a']), make('b', ['network:a'])])).toEqual([
    'ra',
    'rb',
    'ca',
    'cb',
  ]);
});

test('networks whose subnet the engine chooses come after all that pin one, however deep', () => {
  expect(told([make('open', [], true), make('a'), make('b', ['network:a']), make('c', ['network:b'])])).toEqual([
    'ca',
    'cb',
    'cc',
    'copen',
  ]);
});

test('steps that wait for nothing share a stage, and what is waited for need not be in the plan', () => {
  expect(told([make('a', ['network:gone']), make('b'), make('c', ['link:gone'])])).toEqual(['ca cb cc']);
});

test('a circle ends', () => {
  expect(told([make('a', ['network:b']), make('b', ['network:a'])]).join(' ')).toMatch(/ca/);
});
