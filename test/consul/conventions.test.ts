import { Resolver } from 'node:dns/promises';
import { connectConsul, observeServices, reconcile, wantedServices } from '@netctl/consul';
import type { Consul, ObservedService } from '@netctl/consul';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { sketches } from '../unit/consul/random.js';
import { APP, workload } from '../unit/consul/workload.js';
import type { Sketch } from '../unit/consul/workload.js';
import { consulProgram, startAgent } from './support/agent.js';
import type { TestAgent } from './support/agent.js';
import { askConsul, catalog } from './support/ask.js';

const owner = { stack: 'home', host: 'node01' };
const id = (rest: string) => `netctl:home:node01:app:${rest}`;

/** Registers what these containers are; nothing of it may be refused, and a second time there may be nothing to do. */
async function register(consul: Consul, some: readonly Sketch[]): Promise<readonly string[]> {
  const { services } = wantedServices({ ...owner, networks: ['app'], workloads: some.map(workload) });
  const ids = services.map(({ ID }) => ID);
  const first = await reconcile(consul, services, owner);
  expect([first.failed, first.conflicts]).toEqual([[], []]);
  const { registered, deregistered, unchanged } = await reconcile(consul, services, owner);
  expect({ registered, deregistered, unchanged }).toEqual({ registered: [], deregistered: [], unchanged: ids });
  return ids;
}

describe.skipIf(consulProgram === undefined)('what containers say of themselves', () => {
  let agent: TestAgent;
  let consul: Consul;
  let resolver: Resolver;

  beforeAll(async () => {
    agent = await startAgent({ config: () => Promise.resolve({ enable_script_checks: true }) });
    consul = await connectConsul({ env: { CONSUL_HTTP_ADDR: agent.http } });
    resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([agent.dns]);
  });
  afterAll(async () => {
    await consul[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  /** The service of this id, once it is as it should be. */
  const observed = async (service: string, is: (found: ObservedService) => boolean) =>
    until(`${service} is as it should be`, async () => {
      const found = (await observeServices(consul, owner)).find((one) => one.id === service);
      return found !== undefined && is(found) ? found : undefined;
    });

  test('is checked by Consul itself, at the address and port of the container', async () => {
    const path = '/v1/status/leader';
    const every = { SERVICE_CHECK_INTERVAL: '1s', SERVICE_CHECK_TIMEOUT: '5s' };
    const [up, down] = [[8500], [9]];
    await register(consul, [
      { name: 'http', ports: up, address: agent.address, env: { SERVICE_CHECK_HTTP: path, ...every } },
      {
        name: 'head',
        ports: up,
        address: agent.address,
        env: { SERVICE_CHECK_HTTP: path, SERVICE_CHECK_HTTP_METHOD: 'DELETE', ...every },
      },
      { name: 'tcp', ports: up, address: agent.address, labels: { SERVICE_8500_CHECK_TCP: 'true', ...every } },
      { name: 'down', ports: down, address: agent.address, env: { SERVICE_CHECK_TCP: 'true', ...every } },
      {
        name: 'grpc',
        ports: up,
        address: agent.address,
        env: { SERVICE_CHECK_GRPC: 'x', SERVICE_CHECK_GRPC_USE_TLS: 'x' },
      },
      { name: 'script', ports: [80], env: { SERVICE_CHECK_SCRIPT: 'echo at $SERVICE_IP:$SERVICE_PORT', ...every } },
      { name: 'shell', ports: [80], env: { SERVICE_CHECK_SCRIPT: `sh -c 'echo $SERVICE_PORT | grep 80'`, ...every } },
    ]);
    await observed(id('http:8500'), ({ health }) => health === 'passing');
    await observed(id('head:8500'), ({ checks }) => checks.some(({ output }) => output.includes('HTTP DELETE')));
    await observed(id('tcp:8500'), ({ health }) => health === 'passing');
    await observed(id('down:9'), ({ checks }) => checks.some(({ output }) => output.includes('refused')));
    await observed(id('script:80'), ({ checks }) => checks.some(({ output }) => output === 'at 10.0.0.2:80\n'));
    await observed(id('shell:80'), ({ checks }) => checks.some(({ output }) => output === '80\n'));
  });

  test('is well as long as the container itself says so', async () => {
    const env = { SERVICE_ID: 'ttl', SERVICE_CHECK_TTL: '10m' };
    expect(await register(consul, [{ ports: [80], env }])).toEqual([id('ttl')]);
    await observed(id('ttl'), ({ health }) => health === 'critical');
    await askConsul(agent.http, 'PUT', `/v1/agent/check/pass/${id('ttl')}:check:1`);
    await observed(id('ttl'), ({ health }) => health === 'passing');
  });

  test('is found by DNS with both of its addresses, and by its tags', async () => {
    await register(consul, [
      { name: 'dual', image: 'lab/dual:1', ports: [80], places: [{ ...APP, ipv6: 'fd00::2' }] },
      { name: 'six', image: 'six', ports: ['53/udp'], places: [{ network: 'app', networkId: 'a', ipv6: 'fd00::3' }] },
    ]);
    const inCatalog = async (name: string) =>
      until(`${name} is in the catalog`, async () => (await catalog(agent.http, name))[0]);
    await Promise.all(['dual', 'six'].map(inCatalog));
    await until('the lifelines pass', async () =>
      (await observeServices(consul, owner)).every(({ health }) => health === 'passing'),
    );
    expect(await resolver.resolve4('dual.service.consul')).toEqual(['10.0.0.2']);
    expect(await resolver.resolve6('dual.service.consul')).toEqual(['fd00::2']);
    expect(await resolver.resolve6('udp.six.service.consul')).toEqual(['fd00::3']);
  });

  test('is in the mesh with its upstreams, and in the catalog with its weights', async () => {
    const labels = {
      'connect.sidecar_service': 'true',
      SERVICE_NAME: 'mesh',
      SERVICE_CONNECT_SIDECAR_SERVICE_PORT: '20000',
      SERVICE_CONNECT_UPSTREAMS: 'db:5432,cache:6379:dc2,db:5433',
      SERVICE_WEIGHTS_PASSING: '7',
    };
    await register(consul, [{ ports: [80], labels }]);
    const sidecar = await until(
      'the servers have the sidecar',
      async () => (await catalog(agent.http, 'mesh-sidecar-proxy'))[0],
    );
    expect(sidecar).toMatchObject({
      ServicePort: 20_000,
      ServiceAddress: '10.0.0.2',
      ServiceProxy: {
        Upstreams: [
          { DestinationName: 'db', LocalBindPort: 5432 },
          { DestinationName: 'cache', LocalBindPort: 6379, Datacenter: 'dc2' },
        ],
      },
    });
    const [service] = await catalog(agent.http, 'mesh');
    expect(service).toMatchObject({ ServiceWeights: { Passing: 7, Warning: 1 } });
  });

  test('is never refused, whatever it is', async () => {
    for (const some of fc.sample(sketches, { numRuns: 60, seed: 20 })) await register(consul, some);
    await register(consul, []);
    expect(await askConsul(agent.http, 'GET', '/v1/agent/services')).toEqual({});
    expect(await agent.log()).not.toContain('Syncing service failed');
  });
});
