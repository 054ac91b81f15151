import { expect, test } from 'vitest';
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

test('four steps of a stage at once, and a stage only after the one before', async () => {
  const { backends, seen, end, most } = slowEngine();
  const work = runPlan(planOf(['a', 'b', 'c', 'd', 'e', 'f'], ['z']), backends, startRun('home', false), { emit });
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
  await end('b');
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (const name of ['a', 'c', 'd', 'e']) await end(name);
  expect(seen).not.toContain('z');
  await end('f');
  expect(seen).toContain('z');
  await end('z');
  expect((await work).map(({ ref }) => ref.slice(8))).toEqual(['b', 'a', 'c', 'd', 'e', 'f', 'z']);
  expect(most()).toBe(4);
});

test('after a failure what is under way is finished, and nothing more begins', async () => {
  const { backends, seen, end } = slowEngine();
  const events: string[] = [];
  const work = runPlan(planOf(['a', 'b', 'c', 'd', 'e'], ['z']), backends, startRun('home', false), {
    emit: (event) => {
      if (event.event === 'step')
        events.push(`${event.step.ref.slice(8)} ${event.state} ${event.message ?? ''}`.trim());
    },
  });
  const failed = expect(work).rejects.toMatchObject({ code: 'STEP_FAILED', step: 'make network a' });
  await end('a', new NetctlError('ENGINE_ERROR', 'no'));
  await end('b', new Error('later'));
  await end('c');
  await end('d');
  await failed;
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
  expect(events.slice(4)).toEqual(['a failed no', 'b failed later', 'c done', 'd done']);
  await expect(work).rejects.toMatchObject({
    hint: '2 of 6 steps are done; once that is mended, the same command goes on from here.',
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
  const work = runPlan(planOf(['a', 'b', 'c', 'd', 'e']), backends, startRun('home', false), {
    emit,
    signal: controller.signal,
  });
  const reason = new NetctlError('INTERRUPTED', 'stop');
  const stopped = expect(work).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: 'stop: 4 of 5 steps were done',
    hint: 'Not begun: 1 to make.',
    cause: reason,
  });
  controller.abort(reason);
  for (const name of ['a', 'b', 'c', 'd']) await end(name);
  await stopped;
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
});
