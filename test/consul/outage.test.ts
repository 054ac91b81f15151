import { Resolver } from 'node:dns/promises';
import { connectConsul, deregisterAll, observeServices, reconcile } from '@netctl/consul';
import type { Consul } from '@netctl/consul';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { consulProgram, startAgent, type TestAgent } from './support/agent.js';
import { askConsul, idsOf } from './support/ask.js';
import { killedWhile } from './support/killed.js';
import { owner, service, services } from './support/services.js';

const pulse = 'netctl:shop:node01';

describe.skipIf(consulProgram === undefined)('an outage', () => {
  const abandoned = { stack: 'gone', host: 'node01' };
  let agent: TestAgent;
  let consul: Consul;

  const make = async (count: number, on: Consul = consul) => reconcile(on, services(count), owner);

  beforeAll(async () => {
    agent = await startAgent();
    consul = await connectConsul({ env: {}, address: agent.http });
  });
  afterAll(async () => {
    await consul[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  describe('of netctl', () => {
    let quiet: TestAgent;
    let toQuiet: Consul;

    // Consul deregisters nothing before a minute is over, in which the tests below run.
    beforeAll(async () => {
      quiet = await startAgent();
      toQuiet = await connectConsul({ env: {}, address: quiet.http });
      const left = [
        service('web', { ID: 'left', Checks: [{ TTL: '10m', Status: 'passing' }] }),
        service('side', { ID: 'side', Connect: { SidecarService: {} } }),
      ];
      await reconcile(toQuiet, left, abandoned, { ttl: 5, deregisterAfter: 60 });
      await reconcile(toQuiet, [service('web')], owner);
      await askConsul(quiet.http, 'PUT', '/v1/agent/service/register', { body: { Name: 'foreign' } });
    });
    afterAll(async () => {
      await toQuiet[Symbol.asyncDispose]();
      await quiet[Symbol.asyncDispose]();
    });

    test('that is killed half-way is mended by the next one', async () => {
      await killedWhile(agent.http, 1000, async () =>
        until('some of them are there', async () => (await idsOf(agent.http)).length > 200),
      );
      const { registered, unchanged, failed } = await make(100);
      expect([registered, unchanged.length, failed]).toEqual([[], 100, []]);
      // What it had sent may be done after its end, and is taken away by the reconcile after this.
      await until('nothing of it is left', async () => {
        await make(100);
        return (await idsOf(agent.http)).length === 101;
      });
      await deregisterAll(consul, owner);
    });

    test('that ends is told from one that goes on: Consul deregisters what nobody keeps, and nothing else', async () => {
      const resolver = new Resolver();
      resolver.setServers([quiet.dns]);
      const sees = async (): Promise<readonly string[]> => resolver.resolve4('side.service.consul').catch(() => []);
      await until('DNS answers it no more', async () => (await sees()).length === 0);
      await until(
        'they are deregistered',
        async () => !(await idsOf(quiet.http)).some((id) => ['left', 'side', 'side-sidecar-proxy'].includes(id)),
        110_000,
      );
      // The heartbeat follows later, so that nothing ever follows nothing.
      expect(await idsOf(quiet.http)).toEqual(['foreign', 'netctl:gone:node01', pulse, service('web').ID]);
      expect(await observeServices(toQuiet, owner)).toMatchObject([{ health: 'passing' }]);
      expect(await observeServices(toQuiet, abandoned)).toEqual([]);
    }, 180_000);

    test('that begins again before that keeps all, with no blip', async () => {
      const kept = { ttl: 3, deregisterAfter: 60 };
      await reconcile(consul, [service('web')], owner, kept);
      await until('it is critical', async () => (await observeServices(consul, owner))[0]?.health === 'critical');
      expect(await reconcile(consul, [service('web')], owner, kept)).toMatchObject({ unchanged: [service('web').ID] });
      await until('it is well', async () => (await observeServices(consul, owner))[0]?.health === 'passing');
      await deregisterAll(consul, owner);
    });
  });

  describe('of the agent', () => {
    test('that is down: the whole state is made when it is up', async () => {
      await agent.kill();
      await expect(make(3)).rejects.toMatchObject({ code: 'CONSUL_UNREACHABLE' });
      await expect(make(2)).rejects.toMatchObject({ code: 'CONSUL_UNREACHABLE' });
      await agent.start();
      expect(await idsOf(agent.http)).toEqual([]);
      expect((await make(2)).registered).toHaveLength(2);
    });

    test('that comes back with nothing: all is registered again', async () => {
      await make(20);
      await agent.kill();
      await agent.start();
      expect((await make(20)).registered).toHaveLength(20);
      expect((await make(20)).unchanged).toHaveLength(20);
      await deregisterAll(consul, owner);
    });

    test('that ends in the midst: no success is told, and the next reconcile does what is left', async () => {
      const running = make(1000);
      running.catch(() => undefined);
      await until('some of them are there', async () => (await idsOf(agent.http)).length > 200);
      await agent.kill();
      await expect(running).rejects.toMatchObject({ code: 'CONSUL_UNREACHABLE' });
      await agent.start();
      expect(await make(50)).toMatchObject({ failed: [], conflicts: [] });
      expect(await idsOf(agent.http)).toHaveLength(51);
      await deregisterAll(consul, owner);
    });

    test('that keeps what it has over a restart: nothing is lost, and DNS answers', async () => {
      await using onDisk = await startAgent({ onDisk: true });
      await using kept = await connectConsul({ env: {}, address: onDisk.http });
      const wanted = [service('web', { Connect: { SidecarService: {} } })];
      await reconcile(kept, wanted, owner);
      await onDisk.kill();
      await onDisk.start();
      expect(await observeServices(kept, owner)).toMatchObject([{ id: wanted[0]?.ID }, { sidecarOf: wanted[0]?.ID }]);
      await until('all is well, and nothing to do', async () => {
        const { unchanged, failed } = await reconcile(kept, wanted, owner);
        const [web] = await observeServices(kept, owner);
        return unchanged.length === 1 && failed.length === 0 && web?.health === 'passing';
      });
      const resolver = new Resolver();
      resolver.setServers([onDisk.dns]);
      await until('DNS answers', async () => {
        const addresses = await resolver.resolve4('web.service.consul').catch(() => []);
        return addresses[0] === '10.5.0.10';
      });
    });

    test('that takes connections and says nothing ends with the deadline of each call', async () => {
      await using hasty = await connectConsul({ env: {}, address: agent.http, timeout: 300 });
      await make(1, hasty);
      agent.signal('SIGSTOP');
      try {
        const { signal } = new AbortController();
        await expect(reconcile(hasty, services(1), owner, { signal })).rejects.toMatchObject({
          code: 'CONSUL_TIMEOUT',
          message: expect.stringMatching(/did not finish (GET|PUT) \/v1\/agent\/\S+ within 0.3 s/) as string,
        });
        const stopping = new AbortController();
        const running = reconcile(consul, [], owner, { signal: stopping.signal });
        stopping.abort(new Error('enough'));
        await expect(running).rejects.toThrow('enough');
      } finally {
        agent.signal('SIGCONT');
      }
      expect(await make(1)).toMatchObject({ registered: [] });
      await deregisterAll(consul, owner);
    });
  });
});
