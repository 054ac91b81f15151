import { Resolver } from 'node:dns/promises';
import { connectConsul, deregisterAll, observeServices, reconcile } from '@netctl/consul';
import type { CheckRegistration, Consul, ServiceRegistration } from '@netctl/consul';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { consulProgram, startAgent, type TestAgent } from './support/agent.js';
import { askConsul, catalog, idsOf } from './support/ask.js';
import { owner, service } from './support/services.js';

describe.skipIf(consulProgram === undefined)('the entries of a stack', () => {
  let agent: TestAgent;
  let consul: Consul;
  let resolver: Resolver;
  const pulse = 'netctl-shop-node01';

  beforeAll(async () => {
    agent = await startAgent();
    consul = await connectConsul({ env: { CONSUL_HTTP_ADDR: agent.http } });
    resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([agent.dns]);
  });
  afterEach(async () => {
    for (const id of await idsOf(agent.http)) await askConsul(agent.http, 'PUT', `/v1/agent/service/deregister/${id}`);
  });
  afterAll(async () => {
    await consul[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  const put = async (path: string, body?: unknown) => askConsul(agent.http, 'PUT', path, { body });
  const make = async (...wanted: readonly ServiceRegistration[]) => reconcile(consul, wanted, owner);
  const inCatalog = async (name: string, count = 1) =>
    until(`${String(count)} of ${name} are in the catalog`, async () => {
      const entries = await catalog(agent.http, name);
      return entries.length === count ? entries : undefined;
    });
  const answers = async (query: () => Promise<unknown>, expected: unknown): Promise<void> => {
    const answer = async (): Promise<unknown> => query().catch((error: NodeJS.ErrnoException) => error.code);
    await until(`DNS says ${JSON.stringify(expected)}`, async () => {
      return JSON.stringify(await answer()) === JSON.stringify(expected);
    });
  };

  test('are in the catalog with address, port, tags and Meta, and DNS answers them at once', async () => {
    const [web, cache] = [service('web'), service('cache', { Address: '10.5.0.11', Port: 6379, Tags: ['a', 'b'] })];
    expect(await make(web, cache)).toEqual({
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
    expect(await observeServices(consul, owner)).toMatchObject([
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
    expect(await make(odd)).toMatchObject({ registered: [odd.ID] });
    expect(await make(odd)).toMatchObject({ unchanged: [odd.ID] });
    await answers(async () => resolver.resolve6('odd.service.consul'), ['fd00::10']);
    expect(await make()).toMatchObject({ deregistered: [odd.ID] });
    expect(await idsOf(agent.http)).toEqual([]);
  });

  test('cost no write while nothing changes, but for the heartbeat', async () => {
    const check: CheckRegistration = { TCP: `${agent.address}:8500`, Interval: '10s' };
    const wanted = [service('web', { Checks: [check] }), service('side', { Connect: { SidecarService: {} } })];
    await make(...wanted);
    const [before] = await inCatalog('web');
    expect(await make(...wanted)).toMatchObject({ registered: [], unchanged: wanted.map(({ ID: id }) => id) });
    expect(await make(...[...wanted].reverse())).toMatchObject({ registered: [], deregistered: [] });
    expect(await catalog(agent.http, 'web')).toEqual([before]);
  });

  test('follow what is wanted: changed, gone, and what a service has no more', async () => {
    const checks: readonly CheckRegistration[] = [{ TTL: '10m' }, { CheckID: 'mine', TTL: '10m' }];
    await make(service('web', { Checks: checks, Connect: { SidecarService: {} } }), service('old'));
    const [web] = [service('web', { Tags: ['green'], Checks: checks.slice(1) })];
    const { registered, deregistered } = await make(web);
    expect(registered).toEqual([web.ID]);
    expect([...deregistered].sort()).toEqual([service('old').ID, `${web.ID}-sidecar-proxy`]);
    expect(await observeServices(consul, owner)).toMatchObject([
      { id: web.ID, tags: ['green'], checks: [{ id: `${web.ID}:check:mine` }, { id: `${web.ID}:netctl` }] },
    ]);
    expect(await make(web)).toMatchObject({ registered: [], deregistered: [] });
  });

  test('have the health of their checks, which a change of the rest does not touch', async () => {
    const Checks: readonly CheckRegistration[] = [{ CheckID: 'ttl', TTL: '10m', Status: 'passing' }];
    await make(service('web', { Checks }));
    await answers(async () => resolver.resolve4('web.service.consul'), ['10.5.0.10']);
    await put(`/v1/agent/check/warn/${service('web').ID}:check:ttl`);
    await make(service('web', { Checks, Tags: ['green'] }));
    expect(await observeServices(consul, owner)).toMatchObject([{ tags: ['green'], health: 'warning' }]);
    await put(`/v1/agent/check/fail/${service('web').ID}:check:ttl`);
    expect(await observeServices(consul, owner)).toMatchObject([{ health: 'critical' }]);
    await answers(async () => resolver.resolve4('web.service.consul'), 'ENOTFOUND');
  });

  test('are reached by the checks that Consul runs itself', async () => {
    const checks = [
      { CheckID: 'up', HTTP: `${agent.http}/v1/status/leader`, Interval: '1s' },
      { CheckID: 'down', TCP: `${agent.address}:9`, Interval: '1s' },
    ];
    await make(service('web', { Checks: checks }));
    await until('both checks have run', async () => {
      const [web] = await observeServices(consul, owner);
      const [down, up] = web?.checks ?? [];
      return up?.status === 'passing' && down?.output.includes('refused');
    });
  });

  describe('that somebody changed by hand are put right', () => {
    const wanted = service('web', { Checks: [{ CheckID: 'ttl', TTL: '10m' }], Connect: { SidecarService: {} } });
    const live = async () => (await askConsul(agent.http, 'GET', `/v1/agent/service/${wanted.ID}`)) as { Meta: object };

    test.each<[string, () => Promise<unknown>]>([
      ['a service', async () => put(`/v1/agent/service/deregister/${wanted.ID}`)],
      ['its sidecar', async () => put(`/v1/agent/service/deregister/${wanted.ID}-sidecar-proxy`)],
      ['a check', async () => put(`/v1/agent/check/deregister/${wanted.ID}:check:ttl`)],
      ['what keeps it', async () => put(`/v1/agent/check/deregister/${wanted.ID}:netctl`)],
    ])('removed: %s', async (_name, remove) => {
      await make(wanted);
      const before = await observeServices(consul, owner);
      await remove();
      expect(await observeServices(consul, owner)).not.toEqual(before);
      expect(await make(wanted)).toMatchObject({ registered: [wanted.ID] });
      const after = await observeServices(consul, owner);
      expect(after.map(({ id, checks }) => [id, checks.length])).toEqual(
        before.map(({ id, checks }) => [id, checks.length]),
      );
    });

    test.each<[string, object]>([
      ['the address', { Address: '10.5.0.99' }],
      ['the port', { Port: 81 }],
      ['the tags', { Tags: ['blue', 'canary'] }],
      ['the weights', { Weights: { Passing: 10, Warning: 1 } }],
      ['who may change tags', { EnableTagOverride: true }],
      ['the name', { Name: 'other' }],
    ])('changed: %s', async (_name, change) => {
      await make(wanted);
      const { Meta } = await live();
      await put('/v1/agent/service/register', { ...wanted, Checks: undefined, Connect: undefined, Meta, ...change });
      expect(await make(wanted)).toMatchObject({ registered: [wanted.ID] });
      expect(await make(wanted)).toMatchObject({ registered: [] });
    });

    test('the heartbeat', async () => {
      await make(wanted);
      await put(`/v1/agent/service/deregister/${pulse}`);
      expect(await make(wanted)).toMatchObject({ registered: [], unchanged: [wanted.ID] });
      expect(await idsOf(agent.http)).toContain(pulse);
    });
  });

  test('stay in maintenance, and keep the checks of others, when they change', async () => {
    const web = service('web');
    await make(web);
    await put(`/v1/agent/service/maintenance/${web.ID}?enable=true&reason=disk`);
    await put('/v1/agent/check/register', { ID: 'theirs', Name: 'theirs', ServiceID: web.ID, TTL: '10m' });
    expect(await make(web)).toMatchObject({ registered: [] });
    expect(await make(service('web', { Port: 81 }))).toMatchObject({ registered: [web.ID] });
    const [observed] = await observeServices(consul, owner);
    expect(observed).toMatchObject({ health: 'critical', port: 81 });
    expect(observed?.checks.map(({ id }) => id).sort()).toEqual(
      [`_service_maintenance:${web.ID}`, `${web.ID}:netctl`, 'theirs'].sort(),
    );
  });

  test('are never those of somebody else, whose id is told and left', async () => {
    const web = service('web');
    await put('/v1/agent/service/register', { ID: web.ID, Name: 'theirs', Port: 1 });
    const side = service('side', { Connect: { SidecarService: {} } });
    await put('/v1/agent/service/register', { ID: `${side.ID}-sidecar-proxy`, Name: 'theirs', Port: 2 });
    await put('/v1/agent/service/register', { ID: 'else', Name: 'else', Port: 3, Meta: { 'netctl-stack': 'shop' } });
    const before = await askConsul(agent.http, 'GET', '/v1/agent/services');
    const { registered, conflicts } = await make(web, side);
    expect(registered).toEqual([]);
    expect(conflicts).toEqual([
      { id: web.ID, message: `${web.ID} is registered by somebody else, and stays as it is` },
      { id: side.ID, message: `${side.ID}-sidecar-proxy is registered by somebody else, and stays as it is` },
    ]);
    await deregisterAll(consul, owner);
    expect(await askConsul(agent.http, 'GET', '/v1/agent/services')).toEqual(before);
  });

  test('of two hosts and two stacks on one agent do not meet', async () => {
    const there = { stack: 'shop', host: 'node02' };
    const other = { stack: 'blog', host: 'node01' };
    await make(service('web'));
    await reconcile(consul, [service('web', { ID: 'node02:shop-web-1:80', Address: '10.5.0.20' })], there);
    await reconcile(consul, [service('web', { ID: 'node01:blog-web-1:80', Address: '10.5.0.30' })], other);
    await inCatalog('web', 3);
    const { conflicts } = await reconcile(consul, [service('web')], there);
    expect(conflicts).toEqual([
      {
        id: service('web').ID,
        owner,
        message: `${service('web').ID} is registered by the netctl of shop on node01, and stays as it is`,
      },
    ]);
    await deregisterAll(consul, there);
    expect(await make(service('web'))).toMatchObject({ unchanged: [service('web').ID] });
    await deregisterAll(consul, owner);
    expect(await idsOf(agent.http)).toEqual(['netctl-blog-node01', 'node01:blog-web-1:80']);
  });

  test('that Consul refuses are reported one by one, and the rest goes on', async () => {
    const bad = service('bad', { Checks: [{ TCP: '10.5.0.10:80', Interval: 'often' }] });
    const script = service('script', { Checks: [{ Args: ['true'], Interval: '1s' }] });
    const worse = service('worse', { Meta: { 'no key': 'x' } });
    const { registered, failed } = await make(bad, service('web'), script, worse, service('web', { Port: 81 }));
    expect(registered).toEqual([service('web').ID]);
    const said = failed.map(({ id, error }) => [id, error.code, error.message] as const);
    expect(said.sort()).toEqual([
      [bad.ID, 'CONSUL_ERROR', expect.stringContaining('invalid duration')],
      [script.ID, 'CONSUL_ERROR', expect.stringContaining('Scripts are disabled on this agent')],
      [worse.ID, 'CONSUL_ERROR', expect.stringContaining('Key contains invalid characters')],
    ]);
    expect(await make(service('web'))).toMatchObject({ unchanged: [service('web').ID], failed: [] });
  });

  test('are gone with their heartbeat when nothing is wanted, and a second time nothing is done', async () => {
    await make(service('web', { Connect: { SidecarService: {} } }), service('cache'));
    expect((await deregisterAll(consul, owner)).deregistered).toHaveLength(2);
    expect(await idsOf(agent.http)).toEqual([]);
    expect(await askConsul(agent.http, 'GET', '/v1/agent/checks')).toEqual({});
    expect(await deregisterAll(consul, owner)).toMatchObject({ deregistered: [] });
  });

  test('are registered again when the token is another one, since the agent would go on with the old', async () => {
    await make(service('web'));
    await using renewed = await connectConsul({
      env: { CONSUL_HTTP_ADDR: agent.http, CONSUL_HTTP_TOKEN: '5b5c0f0e-22d1-4c0e-8a0f-5f2f3a1a9d11' },
    });
    expect(await reconcile(renewed, [service('web')], owner)).toMatchObject({ registered: [service('web').ID] });
    expect(await reconcile(renewed, [service('web')], owner)).toMatchObject({ unchanged: [service('web').ID] });
  });
});
