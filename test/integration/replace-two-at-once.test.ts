import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { networkNames } from './support/engine-client.js';
import { proxyEngine } from './support/engine-proxy.js';
import { expectFailure } from './support/failures.js';
import { type Desk, openDesk, reportOf } from './support/netctl.js';
import type { Member } from './support/replace/crowd.js';
import {
  afterRemoval,
  beforeConnects,
  beforeJournal,
  beforeRemoval,
  gateOf,
  type Holds,
} from './support/replace/gate.js';
import { machine, ownNetwork } from './support/replace/machines.js';
import {
  assemble,
  clear,
  expectExit,
  expectSettled,
  home,
  networkId,
  openStage,
  own,
  type Stage,
  stackOf,
  steadyPlacesOf,
} from './support/replace/stage.js';
import { until } from './support/until.js';

/*
 * Two netctl on one engine, each of which replaces a network that is in use. The networks and everybody on them stay from
 * test to test, since each test has to leave all as it was: only the tiers of the networks go up.
 */

const other = (tier: string): object => stackOf('other', 'yard', 6, tier);
const yard = (last: number): object => ({ IPAMConfig: { IPv4Address: `10.6.0.${String(last)}` } });

const crowd: readonly Member[] = [
  { name: 'fixed', state: 'running', networks: { lan: own(10, 'stays') } },
  { name: 'chance', state: 'running', networks: { lan: { Aliases: ['luck'] } } },
  { name: 'over', state: 'exited', networks: { lan: own(12, 'was') } },
];
const otherCrowd: readonly Member[] = [
  { name: 'both', state: 'running', networks: { yard: yard(10), lan: own(20, 'two') } },
  { name: 'yarder', state: 'running', networks: { yard: { Aliases: ['dog'] } } },
];

let stage: Stage;
let host: Stage['host'];
let desk: Stage['desk'];
let places: Awaited<ReturnType<typeof steadyPlacesOf>>;
/** Where another user, or another machine, has a state folder of its own. */
let elsewhere: Desk;
/** Another machine, and the same after it was booted. */
let far: readonly string[];
let farBooted: readonly string[];

beforeAll(async () => {
  stage = await openStage();
  ({ host, desk } = stage);
  far = await machine(desk, 'faraway');
  farBooted = await machine(desk, 'faraway', 2);
  await assembleBoth();
});

afterAll(() => stage[Symbol.asyncDispose]());

beforeEach(async () => {
  elsewhere = await openDesk(host);
});

afterEach(async ({ task }) => {
  await elsewhere[Symbol.asyncDispose]();
  if (task.result?.state !== 'fail') return;
  // What a failure leaves would fail the next test too.
  await clear(stage);
  await assembleBoth();
});

/** Both stacks are there, with everybody on their networks. */
async function assembleBoth(): Promise<void> {
  await assemble(stage, await next(home), crowd);
  await assemble(stage, await next(other), otherCrowd, 'yard');
  places = await steadyPlacesOf(host);
}

let tier = 0;

/** A spec by which the network of the stack has to be replaced. */
async function next(stack: typeof home): Promise<string> {
  tier += 1;
  return desk.write(`tier-${String(tier)}.yaml`, stack(String(tier)));
}

/** All is as it was, and nothing is unfinished. */
async function expectAsBefore(...specs: readonly string[]): Promise<void> {
  expect(await steadyPlacesOf(host)).toEqual(places);
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'lan', 'none', 'yard']);
  await expectSettled(stage, ...specs);
}

const replace = ['apply', '--yes', '--recreate', '--json'] as const;
const who = String.raw`stack home, process \d+ on \S+, since \d{4}-\d\d-\d\dT\S+`;
const LOCAL_LOCK = /Another netctl is at work on this engine \(process \d+, stack home, since \d{4}-\d\d-\d\dT\S+\)/;
const ENGINE_LOCK = new RegExp(`Another netctl is at work on this engine \\(${who}\\)`);
const ANOTHER_MACHINE = new RegExp(
  `A netctl of another machine is at work on this engine, or did not finish \\(${who}\\)`,
);

test.each([
  ['of one stack, from one directory', home, () => ({ from: desk, through: [] }), 'LOCKED', LOCAL_LOCK],
  ['of two stacks, from one directory', other, () => ({ from: desk, through: [] }), 'LOCKED', LOCAL_LOCK],
  ['of one stack, from two directories', home, () => ({ from: elsewhere, through: [] }), 'LOCKED', LOCAL_LOCK],
  [
    'of one stack, one from a network namespace of its own',
    home,
    () => ({ from: elsewhere, through: ownNetwork }),
    'LOCKED',
    ENGINE_LOCK,
  ],
  ['of one stack, from two machines', home, () => ({ from: elsewhere, through: far }), 'UNFINISHED', ANOTHER_MACHINE],
  ['of two stacks, from two machines', other, () => ({ from: elsewhere, through: far }), 'UNFINISHED', ANOTHER_MACHINE],
])(
  'two applies %s: the second one names the first and gives up, or waits',
  async (_title, stack, where, code, cause) => {
    const { from, through } = where();
    const spec = await next(home);
    const second = stack === home ? spec : await next(other);
    await using gate = await gateOf(host, afterRemoval(await networkId(host, 'lan')));
    const first = desk.start([...replace, spec, '--host', gate.dockerHost]);
    await gate.reached(first);
    await expectFailure((more) => from.netctl(['apply', second, '--yes', '--recreate', ...more], { through }), {
      exit: 75,
      code,
      cause,
      cure: /--wait 30s/,
    });

    await using watched = await proxyEngine(host.socket);
    const waiting = from.start([...replace, second, '--wait', '90s', '--host', watched.dockerHost], { through });
    // Where the lock of this machine does not reach, it looks at the engine again and again.
    const looks = through.length === 0 ? 1 : 3;
    await until('the second one has looked', async () =>
      Promise.resolve(watched.calls.filter(({ path }) => path === '/info').length >= looks),
    );
    gate.open();
    expectExit(await first.ended, 0);
    expectExit(await waiting.ended, 0);
    expect(await elsewhere.stateFiles()).toEqual([]);
    await expectAsBefore(spec, ...(second === spec ? [] : [second]));
  },
);

describe('begun on two machines at the same moment, each about to write its journal', () => {
  async function race(
    stacks: readonly [typeof home, typeof home],
    more: readonly string[],
  ): Promise<{ readonly specs: readonly string[]; readonly exits: readonly (number | null)[] }> {
    const spec = await next(stacks[0]);
    const second = stacks[1] === stacks[0] ? spec : await next(stacks[1]);
    await using one = await gateOf(host, beforeJournal);
    await using two = await gateOf(host, beforeJournal);
    const here = desk.start([...replace, ...more, spec, '--host', one.dockerHost]);
    const there = elsewhere.start([...replace, ...more, second, '--host', two.dockerHost], { through: far });
    await Promise.all([one.reached(here), two.reached(there)]);
    one.open();
    two.open();
    const ended = await Promise.all([here.ended, there.ended]);
    for (const result of ended) expect([0, 75], JSON.stringify(reportOf(result))).toContain(result.exitCode);
    return { specs: [spec, second], exits: ended.map(({ exitCode }) => exitCode) };
  }

  test.each([
    ['one stack', home],
    ['two stacks', other],
  ])('%s: one goes first, and the other waits', async (_title, second) => {
    const { specs, exits } = await race([home, second], ['--wait', '90s']);
    expect(exits).toEqual([0, 0]);
    expect(await elsewhere.stateFiles()).toEqual([]);
    await expectAsBefore(...new Set(specs));
  });

  test('without --wait one of them does it, and the other may get 75', async () => {
    const { specs, exits } = await race([home, home], []);
    expect(exits).toContain(0);
    expect(await elsewhere.stateFiles()).toEqual([]);
    await expectAsBefore(...new Set(specs));
  });
});

describe('an apply that was killed', () => {
  /** Killed at a call that the engine never gets to hear of. */
  async function killed(
    spec: string,
    holds: (id: string) => Holds,
    from: Desk,
    through: readonly string[] = [],
  ): Promise<void> {
    await using gate = await gateOf(host, holds(await networkId(host, 'lan')));
    const first = from.start([...replace, spec, '--host', gate.dockerHost], { through });
    await gate.reached(first);
    await first.signal('SIGKILL');
    await first.ended;
    gate.drop();
    expect(await networkNames(host)).toContain('netctl-journal');
    expect(await steadyPlacesOf(host)).not.toEqual(places);
  }

  test.each([
    ['everybody off', beforeRemoval],
    ['the network gone', afterRemoval],
    ['the new network there', () => beforeConnects],
  ])('on another machine, with %s: it stays so until --resume goes on with it', async (_when, holds) => {
    const spec = await next(home);
    await killed(spec, holds, elsewhere, far);
    for (const wanted of [spec, await next(other)]) {
      await expectFailure((more) => desk.netctl(['apply', wanted, '--yes', '--recreate', ...more]), {
        exit: 75,
        code: 'UNFINISHED',
        cause: /did not finish \(stack home, process \d+ on faraway, since \d{4}-\d\d-\d\dT\S+\)/,
        cure: /--resume puts back what it took off/,
      });
    }
    expectExit(await desk.netctl([...replace, spec, '--resume']), 0);
    await expectAsBefore(spec);
  });

  test('on another machine, by another stack: --resume puts its containers back, and its own apply does the rest', async () => {
    const spec = await next(home);
    const wanted = await next(other);
    await killed(spec, afterRemoval, elsewhere, far);
    expectExit(await desk.netctl([...replace, wanted, '--resume']), 0);
    await expectAsBefore(wanted);
    expectExit(await elsewhere.netctl([...replace, spec], { through: far }), 0);
    expect(await elsewhere.stateFiles()).toEqual([]);
    await expectAsBefore(spec, wanted);
  });

  test('on another machine, which then is booted: it goes on by itself', async () => {
    const spec = await next(home);
    await killed(spec, () => beforeConnects, elsewhere, far);
    expectExit(await elsewhere.netctl([...replace, spec], { through: farBooted }), 0);
    expect(await elsewhere.stateFiles()).toEqual([]);
    await expectAsBefore(spec);
  });

  test('here, and another stack comes: its containers are put back first, without being asked', async () => {
    const spec = await next(home);
    const wanted = await next(other);
    await killed(spec, afterRemoval, desk);
    expectExit(await desk.netctl([...replace, wanted]), 0);
    await expectAsBefore(wanted);
    expectExit(await desk.netctl([...replace, spec]), 0);
    await expectAsBefore(spec, wanted);
  });

  test('here, from another directory: it goes on by the copy in the engine', async () => {
    const spec = await next(home);
    await killed(spec, () => beforeConnects, elsewhere);
    expectExit(await desk.netctl([...replace, spec]), 0);
    await expectAsBefore(spec);
  });

  test('in a network namespace of its own: it is seen to be over', async () => {
    const spec = await next(home);
    await killed(spec, beforeRemoval, elsewhere, ownNetwork);
    expectExit(await desk.netctl([...replace, spec]), 0);
    await expectAsBefore(spec);
  });
});

test.each([
  ['everybody off', beforeRemoval],
  ['the network gone', afterRemoval],
  ['the new network there', () => beforeConnects],
])('--resume over one that is alive after all, with %s: nobody is lost, and both specs hold', async (_when, holds) => {
  const spec = await next(home);
  const wanted = await next(other);
  await using gate = await gateOf(host, holds(await networkId(host, 'lan')));
  const first = elsewhere.start([...replace, spec, '--host', gate.dockerHost], { through: far });
  await gate.reached(first);
  expectExit(await desk.netctl([...replace, wanted, '--resume']), 0);
  gate.open();
  const ended = await first.ended;
  expect([0, 1], JSON.stringify(reportOf(ended))).toContain(ended.exitCode);
  expect(await steadyPlacesOf(host)).toEqual(places);
  expectExit(await elsewhere.netctl([...replace, spec], { through: far }), 0);
  expect(await elsewhere.stateFiles()).toEqual([]);
  await expectAsBefore(spec, wanted);
});
