import { expect, test } from 'vitest';
import type { HostSafety } from '../../../packages/core/src/apply/host-safety.js';
import type { StageSafety } from '../../../packages/core/src/apply/stage-safety.js';
import { runPlan } from '../../../packages/core/src/apply/run-plan.js';
import { startRun } from '../../../packages/core/src/apply/run-step.js';
import type { Backends } from '../../../packages/core/src/apply/observe.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Plan, Step } from '../../../packages/core/src/model.js';
import { memoryHost } from '../../support/memory/index.js';

const props = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };

function make(name: string): Step {
  const ref = `network:${name}` as const;
  return { op: 'network.create', host: 'local', ref, why: '', disruptive: false, name, props, asked: props };
}

function planOf(...stages: readonly (readonly string[])[]): Plan {
  return { version: 1, stack: 'home', stages: stages.map((names) => names.map(make)), problems: [] };
}

/** Networks are made when the test says so. */
function slowEngine() {
  const { engine, links } = memoryHost();
  const running = new Map<string, { done: (id: string) => void; fail: (error: Error) => void }>();
  const seen: string[] = [];
  let most = 0;
  const backends: Backends = {
    links,
    engine: {
      ...engine,
      createNetwork: ({ name }) =>
        new Promise((done, fail) => {
          seen.push(name);
          running.set(name, { done, fail });
          most = Math.max(most, running.size);
        }),
    },
  };
  const end = async (name: string, error?: Error): Promise<void> => {
    const one = running.get(name);
    running.delete(name);
    if (error === undefined) one?.done(name);
    else one?.fail(error);
    // Until the workers have taken up what comes next.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { backends, seen, end, most: () => most };
}

const emit = (): void => undefined;

test('eight steps of a stage at once, and a stage only after the one before', async () => {
  const { backends, seen, end, most } = slowEngine();
  const names = Array.from('abcdefghij');
  const work = runPlan(planOf(names, ['z']), backends, startRun('home', false), { emit });
  expect(seen).toEqual(Array.from('abcdefgh'));
  await end('b');
  expect(seen).toEqual(Array.from('abcdefghi'));
  for (const name of Array.from('acdefghi')) await end(name);
  expect(seen).not.toContain('z');
  await end('j');
  expect(seen).toContain('z');
  await end('z');
  expect((await work).map(({ ref }) => ref.slice(8))).toEqual(Array.from('bacdefghijz'));
  expect(most()).toBe(8);
});

test('after a failure what is under way is finished, and nothing more begins', async () => {
  const { backends, seen, end } = slowEngine();
  const events: string[] = [];
  const work = runPlan(planOf(Array.from('abcdefghi'), ['z']), backends, startRun('home', false), {
    emit: (event) => {
      if (event.event === 'step')
        events.push(`${event.step.ref.slice(8)} ${event.state} ${event.message ?? ''}`.trim());
    },
  });
  const failed = expect(work).rejects.toMatchObject({ code: 'STEP_FAILED', step: 'make network a' });
  await end('a', new NetctlError('ENGINE_ERROR', 'no'));
  await end('b', new Error('later'));
  for (const name of Array.from('cdefgh')) await end(name);
  await failed;
  expect(seen).toEqual(Array.from('abcdefgh'));
  expect(events.slice(8, 12)).toEqual(['a failed no', 'b failed later', 'c done', 'd done']);
  await expect(work).rejects.toMatchObject({
    hint: '6 of 10 steps are done; once that is mended, the same command goes on from here.',
  });
});

test('what a listener throws is no failure of a step, and surfaces after the stage', async () => {
  const { backends, seen, end } = slowEngine();
  const work = runPlan(planOf(['a', 'b'], ['z']), backends, startRun('home', false), {
    emit: (event) => {
      if (event.event === 'step') throw new Error(`no room for ${event.step.ref} ${event.state}`);
    },
  });
  const failed = expect(work).rejects.toThrow('no room for network:a started');
  await end('a');
  await end('b');
  await failed;
  expect(seen).toEqual(['a', 'b']);
});

test.each(['INTERRUPTED', 'TERMINATED'] as const)('a step that was %s is not one that failed', async (code) => {
  const { backends, end } = slowEngine();
  const work = runPlan(planOf(['a']), backends, startRun('home', false), { emit });
  const stopped = expect(work).rejects.toMatchObject({ code, step: 'make network a' });
  await end('a', new NetctlError(code, 'stop'));
  await stopped;
});

test('a signal lets what is under way finish, and it is told what was done and what was not begun', async () => {
  const { backends, seen, end } = slowEngine();
  const controller = new AbortController();
  const work = runPlan(planOf(Array.from('abcdefghi')), backends, startRun('home', false), {
    emit,
    signal: controller.signal,
  });
  const reason = new NetctlError('INTERRUPTED', 'stop');
  const stopped = expect(work).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: 'stop: 8 of 9 steps were done',
    hint: 'Not begun: 1 to make.',
    cause: reason,
  });
  controller.abort(reason);
  for (const name of Array.from('abcdefgh')) await end(name);
  await stopped;
  expect(seen).toEqual(Array.from('abcdefgh'));
});

/** Watches over every stage, and ends as it is told. */
function watch(answers: readonly boolean[], end: () => Promise<void>): HostSafety {
  let at = 0;
  const mayGoOn = (): Promise<boolean> => Promise.resolve(answers[at++] ?? true);
  return {
    check: () => Promise.resolve(),
    before: (stage) => Promise.resolve({ watched: stage.slice(1), mayGoOn, end } satisfies StageSafety),
    finish: () => Promise.resolve(false),
    release: () => Promise.resolve(),
  };
}

test('what was undone since nobody could see does not count as done, and is told beside the step that failed', async () => {
  const { backends, seen, end } = slowEngine();
  const undone = new NetctlError('LINK_FAILED', 'Undone: b and c: it could not be seen', { hint: 'Look at ip.' });
  const safety = watch([], () => Promise.reject(undone));
  const work = runPlan(planOf(['a', 'b', 'c']), backends, startRun('home', false), { emit, safety });
  const failed = expect(work).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: 'Could not make network c: no',
    hint: `${undone.message}. Look at ip. 1 of 3 steps are done; once that is mended, the same command goes on from here.`,
  });
  await expect.poll(() => seen).toEqual(['a', 'b', 'c']);
  await end('a');
  await end('b');
  await end('c', new NetctlError('ENGINE_ERROR', 'no'));
  await failed;
});

test('no step is begun once one was not to be, and what failed beside it is the cause', async () => {
  const { backends, seen, end } = slowEngine();
  const timeout = new NetctlError('ENGINE_TIMEOUT', 'no answer');
  const cutOff = new NetctlError('HOST_CUT_OFF', 'Undone: there is no way out', { hint: 'Go by another one.' });
  const safety = watch([false], () => Promise.reject(cutOff));
  const work = runPlan(planOf(Array.from('abcdefghi')), backends, startRun('home', false), { emit, safety });
  const failed = expect(work).rejects.toMatchObject({
    ...{ code: 'HOST_CUT_OFF', message: cutOff.message, hint: cutOff.hint },
    // Of this one it is not known what came.
    cause: timeout,
  });
  await expect.poll(() => seen).toEqual(Array.from('abcdefgh'));
  for (const name of Array.from('abcdefg')) await end(name);
  await end('h', timeout);
  await failed;
  expect(seen).toEqual(Array.from('abcdefgh'));
});
