import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  askEngine,
  inspectNetwork,
  makeForeignNetwork,
  networkNames,
  removeForeignNetwork,
} from './support/engine-client.js';
import { itemsOf, reportOf } from './support/netctl.js';
import { join, type Member } from './support/replace/crowd.js';
import {
  afterRemoval,
  beforeConnects,
  beforeJournal,
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

/* Somebody else changes the network that is being replaced, between the plan and a step of it. */

let stage: Stage;
let host: Stage['host'];
let desk: Stage['desk'];
let before: string;
let after: string;

beforeAll(async () => {
  stage = await openStage();
  ({ host, desk } = stage);
  before = await desk.write('before.yaml', home('a'));
  after = await desk.write('after.yaml', home('b'));
});

afterAll(() => stage[Symbol.asyncDispose]());

afterEach(() => clear(stage));

const replace = ['apply', '--yes', '--recreate', '--json'] as const;

const crowd: readonly Member[] = [
  { name: 'fixed', state: 'running', networks: { lan: own(10, 'stays') } },
  { name: 'chance', state: 'running', networks: { lan: { Aliases: ['luck'] } } },
  { name: 'over', state: 'exited', networks: { lan: own(12, 'was') } },
];

/** An apply that is held, and what it comes to after somebody else did something. */
async function meanwhile(holds: Holds, act: () => Promise<unknown>) {
  await using gate = await gateOf(host, holds);
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  await act();
  gate.open();
  return await applying.ended;
}

/** The look for who has come since, after all were taken off: the last one before the removal. */
const beforeLastLook: Holds = ({ method, path }, earlier) =>
  method === 'GET' &&
  path === '/containers/json' &&
  earlier.filter((call) => call.path.endsWith('/disconnect')).length === crowd.length;

async function takeOff(network: string): Promise<void> {
  for (const { name } of crowd) {
    await askEngine(host, 'POST', `/networks/${network}/disconnect`, { Container: name });
  }
}

const guest: Member = { name: 'guest', state: 'running', networks: { lan: { Aliases: ['visitor'] } } };
const idle: Member = { name: 'idle', state: 'created', networks: { lan: own(50, 'idler') } };

/** Takes the place of `lan`, with somebody on it. */
async function usurp(): Promise<string> {
  const id = await makeForeignNetwork(host, 'lan', { IPAM: { Config: [{ Subnet: '10.77.0.0/24' }] } });
  await join(host, stage.image, guest);
  return id;
}

/** The foreign network is as it was made, and so is who is on it; everybody else is off, and known to the journal. */
async function expectForeignUntouched(id: string): Promise<void> {
  expect(await inspectNetwork(host, 'lan')).toMatchObject({
    Id: id,
    Labels: {},
    IPAM: { Config: [expect.objectContaining({ Subnet: '10.77.0.0/24' })] },
  });
  const places = await steadyPlacesOf(host);
  expect(places['guest']).toMatchObject({ state: 'running', networks: { lan: { live: true, aliases: ['visitor'] } } });
}

/** He leaves with his network, and the same command brings everybody back to where he was. */
async function expectEndsWell(foreign: string, places: Readonly<Record<string, unknown>>): Promise<void> {
  await askEngine(host, 'DELETE', '/containers/guest?force=1');
  await removeForeignNetwork(host, foreign);
  expectExit(await desk.netctl([...replace, after]), 0);
  expect(await steadyPlacesOf(host)).toEqual(places);
  await expectSettled(stage, after);
}

describe('between the plan and the first step', () => {
  test('the network is removed: it is made again, with nobody on it that left', async () => {
    const id = await assemble(stage, before, crowd);
    const ended = await meanwhile(beforeJournal, async () => {
      await takeOff(id);
      await removeForeignNetwork(host, id);
    });
    expectExit(ended, 0);
    expect(reportOf(ended).done?.map(({ op }) => op)).toEqual(['network.create']);
    await expectSettled(stage, after);
  });

  test('another network has taken the name: refused, and untouched', async () => {
    const id = await assemble(stage, before, crowd);
    let foreign = '';
    const ended = await meanwhile(beforeJournal, async () => {
      await takeOff(id);
      await removeForeignNetwork(host, id);
      foreign = await usurp();
    });
    expectExit(ended, 3);
    expect(itemsOf(ended).filter(({ event }) => event === 'step')).toEqual([]);
    await expectForeignUntouched(foreign);
    expect(await networkNames(host)).not.toContain('netctl-journal');
    expect(await desk.stateFiles()).toEqual([]);
  });

  test.each([
    ['a running container', guest],
    ['a container that never ran', idle],
  ])('%s comes: the plan is made again, and it is moved too', async (_who, member) => {
    await assemble(stage, before, crowd);
    let places = {};
    const ended = await meanwhile(beforeJournal, async () => {
      await join(host, stage.image, member);
      places = await steadyPlacesOf(host);
    });
    expectExit(ended, 0);
    expect(movedOf(ended)).toEqual({
      chance: 'restored',
      fixed: 'restored',
      [member.name]: 'restored',
      over: 'restored',
    });
    expect(await steadyPlacesOf(host)).toEqual(places);
    await expectSettled(stage, after);
  });

  test('a container is restarted: nothing else is different, and it is moved', async () => {
    await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const ended = await meanwhile(beforeJournal, async () => askEngine(host, 'POST', '/containers/fixed/restart?t=1'));
    expectExit(ended, 0);
    expect(await steadyPlacesOf(host)).toEqual(places);
    await expectSettled(stage, after);
  });
});

describe('when everybody is off', () => {
  test('the network is removed: that was to be done', async () => {
    const id = await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const ended = await meanwhile(beforeRemoval(id), async () => removeForeignNetwork(host, id));
    expectExit(ended, 0);
    expect(await steadyPlacesOf(host)).toEqual(places);
    await expectSettled(stage, after);
  });

  test.each([
    ['a running container', guest],
    ['a container that never ran', idle],
  ])('%s comes before the last look: everybody is put back, and the next apply moves it too', async (_who, member) => {
    const id = await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const ended = await meanwhile(beforeLastLook, async () => join(host, stage.image, member));
    expectExit(ended, 1);
    expect(reportOf(ended).error).toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringMatching(`Network lan has got somebody since this was planned: .*${member.name}`) as string,
    });
    expect(await networkId(host, 'lan')).toBe(id);
    const now = await steadyPlacesOf(host);
    expect(now).toMatchObject({ ...withoutChance(places), [member.name]: { networks: { lan: { live: true } } } });
    expectExit(await desk.netctl([...replace, after]), 0);
    expect(await steadyPlacesOf(host)).toEqual(now);
    expect(await networkId(host, 'lan')).not.toBe(id);
    await expectSettled(stage, after);
  });

  test('a running container comes after the last look: the engine keeps the network, and everybody is put back', async () => {
    const id = await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const ended = await meanwhile(beforeRemoval(id), async () => join(host, stage.image, guest));
    expectExit(ended, 1);
    expect(reportOf(ended).error?.message).toMatch(/has active endpoints|is in use/);
    const now = await steadyPlacesOf(host);
    expect(now).toMatchObject({ ...withoutChance(places), guest: { networks: { lan: { live: true } } } });
    expectExit(await desk.netctl([...replace, after]), 0);
    expect(await steadyPlacesOf(host)).toEqual(now);
    await expectSettled(stage, after);
  });

  test('a container that does not run comes after the last look: it starts on the new network', async () => {
    const id = await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const stopped: Member = { name: 'halted', state: 'exited', networks: { bridge: {} } };
    await join(host, stage.image, stopped);
    const ended = await meanwhile(beforeRemoval(id), async () => {
      await join(host, stage.image, idle);
      const body = { Container: 'halted', EndpointConfig: own(51, 'rest') };
      await askEngine(host, 'POST', `/networks/${id}/connect`, body);
    });
    expectExit(ended, 0);
    for (const name of ['idle', 'halted']) await askEngine(host, 'POST', `/containers/${name}/start`);
    expect(await steadyPlacesOf(host)).toMatchObject({
      ...places,
      idle: { state: 'running', networks: { lan: { live: true, ipv4: '10.5.0.50' } } },
      halted: { state: 'running', networks: { lan: { live: true, ipv4: '10.5.0.51' } } },
    });
    await expectSettled(stage, after);
  });

  test.each([
    ['before the removal', beforeRemoval],
    ['after the removal', afterRemoval],
  ])('another network takes the name %s: it is untouched, and everybody is in the journal', async (_when, holds) => {
    const id = await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    let foreign = '';
    const ended = await meanwhile(holds(id), async () => {
      if (holds === beforeRemoval) await removeForeignNetwork(host, id);
      foreign = await usurp();
    });
    expectExit(ended, 1);
    await expectForeignUntouched(foreign);
    expect(await networkNames(host)).toContain('netctl-journal');
    const refused = await desk.netctl([...replace, after]);
    expectExit(refused, 3);
    await expectForeignUntouched(foreign);
    await expectEndsWell(foreign, places);
  });
});

describe('when the new network is there and nobody is on it', () => {
  test('it is removed: the old one is made again, with everybody on it', async () => {
    await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    const ended = await meanwhile(beforeConnects, async () => removeForeignNetwork(host, await networkId(host, 'lan')));
    expectExit(ended, 1);
    expect((await inspectNetwork(host, 'lan')).Labels).toMatchObject({ tier: 'a' });
    expect(await steadyPlacesOf(host)).toEqual(places);
    expectExit(await desk.netctl([...replace, after]), 0);
    expect(await steadyPlacesOf(host)).toEqual(places);
    await expectSettled(stage, after);
  });

  test('another one takes its place: it is untouched, and everybody is in the journal', async () => {
    await assemble(stage, before, crowd);
    const places = await steadyPlacesOf(host);
    let foreign = '';
    const ended = await meanwhile(beforeConnects, async () => {
      await removeForeignNetwork(host, await networkId(host, 'lan'));
      foreign = await usurp();
    });
    expectExit(ended, 1);
    await expectForeignUntouched(foreign);
    await expectEndsWell(foreign, places);
  });
});

/** While they were off somebody else may have been given an address that nobody asked for. */
function withoutChance(places: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...places, chance: { state: 'running', networks: { lan: { live: true, aliases: ['luck'] } } } };
}
