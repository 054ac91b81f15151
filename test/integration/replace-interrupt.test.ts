import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { networkNames } from './support/engine-client.js';
import type { Member } from './support/replace/crowd.js';
import { afterRemoval, beforeConnects, beforeParks, beforeRemoval, gateOf } from './support/replace/gate.js';
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
  steadyPlacesOf,
} from './support/replace/stage.js';

/* Ctrl-C and SIGTERM in the middle of a replacement. */

let stage: Stage;
let host: Stage['host'];
let desk: Stage['desk'];
let after: string;
let id: string;
let places: Awaited<ReturnType<typeof steadyPlacesOf>>;

beforeAll(async () => {
  stage = await openStage();
  ({ host, desk } = stage);
  after = await desk.write('after.yaml', home('b'));
});

afterAll(() => stage[Symbol.asyncDispose]());

beforeEach(async () => {
  await clear(stage);
  id = await assemble(stage, await desk.write('before.yaml', home('a')), crowd);
  places = await steadyPlacesOf(host);
});

const replace = ['apply', '--yes', '--recreate'] as const;

const crowd: readonly Member[] = [
  // With the others two more than are moved at one time.
  ...[10, 11, 12, 13, 14, 15, 16, 17].map((last): Member => ({
    name: `fixed-${String(last)}`,
    state: 'running',
    networks: { lan: own(last, `alias-${String(last)}`) },
  })),
  { name: 'over', state: 'exited', networks: { lan: own(20, 'was') } },
  { name: 'chance', state: 'running', networks: { lan: { Aliases: ['luck'] } } },
];

const points = [
  ['while containers are being taken off', beforeParks, 8, 8, '1 to replace, 2 containers to move, 8 to put on'],
  ['at the removal', beforeRemoval, 1, 11, '1 to make, 10 to put on'],
  ['at the new network', afterRemoval, 1, 12, '10 to put on'],
  ['while containers are being put back', () => beforeConnects, 8, 20, '2 to put on'],
] as const;

test.each(points)(
  'SIGINT %s: the step in hand is finished, and everybody is put back',
  async (_when, holds, held, done, left) => {
    await using gate = await gateOf(host, holds(id));
    const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
    await gate.reached(applying, held);
    await applying.signal('SIGINT');
    gate.open();
    const { exitCode, stdout, stderr } = await applying.ended;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toContain(`netctl: Interrupted: ${String(done)} of 22 steps were done\n`);
    expect(stderr).toContain(`the same command goes on from what is there. Not begun: ${left}.\n`);
    expect(stdout).toMatch(/^done: take container fixed-10 off network lan$/m);
    expect(await steadyPlacesOf(host)).toEqual(places);
    const finished = await desk.netctl([...replace, after, '--json']);
    expectExit(finished, 0);
    expect(await steadyPlacesOf(host)).toEqual(places);
    expect(await networkId(host, 'lan')).not.toBe(id);
    await expectSettled(stage, after);
  },
);

test('SIGTERM does the same, with a status of its own', async () => {
  await using gate = await gateOf(host, afterRemoval(id));
  const applying = desk.start([...replace, after, '--json', '--host', gate.dockerHost]);
  await gate.reached(applying);
  await applying.signal('SIGTERM');
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 143);
  expect(ended.stdout).toContain('"code":"TERMINATED"');
  expect(await steadyPlacesOf(host)).toEqual(places);
  expectExit(await desk.netctl([...replace, after, '--json']), 0);
  expect(await steadyPlacesOf(host)).toEqual(places);
  await expectSettled(stage, after);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a second %s ends it at once, and the next apply brings everybody back', async (signal, exit) => {
  await using gate = await gateOf(host, afterRemoval(id));
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  await applying.signal(signal);
  await applying.signal(signal);
  expect((await applying.ended).exitCode).toBe(exit);
  gate.drop();
  expect(await networkNames(host)).toContain('netctl-journal');
  expect(await networkNames(host)).not.toContain('lan');
  expectExit(await desk.netctl([...replace, after, '--json']), 0);
  expect(await steadyPlacesOf(host)).toEqual(places);
  await expectSettled(stage, after);
});
