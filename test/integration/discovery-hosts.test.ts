import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { consulProgram } from '../consul/support/agent.js';
import { askAgentAt, type HostAgent, startAgentOn } from './support/consul-host.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk, repository, type RunningNetctl } from './support/netctl.js';
import { until } from './support/until.js';

/* Service discovery of two real hosts in one swarm, with a real Consul: an agent for both or one for each, a watch for both or one for each. */

const STACKS = join(repository, 'examples/consul');
const IMAGE = 'netctl/sleep:1';
const PATIENCE = 60_000;

let lan: Lan;
let one: Host;
let two: Host;
let desks: readonly [Desk, Desk];
const watching = new Set<RunningNetctl>();

const docker = async (host: Host, ...args: readonly string[]): Promise<string> =>
  (await host.run('docker', args, { env: { ...images } })).stdout.trim();

const images = { CONSUL_IMAGE: 'netctl/consul:test', WEB_IMAGE: 'netctl/web:test', API_IMAGE: 'netctl/api:test' };

/** An image that does nothing for as long as it is let, whatever its arguments are. */
async function standIn(host: Host, image: string, from: string, ...changes: readonly string[]): Promise<void> {
  const id = await docker(host, 'create', from, '/bin/true');
  await docker(host, 'commit', ...changes.map((change) => `--change=${change}`), id, image);
  await docker(host, 'rm', id);
}

async function makeImages(host: Host): Promise<void> {
  await host.importImage(IMAGE, { busybox: true, programs: [consulProgram ?? ''] });
  const idle = ['ENTRYPOINT ["/bin/sh", "-c", "trap exit TERM; while sleep 1; do :; done"]'];
  await standIn(host, images.WEB_IMAGE, IMAGE, ...idle, 'EXPOSE 80');
  await standIn(host, images.API_IMAGE, IMAGE, ...idle, 'EXPOSE 5678');
  await standIn(host, images.CONSUL_IMAGE, IMAGE, `ENTRYPOINT ["${consulProgram ?? ''}"]`, 'EXPOSE 8500');
}

async function watch(desk: Desk, spec: string): Promise<RunningNetctl> {
  const running = desk.start(['watch', spec, '--json', '--no-probe', '--interval', '10m']);
  watching.add(running);
  await running.said('"event":"services"');
  return running;
}

async function stop(running: RunningNetctl, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  watching.delete(running);
  await running.signal(signal);
  await running.ended;
}

async function runContainer(host: Host, name: string): Promise<void> {
  const options = ['--detach', '--init', '--name', name, '--network', 'app-overlay-network', '--expose=80'];
  await docker(host, 'run', ...options, `--env=SERVICE_NAME=${name}`, IMAGE, '/bin/sleep', 'infinity');
}

async function addressOf(host: Host, name: string): Promise<string> {
  return docker(
    host,
    'inspect',
    '--format',
    '{{(index .NetworkSettings.Networks "app-overlay-network").IPAddress}}',
    name,
  );
}

/** The example, for engines that are reached by their sockets. */
async function example(change: object = {}): Promise<{ hosts: object }> {
  const spec = parse(await readFile(join(STACKS, 'network.yaml'), 'utf8')) as object;
  const hosts = Object.fromEntries([one, two].map(({ name, dockerHost }) => [name, { docker: dockerHost }]));
  return { ...spec, hosts, ...change };
}

describe.skipIf(consulProgram === undefined)('service discovery of two hosts', () => {
  beforeAll(async () => {
    lan = await startLan({ addresses: ['192.168.1.1/24'] });
    const start = async (name: string, address: string): Promise<Host> => {
      const card = { name: 'eth0', lan, addresses: [`${address}/24`], gateway: '192.168.1.1' };
      const host = await startHost({ name, interfaces: [card], engine: testEngine() });
      await makeImages(host);
      return host;
    };
    [one, two] = await Promise.all([start('node01', '192.168.1.10'), start('node02', '192.168.1.11')]);
    desks = [await openDesk(one), await openDesk(two)];
    const [desk] = desks;
    const swarm = {
      managers: ['node01'],
      workers: ['node02'],
      advertise: { node01: '192.168.1.10', node02: '192.168.1.11' },
    };
    const applied = await desk.netctl(['apply', await desk.write('network.yaml', await example({ swarm })), '--yes']);
    expect(applied.exitCode, applied.stderr).toBe(0);
  });
  afterAll(async () => {
    for (const desk of desks) await desk[Symbol.asyncDispose]();
    await Promise.all([one.close(), two.close()]);
    await lan.close();
  });
  afterEach(async () => {
    for (const running of watching) await stop(running);
  });

  test('an agent for each: each has the containers of its host', async () => {
    const agents = await Promise.all([startAgentOn(one), startAgentOn(two)]);
    try {
      const [desk] = desks;
      const at = (host: Host, address: string): object => ({
        docker: host.dockerHost,
        consul: `http://${address}:8500`,
      });
      const hosts = { node01: at(one, '127.0.0.1'), node02: at(two, '192.168.1.11') };
      const discovery = { consul: { networks: ['app-overlay-network'] } };
      const running = await watch(
        desk,
        await desk.write('two.yaml', await example({ hosts, discovery, swarm: undefined })),
      );
      await Promise.all([runContainer(one, 'web'), runContainer(two, 'api')]);
      await agents[0].has(`web ${await addressOf(one, 'web')}:80`);
      await agents[1].has(`api ${await addressOf(two, 'api')}:80`);
      const [entry] = await agents[1].services();
      expect(entry).toMatchObject({ ID: 'netctl:app:node02:app-overlay-network:api:80' });
      await docker(two, 'kill', 'api');
      await agents[1].has();
      expect(await agents[0].addresses()).toHaveLength(1);
      await stop(running);
    } finally {
      for (const agent of agents) await agent[Symbol.asyncDispose]();
      await docker(one, 'rm', '--force', 'web');
      await docker(two, 'rm', '--force', 'api');
    }
  });

  test('one agent and a watch on each host: none takes away what is the other’s', async () => {
    const agent: HostAgent = await startAgentOn(one);
    try {
      const spec = (address?: string): object => ({
        name: 'app',
        networks: { net: { external: true, name: 'app-overlay-network' } },
        discovery: { consul: { networks: ['net'], ...(address === undefined ? {} : { address }) } },
      });
      await Promise.all([runContainer(one, 'web'), runContainer(two, 'api'), runContainer(two, 'old')]);
      const [web, api, old] = [await addressOf(one, 'web'), await addressOf(two, 'api'), await addressOf(two, 'old')];
      const mine = await desks[0].write('mine.yaml', spec());
      const theirs = await desks[1].write('theirs.yaml', spec('http://192.168.1.10:8500'));
      const here = await watch(desks[0], mine);
      const there = await watch(desks[1], theirs);
      await agent.has(`web ${web}:80`, `api ${api}:80`, `old ${old}:80`);
      expect((await agent.services()).map(({ Meta }) => Meta['netctl-host'])).toEqual(['node01', 'node02', 'node02']);
      // Without its own watch an entry stays, whatever the other one does.
      await stop(there, 'SIGKILL');
      await docker(two, 'rm', '--force', 'old');
      await stop(here);
      await watch(desks[0], mine);
      await agent.has(`web ${web}:80`, `api ${api}:80`, `old ${old}:80`);
      await watch(desks[1], theirs);
      await agent.has(`web ${web}:80`, `api ${api}:80`);
    } finally {
      await agent[Symbol.asyncDispose]();
      await docker(one, 'rm', '--force', 'web');
      await docker(two, 'rm', '--force', 'api');
    }
  });

  test('a host by ssh or tcp without a word of its agent is refused', async () => {
    const [desk] = desks;
    const hosts = { node01: { docker: one.dockerHost }, far: { docker: 'tcp://192.168.1.11:2375', insecure: true } };
    const spec = {
      name: 'far',
      hosts,
      networks: { app: { external: true } },
      discovery: { consul: { networks: ['app'] } },
    };
    const refused = await desk.netctl(['watch', await desk.write('far.yaml', spec)]);
    expect(refused).toMatchObject({ exitCode: 64, stdout: '' });
    expect(refused.stderr).toContain(
      'Nothing says where the Consul agent of far is, whose engine is at tcp://192.168.1.11:2375',
    );
    expect(refused.stderr).toContain('Write hosts.far.consul: http://HOST:8500');
  });

  test('the stacks of examples/consul: the tasks on both hosts, found by DNS from within containers', async () => {
    const [desk] = desks;
    for (const stack of ['consul', 'application']) {
      const deploy = ['stack', 'deploy', '--resolve-image', 'never', '--compose-file'];
      await docker(one, ...deploy, join(STACKS, `${stack}.stack.yaml`), stack);
    }
    await until(
      'Consul answers',
      async () => (await askAgentAt(one, '/v1/status/leader').catch(() => '""')) !== '""',
      PATIENCE,
    );
    await watch(desk, await desk.write('network.yaml', await example({ swarm: undefined })));
    const found = async (name: string, count: number): Promise<readonly CatalogEntry[]> =>
      until(
        `${String(count)} of ${name}`,
        async () => {
          const entries = JSON.parse(
            await askAgentAt(one, `/v1/health/service/${name}?passing`),
          ) as readonly CatalogEntry[];
          return entries.length === count ? entries : undefined;
        },
        PATIENCE,
      );
    const web = await found('web-service', 3);
    const api = await found('api-service', 2);
    expect(web.map(({ Service }) => [Service.Port, Service.Tags])).toEqual(web.map(() => [80, ['public']]));
    expect(api.map(({ Service }) => [Service.Port, Service.Tags])).toEqual(api.map(() => [5678, ['internal']]));
    const all = [...web, ...api];
    expect(new Set(all.map(({ Service }) => Service.Meta['netctl-host']))).toEqual(new Set(['node01', 'node02']));
    expect(all.every(({ Service }) => Service.Address.startsWith('10.74.0.'))).toBe(true);
    expect(JSON.parse(await askAgentAt(one, '/v1/catalog/services'))).toEqual({
      ...{ 'web-service': ['public'], 'api-service': ['internal'], consul: [], netctl: [] },
    });

    // By the engine's own DNS server in a container of the other host, which asks Consul.
    const task = (await docker(two, 'ps', '--quiet', '--filter', 'name=service')).split('\n')[0] ?? '';
    const pid = await docker(two, 'inspect', '--format', '{{.State.Pid}}', task);
    const ask = `const r = new (require('dns').promises.Resolver)({ timeout: 3000 }); r.setServers(['127.0.0.11']);
      r.resolve4('api-service.service.consul').then((a) => console.log(a.sort().join()))`;
    const answer = await two.run('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '--eval', ask]);
    expect(answer.stdout.trim()).toBe(
      api
        .map(({ Service }) => Service.Address)
        .sort()
        .join(),
    );

    await docker(one, 'service', 'scale', '--detach', 'application_web-service=1');
    await found('web-service', 1);
    for (const stack of ['application', 'consul']) await docker(one, 'stack', 'rm', stack);
  });
});

interface CatalogEntry {
  readonly Service: {
    readonly Address: string;
    readonly Port: number;
    readonly Tags: readonly string[];
    readonly Meta: Readonly<Record<string, string>>;
  };
}
