import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { askEngine, tryEngine } from './support/engine-client.js';
import { placesOf, type Member } from './support/replace/crowd.js';
import { afterRemoval, beforeConnects, beforeParks, beforeRemoval, gateOf } from './support/replace/gate.js';
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
import { until } from './support/until.js';

/* Containers do not wait while their network is being replaced: people, restart policies and Compose go on meanwhile. */

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
const act = async (what: string, name: string): Promise<unknown> =>
  askEngine(host, 'POST', `/containers/${name}/${what}`);

const crowd: readonly Member[] = [
  { name: 'kept', state: 'running', networks: { lan: own(10, 'stays') } },
  { name: 'removed', state: 'running', networks: { lan: own(11) } },
  { name: 'started', state: 'exited', networks: { lan: own(12, 'begun') } },
  { name: 'stopped', state: 'running', networks: { lan: own(13, 'ended') } },
  { name: 'taken', state: 'running', networks: { lan: own(14, 'mine') } },
  { name: 'chance', state: 'running', networks: { lan: { Aliases: ['luck'] } } },
];

/** With them so many have addresses of their own as are moved at one time, and these come first. */
const more = [20, 21, 22].map((last): Member => ({
  name: `fixed-${String(last)}`,
  state: 'running',
  networks: { lan: own(last) },
}));
const AT_ONCE = 8;

test.each([
  ['everybody is off and the network is still there', beforeRemoval],
  ['the network is gone', afterRemoval],
  ['the new network is there', () => beforeConnects],
])('a person starts, stops and removes containers while %s', async (_when, holds) => {
  const id = await assemble(stage, before, crowd);
  const places = await steadyPlacesOf(host);
  await using gate = await gateOf(host, holds(id));
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  await act('start', 'started');
  await act('stop?t=1', 'stopped');
  await askEngine(host, 'DELETE', '/containers/removed?force=1');
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 0);
  expect(movedOf(ended)).toEqual({
    chance: 'restored',
    kept: 'restored',
    removed: 'gone',
    started: 'restored',
    stopped: 'restored',
    taken: 'restored',
  });
  const now = await steadyPlacesOf(host);
  const { removed, ...others } = places;
  expect(removed).toBeDefined();
  expect({ ...now, started: undefined }).toEqual({ ...others, started: undefined });
  expect(now['started']).toMatchObject({
    state: 'running',
    networks: { lan: { live: true, ipv4: '10.5.0.12', aliases: ['begun'] } },
  });
  await expectSettled(stage, after);
});

test('who connects a container to the new network by hand wins, with the settings of his own', async () => {
  const id = await assemble(stage, before, crowd);
  const places = await steadyPlacesOf(host);
  await using gate = await gateOf(host, beforeConnects);
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  const mine = { IPAMConfig: { IPv4Address: '10.5.0.99' }, Aliases: ['other'] };
  expect(await networkId(host, 'lan')).not.toBe(id);
  for (const [Container, EndpointConfig] of [
    // It is running, and its own connect is held; the other one's turn has not come.
    ['taken', mine],
    ['chance', { Aliases: ['hand'] }],
  ]) {
    await askEngine(host, 'POST', '/networks/lan/connect', { Container, EndpointConfig });
  }
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 0);
  expect(movedOf(ended)).toMatchObject({ kept: 'restored', taken: 'attached', chance: 'attached' });
  const now = await steadyPlacesOf(host);
  expect(now['taken']).toMatchObject({ networks: { lan: { live: true, ipv4: '10.5.0.99', aliases: ['other'] } } });
  expect(now['chance']).toMatchObject({ networks: { lan: { live: true, aliases: ['hand'] } } });
  expect({ ...now, taken: undefined, chance: undefined }).toEqual({ ...places, taken: undefined, chance: undefined });
  await expectSettled(stage, after);
});

test('who connects a container to the old network by hand keeps it from being removed, and everybody is put back', async () => {
  const id = await assemble(stage, before, crowd);
  const places = await steadyPlacesOf(host);
  // The look for who has come since is held too, so that he is seen.
  await using gate = await gateOf(
    host,
    ({ method, path }, earlier) =>
      method === 'GET' &&
      path === '/containers/json' &&
      earlier.filter((call) => call.path.endsWith('/disconnect')).length === crowd.length,
  );
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  const mine = { IPAMConfig: { IPv4Address: '10.5.0.99' }, Aliases: ['other'] };
  await askEngine(host, 'POST', `/networks/${id}/connect`, { Container: 'taken', EndpointConfig: mine });
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 1);
  expect(ended.stdout).toMatch(/has got somebody since this was planned: .*taken/);
  expect(await networkId(host, 'lan')).toBe(id);
  const now = await steadyPlacesOf(host);
  expect(now['taken']).toMatchObject({ networks: { lan: { live: true, ipv4: '10.5.0.99', aliases: ['other'] } } });
  expect({ ...now, taken: undefined }).toEqual({ ...places, taken: undefined });

  const again = await desk.netctl([...replace, after]);
  expectExit(again, 0);
  expect(await networkId(host, 'lan')).not.toBe(id);
  expect(await steadyPlacesOf(host)).toEqual(now);
  await expectSettled(stage, after);
});

test('who is disconnected or removed by a person before it is parked stays off, and is told', async () => {
  const dynamic = ['one', 'two'].map((name): Member => ({ name, state: 'running', networks: { lan: {} } }));
  const id = await assemble(stage, before, [...crowd, ...more, ...dynamic]);
  const places = await steadyPlacesOf(host);
  await using gate = await gateOf(host, beforeParks(id));
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  // The others have not been looked at.
  await gate.reached(applying, AT_ONCE);
  await askEngine(host, 'POST', `/networks/${id}/disconnect`, { Container: 'two' });
  await askEngine(host, 'DELETE', '/containers/one?force=1');
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 0);
  expect(movedOf(ended)).toMatchObject({ kept: 'restored', chance: 'restored', one: 'gone', two: 'away' });
  const now = await steadyPlacesOf(host);
  expect(now['two']).toMatchObject({ state: 'running', networks: {} });
  expect({ ...now, two: undefined }).toEqual({ ...places, one: undefined, two: undefined });
  await expectSettled(stage, after);
});

test('who is connected otherwise by a person before it is parked is not moved by a plan that did not know', async () => {
  const last: Member = { name: 'last', state: 'running', networks: { lan: {} } };
  const id = await assemble(stage, before, [...crowd, ...more, last]);
  const places = await steadyPlacesOf(host);
  await using gate = await gateOf(host, beforeParks(id));
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying, AT_ONCE);
  await askEngine(host, 'POST', `/networks/${id}/disconnect`, { Container: 'last' });
  const mine = { IPAMConfig: { IPv4Address: '10.5.0.77' }, Aliases: ['late'] };
  await askEngine(host, 'POST', `/networks/${id}/connect`, { Container: 'last', EndpointConfig: mine });
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 1);
  expect(ended.stdout).toContain('Container last is on network lan otherwise than when this was planned');
  const now = await steadyPlacesOf(host);
  expect(now['last']).toMatchObject({ networks: { lan: { ipv4: '10.5.0.77', aliases: ['late'] } } });
  expect({ ...now, last: undefined }).toEqual({ ...places, last: undefined });

  const again = await desk.netctl([...replace, after]);
  expectExit(again, 0);
  expect(await steadyPlacesOf(host)).toEqual(now);
  await expectSettled(stage, after);
});

test('a restart policy starts a container while it is off its network', async () => {
  const restless: Member = {
    name: 'restless',
    state: 'running',
    networks: { lan: own(40, 'again') },
    host: { RestartPolicy: { Name: 'always' } },
  };
  const id = await assemble(stage, before, [...crowd, restless]);
  await using gate = await gateOf(host, afterRemoval(id));
  const applying = desk.start([...replace, after, '--host', gate.dockerHost]);
  await gate.reached(applying);
  const { State } = await askEngine<Inspected>(host, 'GET', '/containers/restless/json');
  // As the process itself would end: a kill by the engine is a person's wish, which its policy honours.
  await host.run('kill', ['-KILL', String(State.Pid)]);
  await until('it was started again', async () => {
    const now = await askEngine<Inspected>(host, 'GET', '/containers/restless/json');
    return now.RestartCount === 1 && now.State.Status === 'running' && now;
  });
  gate.open();
  const ended = await applying.ended;
  expectExit(ended, 0);
  expect(movedOf(ended)).toMatchObject({ restless: 'restored' });
  const { networks } = (await placesOf(host))['restless'] as { readonly networks: object };
  expect(networks).toMatchObject({ lan: { live: true, asked: { IPv4Address: '10.5.0.40' }, aliases: ['again'] } });
  const pinged = await tryEngine(host, 'GET', '/containers/restless/json');
  expect(pinged.text).toContain('"IPAddress":"10.5.0.40"');
  await expectSettled(stage, after);
});

interface Inspected {
  readonly RestartCount: number;
  readonly State: { readonly Status: string; readonly Pid: number };
}
