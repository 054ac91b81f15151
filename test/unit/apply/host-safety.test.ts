import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostSafety } from '../../../packages/core/src/apply/host-safety.js';
import { TERM_MS } from '../../../packages/core/src/apply/stage-safety.js';
import type { StageSafety } from '../../../packages/core/src/apply/stage-safety.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Ref, Step, StepOf } from '../../../packages/core/src/model.js';
import type { LinkGuard, LinkSafety } from '../../../packages/core/src/safety.js';
import { memoryHost } from '../../support/memory/index.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const step: Step = {
  ...{ op: 'link.remove', host: 'local', ref: 'link:old', why: '', disruptive: false, name: 'old', index: 7 },
};

function bridge(name: string): StepOf<'network.create'> {
  const props = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };
  const ref = `network:${name}` as const;
  return { op: 'network.create', host: 'local', ref, why: '', disruptive: false, name, props, asked: props };
}

const home = { stack: 'home' };

interface HostState {
  via: string;
  /** How long a look takes. */
  lookMs: number;
  looks: number;
  mostLooks: number;
  allLooks: number;
  /** How many looks fail from now on. */
  failures: number;
  /** What a step has done, until somebody undoes it. */
  changed: boolean;
  /** Guards that are there, and have not been let go. */
  guards: number;
  allGuards: number;
  renewals: number;
  /** How long a renewal takes. */
  renewMs: number;
  /** What guards cannot do now. */
  broken?: 'guard' | 'keep' | 'undo' | 'killed';
  /** For how long guards waited last. */
  term: number;
}

/** A guard that undoes when it was not renewed in time. */
function guardOf(state: HostState, ms: number): LinkGuard {
  let isArmed = true;
  let isThere = true;
  let timer: NodeJS.Timeout | undefined;
  const fire = (): void => {
    if (isArmed) state.changed = false;
    isArmed = false;
  };
  const arm = (next: number): void => {
    clearTimeout(timer);
    state.term = next;
    timer = setTimeout(fire, next);
  };
  const leave = (): void => {
    clearTimeout(timer);
    if (isThere) state.guards -= 1;
    isThere = false;
  };
  state.guards += 1;
  state.allGuards += 1;
  arm(ms);
  return {
    renew: async (next) => {
      if (!isThere) throw new Error('a guard was renewed that was let go');
      state.renewals += 1;
      if (isArmed) arm(next);
      if (state.renewMs > 0) await new Promise((resolve) => setTimeout(resolve, state.renewMs));
      return isArmed;
    },
    keep: () => {
      if (state.broken === 'keep') throw new NetctlError('ENGINE_UNREACHABLE', 'the connection is lost');
      const isKept = isArmed;
      isArmed = false;
      leave();
      return Promise.resolve(isKept);
    },
    undo: () => {
      const { broken } = state;
      if (broken === 'undo' || broken === 'killed') {
        delete state.broken;
        leave();
        return broken === 'killed' ? Promise.resolve(false) : Promise.reject(new Error('it cannot be seen'));
      }
      const isUndone = isArmed;
      fire();
      leave();
      return Promise.resolve(isUndone);
    },
    leave: () => Promise.resolve(isArmed),
  };
}

/** A host with a router, and what watches over a stage of it. */
async function watched(steps: readonly Step[] = [step], made: ReadonlyMap<Ref, string> = new Map(), confirm?: number) {
  const state: HostState = {
    ...{ via: '192.168.1.1', lookMs: 0, looks: 0, mostLooks: 0, allLooks: 0, failures: 0 },
    ...{ changed: true, guards: 0, allGuards: 0, renewals: 0, renewMs: 0, term: 0 },
  };
  const safety: LinkSafety = {
    paths: async (questions) => {
      if (state.failures > 0) {
        state.failures -= 1;
        throw new NetctlError('LINK_FAILED', 'ip is out of order');
      }
      if (questions.length > 0) state.allLooks += 1;
      state.mostLooks = Math.max(state.mostLooks, ++state.looks);
      if (questions.length > 0 && state.lookMs > 0) await new Promise((resolve) => setTimeout(resolve, state.lookMs));
      state.looks -= 1;
      return questions.map(({ address }) => ({ address, link: 'eth0', via: state.via, answers: false }));
    },
    guard: (_plans, ms) => {
      if (state.broken === 'guard') throw new NetctlError('LINK_FAILED', 'no guard can be set');
      return Promise.resolve(guardOf(state, ms));
    },
    guards: () => Promise.resolve([]),
    ended: () => Promise.resolve(),
    settle: () => Promise.resolve(true),
  };
  const { links, engine, world } = memoryHost();
  const facts = await links.observe();
  const router = { destination: '0.0.0.0/0', via: state.via, link: 'eth0', table: 'main' };
  const options = confirm === undefined ? home : { ...home, confirm };
  const host = hostSafety({ links: { ...links, safety }, engine }, { ...facts, routes: [router] }, options);
  if (host === undefined) throw new Error('nothing watches over the host');
  const before = async (some: readonly Step[]): Promise<StageSafety> => {
    for (const one of some) if (one.ref !== 'network:never') begun.add(one);
    const stage = await host.before(some, { made, begun });
    if (stage === undefined) throw new Error('nothing watches over the stage');
    return stage;
  };
  const begun = new Set<Step>();
  return { state, host, stage: await before(steps), before, engine, world };
}

/** With the time that it waits between two looks. */
async function played<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(300);
  return work;
}

function there({ world }: Awaited<ReturnType<typeof watched>>): readonly string[] {
  return world.networks.flatMap(({ Name = '' }) => (['bridge', 'host', 'none'].includes(Name) ? [] : [Name]));
}

const blind = 1_000_000;
const undone = { changed: false, guards: 0 };
const kept = { changed: true, guards: 0 };
const containing = (text: string): string => expect.stringContaining(text) as string;

test('a step that takes longer than the guard waits is not undone', async () => {
  const { state, stage } = await watched();
  await vi.advanceTimersByTimeAsync(5 * TERM_MS);
  expect(await stage.mayGoOn()).toBe(true);
  await stage.end();
  expect(state).toMatchObject({ ...kept, allGuards: 1 });
  const { renewals } = state;
  await vi.advanceTimersByTimeAsync(5 * TERM_MS);
  expect(state.renewals).toBe(renewals);
});

test('a host that is cut off during a step is not kept so, and its guard is not renewed', async () => {
  const { state, stage } = await watched();
  await vi.advanceTimersByTimeAsync(TERM_MS);
  const { renewals } = state;
  state.via = '192.168.1.2';
  await vi.advanceTimersByTimeAsync(TERM_MS);
  expect(state).toMatchObject({ changed: false, renewals });
  expect(await played(stage.mayGoOn())).toBe(false);
  state.via = '192.168.1.1';
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing('the way to the rest of the world (0.0.0.0/0) went by eth0 via 192.168.1.1'),
    hint: containing('The host is as it was before.'),
  });
});

test.each([
  ['that take longer than between two of them', [1_500]],
  ['that take nearly as long as the guard waits', [2_500]],
  ['of which some are quick and one is not', [60, 30, 2_300]],
])('looks %s do not pile up, and have the guard wait on', async (_, times) => {
  const { state, stage } = await watched();
  for (const time of [...times, ...times, ...times]) {
    state.lookMs = time;
    await vi.advanceTimersByTimeAsync(Math.max(time, 1_000));
  }
  expect(state).toMatchObject({ changed: true, mostLooks: 1 });
  const end = stage.end();
  await vi.advanceTimersByTimeAsync(2 * TERM_MS);
  await end;
  expect(state).toMatchObject({ ...kept, looks: 0 });
});

test('a guard that was renewed slowly waits for another step', async () => {
  const { state, stage } = await watched();
  state.renewMs = TERM_MS - 800;
  await vi.advanceTimersByTimeAsync(2 * TERM_MS);
  const asked = stage.mayGoOn();
  await vi.advanceTimersByTimeAsync(2 * TERM_MS);
  expect(await asked).toBe(true);
  expect(state.changed).toBe(true);
});

test('a way that is another one for a moment is no reason to undo anything', async () => {
  const { state, stage } = await watched();
  await vi.advanceTimersByTimeAsync(900);
  state.via = '192.168.1.2';
  await vi.advanceTimersByTimeAsync(150);
  state.via = '192.168.1.1';
  expect(await stage.mayGoOn()).toBe(true);
  state.via = '192.168.1.2';
  const asked = stage.mayGoOn();
  await vi.advanceTimersByTimeAsync(100);
  state.via = '192.168.1.1';
  await vi.advanceTimersByTimeAsync(300);
  expect(await asked).toBe(true);
  await stage.end();
  expect(state).toMatchObject(kept);
});

test('a stage of which nothing was begun is not undone', async () => {
  const { state, stage } = await watched([bridge('never'), { ...step, ref: 'network:never' }]);
  state.via = '192.168.1.2';
  await stage.end();
  expect(state).toMatchObject(kept);
});

test('steps that end at one time share one look', async () => {
  const { state, stage } = await watched();
  state.lookMs = 100;
  const { allLooks } = state;
  const first = stage.mayGoOn();
  await vi.advanceTimersByTimeAsync(50);
  // What ended since is not in the look that is under way.
  const others = Array.from({ length: 100 }, () => stage.mayGoOn());
  await vi.advanceTimersByTimeAsync(200);
  expect(await Promise.all([first, ...others])).toEqual(Array.from({ length: 101 }, () => true));
  expect(state).toMatchObject({ allLooks: allLooks + 2, mostLooks: 1 });
});

test('a look that cannot be made is no failure of a step, and the last one has the stage undone', async () => {
  const { state, stage } = await watched();
  state.failures = blind;
  expect(await stage.mayGoOn()).toBe(true);
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'LINK_FAILED',
    message: 'Undone: remove link old: it could not be seen whether that cuts this host off: ip is out of order',
    hint: 'Whether that helped could not be seen: ip is out of order.',
  });
  expect(state).toMatchObject(undone);
});

test('looks that could not be made while a step took its time are no reason to undo it', async () => {
  const { state, stage } = await watched();
  state.failures = 3;
  await vi.advanceTimersByTimeAsync(TERM_MS - 900);
  expect(state).toMatchObject({ changed: true, failures: 0 });
  // It is not known for a moment whether the guard waits for another step; then it is.
  expect(await stage.mayGoOn()).toBe(true);
  await vi.advanceTimersByTimeAsync(TERM_MS - 500);
  await stage.end();
  expect(state).toMatchObject({ ...kept, allGuards: 1 });
});

test('while no look can be made no step is begun that the guard may not wait for', async () => {
  const { state, stage } = await watched();
  state.failures = blind;
  await vi.advanceTimersByTimeAsync(TERM_MS - 900);
  expect(state.changed).toBe(true);
  let answer: boolean | undefined;
  const asked = stage.mayGoOn().then((mayGoOn) => (answer = mayGoOn));
  await vi.advanceTimersByTimeAsync(500);
  expect(answer).toBe(undefined);
  await vi.advanceTimersByTimeAsync(2_000);
  await asked;
  expect(answer).toBe(false);
  expect(state.changed).toBe(false);
  state.failures = 0;
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing('took too long'),
  });
  expect(state.guards).toBe(0);
});

test('a guard that has undone has another one in its place at once, for what steps change after that', async () => {
  const { state, stage } = await watched();
  state.failures = TERM_MS / 1_000;
  await vi.advanceTimersByTimeAsync(TERM_MS);
  expect(state).toMatchObject({ changed: false, allGuards: 1 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state).toMatchObject({ guards: 1, allGuards: 2 });
  // A step that was begun before ends only now, and cuts the host off so that nobody is heard any more.
  state.changed = true;
  state.failures = blind;
  await vi.advanceTimersByTimeAsync(TERM_MS);
  expect(state.changed).toBe(false);
  state.failures = 0;
  expect(await played(stage.mayGoOn())).toBe(false);
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing('Undone: remove link old: the links took too long to change'),
    hint: 'The host is as it was before. It was cut off for a while, or too busy; run the same again.',
  });
  expect(state).toMatchObject(undone);
});

test('what was changed after the guard had undone, and was not seen to have, is undone at the end', async () => {
  const { state, stage } = await watched();
  state.failures = TERM_MS / 1_000;
  await vi.advanceTimersByTimeAsync(TERM_MS + 500);
  expect(state).toMatchObject({ changed: false, allGuards: 1 });
  state.changed = true;
  await expect(played(stage.end())).rejects.toMatchObject({ code: 'HOST_CUT_OFF' });
  expect(state).toMatchObject(undone);
});

test.each(['undo', 'killed'] as const)('a guard that undid nothing (%s) is followed by one that does', async (how) => {
  const { state, stage } = await watched();
  state.via = '192.168.1.2';
  expect(await played(stage.mayGoOn())).toBe(false);
  state.broken = how;
  await expect(played(stage.end())).rejects.toMatchObject({ message: containing('Undone: remove link old') });
  expect(state).toMatchObject({ ...undone, allGuards: 2 });
});

test('what could not be undone is told of, and not that the host is as it was', async () => {
  const { state, stage } = await watched();
  state.failures = TERM_MS / 1_000;
  await vi.advanceTimersByTimeAsync(TERM_MS);
  state.changed = true;
  state.broken = 'guard';
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing('Undone as far as could be seen: remove link old'),
    hint: containing('no guard can be set. Its ways are as they were before. '),
  });
});

test('a connection that is lost while the guard is let go has the stage undone, and says so', async () => {
  const { state, stage } = await watched();
  state.broken = 'keep';
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'LINK_FAILED',
    message: containing('it could not be seen whether that cuts this host off: the connection is lost'),
  });
  expect(state).toMatchObject(undone);
});

test('with a confirmation to come, what is undone is all that was done to links, and is told so', async () => {
  const { state, stage, before, host } = await watched([step], new Map(), 30_000);
  await stage.end();
  expect(state).toMatchObject({ changed: true, guards: 1 });
  const other: Step = { ...step, ref: 'link:other', name: 'other' };
  const second = await before([other]);
  expect(state).toMatchObject({ guards: 1, allGuards: 2, term: TERM_MS });
  expect(second.watched.map(({ ref }) => ref)).toEqual(['link:old', 'link:other']);
  state.via = '192.168.1.2';
  await expect(played(second.end())).rejects.toMatchObject({
    message: containing('remove link old, remove link other'),
  });
  expect(state).toMatchObject(undone);
  await host.release();
});

test('a bridge that was made beside a link goes with it', async () => {
  const made = new Map<Ref, string>();
  const host = await watched([step, bridge('web')], made);
  const { stage, engine, state } = host;
  expect(stage.watched.map(({ ref }) => ref)).toEqual(['link:old', 'network:web']);
  made.set('network:web', await engine.createNetwork(bridge('web'), { ...home, ref: 'network:web' }));
  state.via = '192.168.1.2';
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing('Undone: remove link old, make network web would cut this host off'),
  });
  expect(state).toMatchObject(undone);
  expect(there(host)).toEqual([]);
});

test('bridges that cut the host off go, also where one cannot, and where an answer was lost', async () => {
  const made = new Map<Ref, string>([['network:first', 'no such network']]);
  const host = await watched(['first', 'second', 'lost', 'never'].map(bridge), made);
  const { stage, engine, state } = host;
  const make = (name: string, stack = 'home'): Promise<string> =>
    engine.createNetwork(bridge(name), { stack, ref: `network:${name}` });
  const remove = engine.removeNetwork.bind(engine);
  engine.removeNetwork = async (network) => {
    if (network.name === 'first') throw new NetctlError('ENGINE_ERROR', 'it is in use');
    await remove(network);
  };
  made.set('network:second', await make('second'));
  await make('lost');
  await make('never', 'other');
  state.via = '192.168.1.2';
  await expect(played(stage.end())).rejects.toMatchObject({
    code: 'HOST_CUT_OFF',
    message: containing(
      'Undone as far as could be seen: make network first, make network second, make network lost would',
    ),
    hint: containing('The network first could not be removed: it is in use. '),
  });
  // The one of another stack that has the name stays.
  expect(there(host)).toEqual(['never']);
});

test('a bridge that was made of a configuration, and of which the answer was lost, goes too', async () => {
  const plain = bridge('web');
  const props = { ...plain.props, configFrom: 'web-config' };
  const host = await watched([{ ...plain, props, asked: props }]);
  const config = { ...plain.props, configOnly: true };
  await host.engine.createNetwork(
    { name: 'web-config', props: config, asked: config },
    { ...home, ref: 'network:web-config' },
  );
  await host.engine.createNetwork({ name: 'web', props, asked: props }, { ...home, ref: 'network:web' });
  host.state.via = '192.168.1.2';
  await expect(played(host.stage.end())).rejects.toMatchObject({ code: 'HOST_CUT_OFF' });
  expect(there(host)).toEqual(['web-config']);
});

test('of many bridges none is begun once the ways are seen to be others', async () => {
  const { state, stage } = await watched([bridge('web')]);
  expect(await stage.mayGoOn()).toBe(true);
  state.via = '192.168.1.2';
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await played(stage.mayGoOn())).toBe(false);
  await expect(played(stage.end())).rejects.toMatchObject({ code: 'HOST_CUT_OFF' });
});

test('a look that fails once is no reason to remove a bridge', async () => {
  const { state, stage } = await watched([bridge('web')]);
  state.failures = 1;
  await stage.end();
  state.failures = 2;
  await expect(played(stage.end())).rejects.toMatchObject({ code: 'LINK_FAILED' });
});

test('a host where no guard can be set says so before anything is done', async () => {
  const { state, host } = await watched();
  state.broken = 'guard';
  await expect(host.check()).rejects.toThrow('no guard can be set');
  delete state.broken;
  const { guards } = state;
  await host.check();
  expect(state).toMatchObject({ changed: true, guards });
});
