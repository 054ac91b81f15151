import { beforeEach, expect, test } from 'vitest';
import type { ApplyEvent } from '../../../packages/core/src/apply/events.js';
import type { Step } from '../../../packages/core/src/model.js';
import { type Progress, watchProgress } from '../../../packages/cli/src/terminal/progress.js';

let seconds: number;
let progress: Progress;
beforeEach(() => {
  seconds = 0;
  progress = watchProgress(() => seconds * 1000);
});

const step = (name: string, host = 'local'): Step => ({
  ...{ op: 'link.remove', host, ref: `link:${name}`, why: '', disruptive: true, name, index: 1 },
});
const [one, two, three] = [step('one'), step('two', 'node02'), step('three')];
const plan = (...steps: readonly Step[]): ApplyEvent => ({
  event: 'plan',
  plan: { version: 1, stack: 'home', stages: [steps], problems: [] },
});
const at = (state: 'started' | 'done' | 'failed', which: Step): ApplyEvent => ({ event: 'step', state, step: which });
const after = (time: number, ...events: readonly ApplyEvent[]): string => {
  seconds += time;
  for (const event of events) progress.hear(event);
  return progress.text();
};

test('counts the steps of all hosts, and the time of the one that has been in hand for longest', () => {
  expect(after(2)).toBe('2 s  looking at what is there');
  expect(after(0, plan(one, three), plan(two), at('started', one))).toBe('[0/3] 0 s  remove link one');
  expect(after(3, at('started', two))).toBe('[0/3] 3 s  remove link one, remove link two on node02');
  expect(after(1, at('done', one))).toBe('[1/3] 1 s  remove link two on node02');
  expect(after(1, at('started', three), at('done', two), at('done', three))).toBe('[3/3] 0 s  looking again');
});

test('says whom it waits for', () => {
  expect(after(1, { event: 'waiting', what: 'another netctl (process 7)' })).toBe(
    '0 s  waiting for another netctl (process 7)',
  );
  expect(after(4)).toBe('4 s  waiting for another netctl (process 7)');
});

test('after a failure, and when it is to stop, it finishes what has begun and puts back', () => {
  after(0, plan(one, two), at('started', one), at('started', two), at('failed', one));
  expect(progress.isAtWork()).toBe(true);
  progress.stop();
  expect(after(2)).toBe('[0/2] 2 s  finishing: remove link two on node02');
  expect(after(0, at('done', two))).toBe('[1/2] 0 s  putting back what was taken off');
});

test('nothing is begun before the first step', () => {
  after(0, plan(one));
  expect(progress.isAtWork()).toBe(false);
});
