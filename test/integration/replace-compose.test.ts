import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reportOf } from './support/netctl.js';
import { composed, composeProgram, composeUp, writeProject } from './support/replace/compose.js';
import type { Member } from './support/replace/crowd.js';
import {
  afterRemoval,
  beforeConnects,
  beforeParks,
  beforeRemoval,
  gateOf,
  type Holds,
} from './support/replace/gate.js';
import {
  assemble,
  clear,
  expectExit,
  expectSettled,
  home,
  movedOf,
  networkId,
  openStage,
  own,
  type Stage,
  steadyPlacesOf,
} from './support/replace/stage.js';

/* `docker compose up` in the middle of a replacement, on a project whose external network it is. */

const crowd: readonly Member[] = [
  { name: 'fixed', state: 'running', networks: { lan: own(10, 'stays') } },
  { name: 'over', state: 'exited', networks: { lan: own(12, 'was') } },
];

describe.skipIf(composeProgram === undefined)('Docker Compose', () => {
  let stage: Stage;
  let host: Stage['host'];
  let desk: Stage['desk'];
  let after: string;
  let project: string;
  let id: string;
  let places: Awaited<ReturnType<typeof steadyPlacesOf>>;
  let first: Readonly<Record<string, string>>;

  beforeAll(async () => {
    stage = await openStage();
    ({ host, desk } = stage);
    after = await desk.write('after.yaml', home('b'));
    project = await writeProject(desk, stage.image);
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  beforeEach(async () => {
    await clear(stage);
    id = await assemble(stage, await desk.write('before.yaml', home('a')), crowd);
    const up = await composeUp(host, project);
    expect(up.exitCode, up.stderr).toBe(0);
    places = await steadyPlacesOf(host);
    first = await composed(host);
    expect(Object.keys(first)).toEqual(['shop-cart-1', 'shop-till-1']);
  });

  const replace = ['apply', '--yes', '--recreate', '--json'] as const;

  /** `docker compose up` while an apply is held, and what comes of both. */
  async function upMeanwhile(holds: Holds, held: number) {
    await using gate = await gateOf(host, holds);
    const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
    await gate.reached(applying, held);
    const up = await composeUp(host, project);
    gate.open();
    return { up, ended: await applying.ended };
  }

  /** Everybody is where he was, whatever ids Compose's containers have, and it finds nothing to do. */
  async function expectAtHome(): Promise<void> {
    expect(await steadyPlacesOf(host)).toEqual(places);
    const ids = await composed(host);
    const up = await composeUp(host, project);
    expect(up.exitCode, up.stderr).toBe(0);
    expect(await composed(host)).toEqual(ids);
    expect(await steadyPlacesOf(host)).toEqual(places);
    await expectSettled(stage, after);
  }

  test('before and after, nothing is recreated', async () => {
    expectExit(await desk.netctl([...replace, after]), 0);
    await expectAtHome();
    expect(await composed(host)).toEqual(first);
  });

  test('up with the new network there: it makes new containers, and the old ones are gone', async () => {
    const { up, ended } = await upMeanwhile(beforeConnects, 1);
    expect(up.exitCode, up.stderr).toBe(0);
    expectExit(ended, 0);
    expect(movedOf(ended)).toMatchObject({ 'shop-cart-1': 'gone', 'shop-till-1': 'gone', fixed: 'restored' });
    const now = await composed(host);
    for (const [name, was] of Object.entries(first)) expect(now[name]).not.toBe(was);
    await expectAtHome();
  });

  test('up with the network gone: it fails, and harms nobody', async () => {
    const { up, ended } = await upMeanwhile(afterRemoval(id), 1);
    expect(up.exitCode).not.toBe(0);
    expect(up.stderr).toContain('lan');
    expectExit(ended, 0);
    expect(await composed(host)).toEqual(first);
    await expectAtHome();
  });

  test('up with everybody off: it makes new containers on the old network, which is kept; the next apply moves them', async () => {
    const { up, ended } = await upMeanwhile(beforeRemoval(id), 1);
    expect(up.exitCode, up.stderr).toBe(0);
    expectExit(ended, 1);
    expect(reportOf(ended).error?.message).toMatch(/network lan (id \S+ )?has active endpoints|is in use/);
    expect(await networkId(host, 'lan')).toBe(id);
    const now = await composed(host);
    for (const [name, was] of Object.entries(first)) expect(now[name]).not.toBe(was);
    expect(await steadyPlacesOf(host)).toEqual(places);
    expectExit(await desk.netctl([...replace, after]), 0);
    expect(await networkId(host, 'lan')).not.toBe(id);
    expect(await composed(host)).toEqual(now);
    await expectAtHome();
  });

  test('up with containers about to be taken off: it finds nothing to do, and they are moved', async () => {
    const { up, ended } = await upMeanwhile(beforeParks(id), 4);
    expect(up.exitCode, up.stderr).toBe(0);
    expectExit(ended, 0);
    expect(await composed(host)).toEqual(first);
    await expectAtHome();
  });
});
