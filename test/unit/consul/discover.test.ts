import { setTimeout as delay } from 'node:timers/promises';
import type { EngineBackend, EngineEvent, Workload } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import { expect, test } from 'vitest';
import type { Consul } from '../../../packages/consul/src/connect.js';
import { discover } from '../../../packages/consul/src/discovery/discover.js';
import type { DiscoverOptions } from '../../../packages/consul/src/discovery/discover.js';
import type { DiscoveryEvent } from '../../../packages/consul/src/discovery/events.js';
import type { ServiceRegistration } from '../../../packages/consul/src/registration.js';
import { until } from '../../integration/support/until.js';
import { workload } from './workload.js';

/* The loop of service discovery with an engine and an agent in memory. Real ones are in test/integration/discovery.test.ts. */

/** The timer alone would come too late for any test. */
const timing = { debounce: 5, ceiling: 50, interval: 600_000, backoff: { first: 10, longest: 40 } };

interface Bench extends AsyncDisposable {
  /** What the engine lists. */
  workloads: readonly Workload[];
  /** What its calls fail with. */
  engineFault: Error | undefined;
  /** What the agent's calls fail with. */
  agentFault: Error | undefined;
  readonly registered: ReadonlyMap<string, ServiceRegistration>;
  readonly events: readonly DiscoveryEvent[];
  /** How often the engine was reached and listed its containers. */
  readonly counts: { opened: number; listed: number };
  tell(type: string, action: string): void;
  /** The engine ends its stream. */
  hangUp(): void;
  /** Waits for these services, by name. */
  has(...names: readonly string[]): Promise<void>;
  of(event: DiscoveryEvent['event']): readonly DiscoveryEvent[];
  readonly ended: ReturnType<typeof discover>;
  readonly controller: AbortController;
}

function start(more: Partial<DiscoverOptions> = {}, isDeaf = false): Bench {
  const registered = new Map<string, ServiceRegistration>();
  const events: DiscoveryEvent[] = [];
  const counts = { opened: 0, listed: 0 };
  const controller = new AbortController();
  let stream: { hear: (event: EngineEvent) => void; end: () => void } | undefined;
  const engine = (): EngineBackend =>
    ({
      observe: () => Promise.resolve({ engine: { name: 'box', id: 'ENGINE' } }),
      workloads: () => {
        counts.listed += 1;
        return bench.engineFault === undefined ? Promise.resolve(bench.workloads) : Promise.reject(bench.engineFault);
      },
      events: (hear: (event: EngineEvent) => void, signal: AbortSignal, onOpen: () => void) => {
        if (isDeaf) return Promise.reject(new NetctlError('ENGINE_ERROR', 'it is forbidden here'));
        onOpen();
        return new Promise<void>((resolve) => {
          stream = { hear, end: resolve };
          signal.addEventListener('abort', () => resolve());
        });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }) as unknown as EngineBackend;
  const call: Consul['client']['call'] = async (_method, path, { body } = {}) => {
    await Promise.resolve();
    if (bench.agentFault !== undefined) throw bench.agentFault;
    const [, , , kind = '', what = '', id = ''] = path.split('/');
    if (`${kind}/${what}` === 'service/register') {
      const service = body as ServiceRegistration;
      registered.set(service.ID, service);
    } else if (`${kind}/${what}` === 'service/deregister') registered.delete(decodeURIComponent(id));
    if (kind === 'services') return JSON.stringify(Object.fromEntries([...registered.values()].map(live)));
    if (kind === 'checks') return JSON.stringify(Object.fromEntries([...registered.values()].flatMap(checks)));
    return '';
  };
  const consul: Consul = {
    where: 'memory',
    tokenInTheClear: false,
    client: { where: 'memory', call, close: () => undefined },
    tokenMark: '',
    credentials: '',
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const open = (): Promise<EngineBackend> => {
    counts.opened += 1;
    return bench.engineFault === undefined ? Promise.resolve(engine()) : Promise.reject(bench.engineFault);
  };
  const onEvent = (event: DiscoveryEvent): void => void events.push(event);
  const bench: Omit<Bench, 'ended'> = {
    workloads: [],
    engineFault: undefined,
    agentFault: undefined,
    ...{ registered, events, counts, controller },
    tell: (type, action) => stream?.hear({ type, action, id: 'x' }),
    hangUp: () => stream?.end(),
    has: async (...names) => {
      const there = (): string =>
        [...registered.values()]
          .map(({ Name }) => Name)
          .filter((name) => name !== 'netctl')
          .sort()
          .join();
      await until(`${names.join()} are registered`, () => Promise.resolve(there() === [...names].sort().join()));
    },
    of: (event) => events.filter((one) => one.event === event),
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await (bench as Bench).ended.catch(() => undefined);
    },
  };
  const ended = discover(
    { stack: 'home', host: 'local', networks: ['app'], open, consul, timing, onEvent, ...more },
    controller.signal,
  );
  return Object.assign(bench, { ended });
}

function live({ ID, Name, Tags, Address, Port, Meta }: ServiceRegistration): readonly [string, object] {
  const Weights = { Passing: 1, Warning: 1 };
  return [ID, { ID, Service: Name, Tags, Address, Port, Meta, Weights, EnableTagOverride: false }];
}

function checks({ ID, Checks = [] }: ServiceRegistration): readonly (readonly [string, object])[] {
  return Checks.map(
    ({ CheckID = '', Name }) => [CheckID, { CheckID, Name, Status: 'passing', ServiceID: ID }] as const,
  );
}

const web = workload({ name: 'web', id: 'a', ports: [80], env: { SERVICE_NAME: 'web' } });
const api = workload({ name: 'api', id: 'b', ports: [81], env: { SERVICE_NAME: 'api' }, address: '10.0.0.3' });

test('the first look and each event of the engine make the agent what the containers are', async () => {
  await using bench = start();
  await until('it looks', () => Promise.resolve(bench.counts.listed === 1));
  await bench.has();
  bench.workloads = [web, api];
  bench.tell('container', 'start');
  await bench.has('web', 'api');
  bench.workloads = [api];
  bench.tell('container', 'die');
  await bench.has('api');
  expect(bench.of('services')).toMatchObject([{ registered: 0 }, { registered: 2 }, { registered: 1 }]);
  expect(bench.of('registered')).toMatchObject([
    { registered: ['netctl:home:box:app:api:81', 'netctl:home:box:app:web:80'], deregistered: [] },
    { registered: [], deregistered: ['netctl:home:box:app:web:80'] },
  ]);
});

test.each([
  ...['start', 'die', 'pause', 'unpause', 'rename', 'destroy'].map((action) => ['container', action] as const),
  ...['connect', 'disconnect', 'destroy'].map((action) => ['network', action] as const),
  ['unknown', 'unknown'] as const,
])('%s %s is a reason to look', async (type, action) => {
  await using bench = start();
  await until('it looks', () => Promise.resolve(bench.counts.listed === 1));
  bench.tell(type, action);
  await until('it looks again', () => Promise.resolve(bench.counts.listed === 2));
});

test('what changes nothing of who is where is no reason to look', async () => {
  await using bench = start();
  await until('it looks', () => Promise.resolve(bench.counts.listed === 1));
  for (const action of ['create', 'health_status: healthy', 'update']) bench.tell('container', action);
  for (const type of ['service', 'node', 'daemon']) bench.tell(type, 'update');
  await delay(100);
  expect(bench.counts.listed).toBe(1);
});

test('an engine that lists a connection after it has told of it is looked at once more', async () => {
  await using bench = start();
  await until('it looks', () => Promise.resolve(bench.counts.listed === 1));
  bench.tell('network', 'connect');
  await until('it has looked', () => Promise.resolve(bench.counts.listed === 2));
  bench.workloads = [web];
  await bench.has('web');
  expect(bench.counts.listed).toBe(3);
});

test('an agent that is away is told of once, and gets the whole state when it is there', async () => {
  await using bench = start();
  bench.workloads = [web];
  bench.agentFault = new NetctlError('CONSUL_UNREACHABLE', 'nothing listens there', { hint: 'Start it.' });
  await until('it has tried again', () => Promise.resolve(bench.counts.listed > 4));
  bench.workloads = [api];
  bench.agentFault = undefined;
  await bench.has('api');
  expect(bench.of('discovery')).toEqual([
    {
      event: 'discovery',
      host: 'local',
      state: 'failed',
      code: 'CONSUL_UNREACHABLE',
      message: 'nothing listens there',
      hint: 'Start it.',
    },
    { event: 'discovery', host: 'local', state: 'working' },
  ]);
});

test('an engine that goes is connected to again, and nothing is deregistered meanwhile', async () => {
  await using bench = start();
  bench.workloads = [web];
  await bench.has('web');
  bench.engineFault = new NetctlError('ENGINE_UNREACHABLE', 'it is down');
  bench.hangUp();
  await until('it has tried again', () => Promise.resolve(bench.counts.opened > 3));
  await bench.has('web');
  bench.engineFault = undefined;
  bench.workloads = [api];
  await bench.has('api');
  bench.workloads = [web];
  bench.tell('container', 'start');
  await bench.has('web');
});

test('a container that the engine cannot tell of keeps what it has, is told of once, and the rest goes on', async () => {
  await using bench = start();
  const lost = { ...workload({ name: 'api', id: 'b', address: '10.0.0.3' }), unread: 'it did not finish' };
  const named = workload({ name: 'named', id: 'c', ports: [82], env: { SERVICE_ID: 'x' }, address: '10.0.0.4' });
  bench.workloads = [api, named, workload({ name: 'old', id: 'd', ports: [83], address: '10.0.0.5' })];
  await bench.has('api', 'nginx', 'nginx');
  bench.workloads = [lost, { ...named, env: {}, exposed: [], unread: 'it did not finish' }, web];
  bench.tell('container', 'start');
  await bench.has('api', 'nginx', 'web');
  bench.tell('container', 'die');
  await until('it looks again', () => Promise.resolve(bench.counts.listed > 3));
  const message: unknown = expect.stringMatching(/^Container api: .*did not finish/);
  expect(bench.of('misfits')).toMatchObject([{ problems: [{ code: 'SERVICE_UNREAD', message }, {}] }]);
  expect(bench.registered.has('netctl:home:box:app:x')).toBe(true);
  bench.workloads = [lost];
  bench.tell('container', 'die');
  await bench.has('api');
  expect(bench.registered.has('netctl:home:box')).toBe(true);
  bench.workloads = [];
  bench.tell('container', 'die');
  await bench.has();
});

test('what is wrong with a container is told of once for as long as it lasts', async () => {
  await using bench = start();
  const odd = workload({
    name: 'odd',
    id: 'c',
    ports: [82],
    env: { SERVICE_NAME: 'odd', SERVICE_WEIGHTS_PASSING: 'x' },
  });
  for (const some of [[odd], [odd, web], [web], [odd]]) {
    const before = bench.counts.listed;
    bench.workloads = some;
    await until('it listens', () => Promise.resolve(before > 0 || bench.counts.listed > 0));
    bench.tell('container', 'start');
    await bench.has(...some.map(({ name }) => name));
  }
  expect(bench.of('misfits')).toMatchObject([
    { problems: [{ code: 'SERVICE_VALUE_INVALID' }] },
    { problems: [{ code: 'SERVICE_VALUE_INVALID' }] },
  ]);
});

test('an engine that tells nothing is looked at by the timer, which is said once', async () => {
  await using bench = start({ timing: { ...timing, interval: 20 } }, true);
  bench.workloads = [web];
  await bench.has('web');
  bench.workloads = [];
  await bench.has();
  expect(bench.of('discovery')).toEqual([
    { event: 'discovery', host: 'local', state: 'deaf', message: 'it is forbidden here' },
  ]);
});

test('at the end its entries stay, and it says whose they are', async () => {
  const bench = start({ owner: 'node01' });
  bench.workloads = [web];
  await bench.has('web');
  bench.controller.abort();
  expect(await bench.ended).toEqual({ stack: 'home', host: 'node01' });
  expect([...bench.registered.keys()]).toEqual(['netctl:home:node01', 'netctl:home:node01:app:web:80']);
  // So that another engine whose host has the same name is told apart.
  expect(bench.registered.get('netctl:home:node01')?.Meta).toMatchObject({ 'netctl-engine': 'ENGINE' });
});

test('a fault of the program ends it', async () => {
  const bench = start();
  bench.agentFault = new TypeError('a bug');
  await expect(bench.ended).rejects.toThrow('a bug');
});
