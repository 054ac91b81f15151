import { Resolver } from 'node:dns/promises';
import { connectConsul, deregisterAll, observeServices, reconcile } from '@netctl/consul';
import type { CheckRegistration } from '@netctl/consul';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { consulProgram } from './support/agent.js';
import { askConsul, catalog, idsOf } from './support/ask.js';
import { openBench, type ConsulBench } from './support/bench.js';
import { counting } from './support/counting.js';
import { owner, service, services } from './support/services.js';

describe.skipIf(consulProgram === undefined)('the entries of a stack', () => {
  let bench: ConsulBench;
  let resolver: Resolver;

  beforeAll(async () => {
    bench = await openBench();
    resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([bench.dns]);
  });
  afterEach(() => bench.empty());
  afterAll(() => bench[Symbol.asyncDispose]());

  const inCatalog = async (name: string, count = 1) =>
    until(`${String(count)} of ${name} are in the catalog`, async () => {
      const entries = await catalog(bench.http, name);
      return entries.length === count ? entries : undefined;
    });
  const answers = async (query: () => Promise<unknown>, expected: unknown): Promise<void> => {
    const answer = async (): Promise<unknown> =>
      query().catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    await until(`DNS says ${JSON.stringify(expected)}`, async () => {
      return JSON.stringify(await answer()) === JSON.stringify(expected);
    });
  };

  test('are in the catalog with address, port, tags and Meta, and DNS answers them at once', async () => {
    const [web, cache] = [service('web'), service('cache', { Address: '10.5.0.11', Port: 6379, Tags: ['a', 'b'] })];
    expect(await bench.make(web, cache)).toEqual({
      registered: [web.ID, cache.ID],
      deregistered: [],
      unchanged: [],
      conflicts: [],
      failed: [],
    });
    const [entry] = await inCatalog('cache');
    expect(entry).toMatchObject({
      ServiceID: cache.ID,
      ServiceAddress: '10.5.0.11',
      ServicePort: 6379,
      ServiceTags: ['a', 'b'],
      ServiceMeta: { version: '2', 'netctl-stack': 'shop', 'netctl-host': 'node01' },
    });
    await answers(async () => resolver.resolve4('web.service.consul'), ['10.5.0.10']);
    await answers(async () => resolver.resolve4('b.cache.service.consul'), ['10.5.0.11']);
    await answers(async () => resolver.resolve4('c.cache.service.consul'), 'ENOTFOUND');
    const [srv] = await resolver.resolveSrv('cache.service.consul');
    expect(srv).toMatchObject({ port: 6379 });
    expect(await resolver.resolve4(srv?.name ?? '')).toEqual(['10.5.0.11']);
    expect(await observeServices(bench.consul, owner)).toMatchObject([
      { id: cache.ID, health: 'passing', checks: [{ id: `${cache.ID}:netctl`, status: 'passing' }] },
      { id: web.ID, name: 'web', address: '10.5.0.10', port: 80, tags: ['blue'], health: 'passing' },
    ]);
  });

  test('with weights, IPv6 and ids of any letters', async () => {
    const odd = service('odd', {
      ID: 'node01/odd one?é%:80',
      Address: 'fd00::10',
      Weights: { Passing: 5, Warning: 2 },
    });
    expect(await bench.make(odd)).toMatchObject({ registered: [odd.ID] });
    expect(await bench.make(odd)).toMatchObject({ unchanged: [odd.ID] });
    await answers(async () => resolver.resolve6('odd.service.consul'), ['fd00::10']);
    expect(await bench.make()).toMatchObject({ deregistered: [odd.ID] });
    expect(await idsOf(bench.http)).toEqual([]);
  });

  test('cost no write while nothing changes, but for the heartbeat', async () => {
    const check: CheckRegistration = { TCP: `${bench.address}:8500`, Interval: '10s' };
    const wanted = [service('web', { Checks: [check] }), service('side', { Connect: { SidecarService: {} } })];
    await bench.make(...wanted);
    const [before] = await inCatalog('web');
    expect(await bench.make(...wanted)).toMatchObject({ registered: [], unchanged: wanted.map(({ ID: id }) => id) });
    expect(await bench.make(...[...wanted].reverse())).toMatchObject({ registered: [], deregistered: [] });
    expect(await catalog(bench.http, 'web')).toEqual([before]);
  });

  test('are looked at by two calls and kept by one, however many there are', async () => {
    const { consul, calls } = counting(bench.consul);
    expect((await reconcile(consul, services(500), owner)).registered).toHaveLength(500);
    const before = calls();
    expect((await reconcile(consul, services(500), owner)).unchanged).toHaveLength(500);
    expect(calls() - before).toBe(3);
    await inCatalog('web', 500);
  });

  test('follow what is wanted: changed, gone, and what a service has no more', async () => {
    const checks: readonly CheckRegistration[] = [{ TTL: '10m' }, { CheckID: 'mine', TTL: '10m' }];
    await bench.make(service('web', { Checks: checks, Connect: { SidecarService: {} } }), service('old'));
    const [web] = [service('web', { Tags: ['green'], Checks: checks.slice(1) })];
    const { registered, deregistered } = await bench.make(web);
    expect(registered).toEqual([web.ID]);
    expect([...deregistered].sort()).toEqual([service('old').ID, `${web.ID}-sidecar-proxy`]);
    expect(await observeServices(bench.consul, owner)).toMatchObject([
      { id: web.ID, tags: ['green'], checks: [{ id: `${web.ID}:check:mine` }, { id: `${web.ID}:netctl` }] },
    ]);
    expect(await bench.make(web)).toMatchObject({ registered: [], deregistered: [] });
  });

  test('have a sidecar that Consul gives a port and that follows them, until a port is said', async () => {
    const id = `${service('web').ID}-sidecar-proxy`;
    const sidecar = async () =>
      (await observeServices(bench.consul, owner)).find(({ sidecarOf }) => sidecarOf !== undefined);
    const checks = [{ TTL: '10m', Status: 'passing' as const }];
    await bench.make(service('web', { Checks: checks, Connect: { SidecarService: {} } }));
    expect(await sidecar()).toMatchObject({
      id,
      port: 21_000,
      health: 'passing',
      checks: [{ id: `${id}:check:service` }],
    });
    await bench.put(`/v1/agent/check/fail/${service('web').ID}:check:1`);
    await until('the sidecar follows', async () => (await sidecar())?.health === 'critical');
    await bench.make(service('web', { Checks: checks, Connect: { SidecarService: { Port: 21_100 } } }));
    expect((await sidecar())?.checks.map((one) => one.id).sort()).toEqual([
      `${id}:check:listening`,
      `${id}:check:service`,
    ]);
    await bench.make(service('web', { Checks: checks, Connect: { SidecarService: {} } }));
    expect((await sidecar())?.checks.map((one) => one.id)).toEqual([`${id}:check:service`]);
  });

  test('have the health of their checks, which a change of the rest does not touch', async () => {
    const Checks: readonly CheckRegistration[] = [{ CheckID: 'ttl', TTL: '10m', Status: 'passing' }];
    await bench.make(service('web', { Checks }));
    await answers(async () => resolver.resolve4('web.service.consul'), ['10.5.0.10']);
    await bench.put(`/v1/agent/check/warn/${service('web').ID}:check:ttl`);
    await bench.make(service('web', { Checks, Tags: ['green'] }));
    expect(await observeServices(bench.consul, owner)).toMatchObject([{ tags: ['green'], health: 'warning' }]);
    await bench.put(`/v1/agent/check/fail/${service('web').ID}:check:ttl`);
    expect(await observeServices(bench.consul, owner)).toMatchObject([{ health: 'critical' }]);
    await answers(async () => resolver.resolve4('web.service.consul'), 'ENOTFOUND');
  });

  test('are reached by the checks that Consul runs itself', async () => {
    const checks = [
      { CheckID: 'up', HTTP: `${bench.http}/v1/status/leader`, Interval: '1s' },
      { CheckID: 'down', TCP: `${bench.address}:9`, Interval: '1s' },
    ];
    await bench.make(service('web', { Checks: checks }));
    await until('both checks have run', async () => {
      const [web] = await observeServices(bench.consul, owner);
      const [down, up] = web?.checks ?? [];
      return up?.status === 'passing' && down?.output.includes('refused');
    });
  });

  test('that Consul refuses are reported one by one, and the rest goes on', async () => {
    const bad = service('bad', { Checks: [{ TCP: '10.5.0.10:80', Interval: 'often' }] });
    const script = service('script', { Checks: [{ Args: ['true'], Interval: '1s' }] });
    const worse = service('worse', { Meta: { 'no key': 'x' } });
    const { registered, failed } = await bench.make(bad, service('web'), script, worse, service('web', { Port: 81 }));
    expect(registered).toEqual([service('web').ID]);
    const said = failed.map(({ id, error }) => [id, error.code, error.message] as const);
    expect(said).toEqual([
      [bad.ID, 'CONSUL_ERROR', expect.stringContaining('invalid duration')],
      [script.ID, 'CONSUL_ERROR', expect.stringContaining('Scripts are disabled on this agent')],
      [worse.ID, 'CONSUL_ERROR', expect.stringContaining('Key contains invalid characters')],
    ]);
    expect(await bench.make(service('web'))).toMatchObject({ unchanged: [service('web').ID], failed: [] });
  });

  test('are gone with their heartbeat when nothing is wanted, and a second time nothing is done', async () => {
    await bench.make(service('web', { Connect: { SidecarService: {} } }), service('cache'));
    expect((await deregisterAll(bench.consul, owner)).deregistered).toHaveLength(2);
    expect(await idsOf(bench.http)).toEqual([]);
    expect(await askConsul(bench.http, 'GET', '/v1/agent/checks')).toEqual({});
    expect(await deregisterAll(bench.consul, owner)).toMatchObject({ deregistered: [] });
  });

  test('are registered again when the token is another one, since the agent would go on with the old', async () => {
    await bench.make(service('web'));
    await using renewed = await connectConsul({
      env: { CONSUL_HTTP_ADDR: bench.http, CONSUL_HTTP_TOKEN: '5b5c0f0e-22d1-4c0e-8a0f-5f2f3a1a9d11' },
    });
    expect(await reconcile(renewed, [service('web')], owner)).toMatchObject({ registered: [service('web').ID] });
    expect(await reconcile(renewed, [service('web')], owner)).toMatchObject({ unchanged: [service('web').ID] });
  });
});
