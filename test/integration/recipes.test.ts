import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askEngine, engineVersion, isAtLeast, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from './support/netctl.js';
import { everybodyLeaves, join as joins } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

/* The recipes of examples/recipes, each with the containers that it is for: what its first lines promise is tried. */

let lan: Lan;
let host: Host;
let desk: Desk;
let image: string;
let version: string;
let before: Awaited<ReturnType<typeof snapshotOf>>;

const recipe = (name: string): string => join(repository, 'examples/recipes', `${name}.yaml`);
const runs = (name: string, more: Partial<Parameters<typeof joins>[2]> = {}): Promise<string> =>
  joins(host, image, { name, state: 'running', networks: { bridge: {} }, ...more });

async function apply(path: string, ...args: readonly string[]): Promise<string> {
  const ran = await desk.netctl(['apply', path, ...args]);
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
  const planned = documentOf<PlanDocument>(await desk.netctl(['plan', path, '--json']));
  expect(planned.steps).toEqual([]);
  return ran.stdout + ran.stderr;
}

/** Whether it is answered. */
async function pings(from: string, to: string): Promise<boolean> {
  const { stdout } = await host.run('docker', ['exec', from, 'ping', '-c1', '-W2', to], { reject: false });
  return stdout.includes('1 packets received');
}

async function inside(name: string, ...command: readonly string[]): Promise<string> {
  return (await host.run('docker', ['exec', name, ...command])).stdout;
}

/** What the engine's own DNS says to a container. */
async function lookUp(container: string, name: string): Promise<readonly string[]> {
  const { State } = await askEngine<{ State: { Pid: number } }>(host, 'GET', `/containers/${container}/json`);
  const program = `const { Resolver } = require('node:dns').promises;
const resolver = new Resolver({ timeout: 5000, tries: 3 });
resolver.setServers(['127.0.0.11']);
resolver.resolve4(${JSON.stringify(name)}).then((found) => console.log(JSON.stringify(found.sort())));`;
  const { stdout } = await host.run('nsenter', [
    `--net=/proc/${String(State.Pid)}/ns/net`,
    process.execPath,
    '-e',
    program,
  ]);
  return JSON.parse(stdout) as readonly string[];
}

async function addressOn(container: string, network: string): Promise<string> {
  const { NetworkSettings } = await askEngine<{
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  }>(host, 'GET', `/containers/${container}/json`);
  return NetworkSettings.Networks[network]?.IPAddress ?? '';
}

/** The containers go first: Docker made some of them on the networks of the recipe. */
async function gone(path: string): Promise<void> {
  await everybodyLeaves(host);
  const destroyed = await desk.netctl(['destroy', path, '--yes']);
  expect(destroyed.exitCode, destroyed.stderr).toBe(0);
  expect(await snapshotOf(host)).toEqual(before);
}

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
    engine: testEngine(),
  });
  [desk, version, image] = await Promise.all([openDesk(host), engineVersion(host), busyboxImage(host)]);
  before = await snapshotOf(host);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

beforeEach((context) => {
  // What a failure leaves would fail the next recipe too.
  context.onTestFailed(async () => {
    await everybodyLeaves(host);
    for (const name of ['lan-server', 'reverse-proxy', 'internal-database', 'round-robin', 'shared-namespace'])
      await desk.netctl(['destroy', recipe(name), '--yes']);
  });
});

test('a server has an address on the LAN, for the LAN and for the host', async () => {
  const path = recipe('lan-server');
  await runs('pihole');
  await apply(path);
  const { stdout } = await lan.run('ping', ['-c1', '-W2', '192.168.1.53']);
  expect(stdout).toContain('1 received');
  expect((await host.run('ping', ['-c1', '-W2', '192.168.1.53'])).stdout).toContain('1 received');
  expect((await host.run('ip', ['route', 'get', '192.168.1.53'])).stdout).toContain('dev lan-shim');
  expect(await pings('pihole', '192.168.1.1')).toBe(true);
  await gone(path);
});

test('a reverse proxy has its default route by one of two networks', async () => {
  const path = recipe('reverse-proxy');
  await runs('proxy');
  await runs('blog');
  if (!isAtLeast(version, '28.0')) {
    const refused = await desk.netctl(['apply', path, '--yes', '--json']);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toContain('"ENGINE_TOO_OLD"');
    expect((await snapshotOf(host)).networks).toEqual(before.networks);
    // As its first lines say. Its home, the default bridge, comes before both by name, so it is made elsewhere.
    await everybodyLeaves(host);
    await apply(path);
    await runs('proxy', { networks: { services: {} } });
    await runs('blog', { networks: { services: {} } });
    const text = (await readFile(path, 'utf8')).replace(', default_route: true', '');
    await apply(await desk.write('older.yaml', text), '--yes');
  } else {
    await apply(path);
  }
  expect(await inside('proxy', 'ip', 'route')).toContain('default via 10.30.0.1 ');
  expect(await pings('proxy', 'blog.internal')).toBe(true);
  expect(await pings('blog', 'gateway')).toBe(true);
  await gone(path);
});

test('a database is reached by its application and by nobody else, and reaches nobody', async () => {
  const path = recipe('internal-database');
  expect(await apply(path)).toContain('there is no container postgres yet');
  await runs('postgres', { networks: { data: {} } });
  await runs('shop', { networks: { front: {} } });
  await runs('stranger', { networks: { front: {} } });
  await apply(path, '--yes');
  expect(await addressOn('postgres', 'data')).toBe('10.33.0.5');
  for (const name of ['db', 'db.internal']) expect(await lookUp('shop', name)).toEqual(['10.33.0.5']);
  expect(await pings('shop', 'db')).toBe(true);
  expect(await pings('shop', '192.168.1.1')).toBe(true);
  expect(await pings('postgres', '192.168.1.1')).toBe(false);
  expect(await pings('stranger', '10.33.0.5')).toBe(false);
  await gone(path);
});

test('one name stands for several containers, which Docker’s DNS gives in turn', async () => {
  const path = recipe('round-robin');
  const labels = { role: 'worker' };
  for (const name of ['worker-a', 'worker-b']) await runs(name, { labels });
  await runs('client');
  await apply(path);
  const both = await Promise.all(['worker-a', 'worker-b'].map((name) => addressOn(name, 'pool')));
  expect(await lookUp('client', 'worker')).toEqual(both.sort());
  for (const name of ['worker-a', 'worker-b']) expect(await pings('client', name)).toBe(true);

  // One more comes, and the next apply lets it in.
  await runs('worker-c', { labels });
  await apply(path);
  expect(await lookUp('client', 'worker')).toHaveLength(3);
  await gone(path);
});

test('a sidecar sees the network of the container that it shares, and is not to be named', async () => {
  const path = recipe('shared-namespace');
  await runs('app');
  await runs('metrics', { networks: { 'container:app': {} } });
  await runs('peer');
  await apply(path);
  expect(await inside('metrics', 'ip', '-4', 'addr')).toContain('10.35.0.20/24');
  await askEngine(host, 'POST', '/networks/mesh/connect', { Container: 'peer' });
  expect(await lookUp('peer', 'app.internal')).toEqual(['10.35.0.20']);
  expect(await pings('metrics', await addressOn('peer', 'mesh'))).toBe(true);

  const named = (await readFile(path, 'utf8')).replace('  app:', '  metrics: { networks: [mesh] }\n  app:');
  const refused = await desk.netctl(['apply', await desk.write('named.yaml', named), '--yes']);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toMatch(
    /the container metrics has the network mode container:\w+: it has the network of another container/,
  );
  await tryEngine(host, 'POST', '/networks/mesh/disconnect', { Container: 'peer' });
  await gone(path);
});
