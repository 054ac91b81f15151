import { join } from 'node:path';
import { apply, connectDocker, loadSpec, NetctlError, plan, stepsOf, stepTitle } from '@netctl/core';
import type { ApplyOptions, Backends, EngineBackend, Hosts, Report } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askEngine, networkNames, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { kernelLacks } from './support/kernel.js';
import { loadYaml } from './support/load-yaml.js';
import { type Desk, openDesk, repository } from './support/netctl.js';
import { reaches, reachesFrom } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

/* One macvlan network of a swarm, on two nodes of one LAN whose links have different names. */

/** What is there of the network, on each node. */
const ofLan = async (): Promise<readonly (readonly string[])[]> =>
  Promise.all([one, two].map(async (host) => (await networkNames(host)).filter((name) => name.startsWith('lan'))));

let lan: Lan;
let one: Host;
let two: Host;
let desk: Desk;
let engines: readonly EngineBackend[];
const lacking = await kernelLacks(['macvlan']);

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const start = async (name: string, link: string, address: string): Promise<Host> =>
    startHost({
      name,
      interfaces: [{ name: link, lan, addresses: [address], gateway: '192.168.1.1' }],
      engine: testEngine(),
    });
  [one, two] = await Promise.all([
    start('node01', 'eth0', '192.168.1.10/24'),
    start('node02', 'enp3s0', '192.168.1.11/24'),
  ]);
  desk = await openDesk(one);
  engines = await Promise.all([one, two].map(({ dockerHost }) => connectDocker({ host: dockerHost })));
  // The swarm stays for the whole file.
  await run({});
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await Promise.all([one.close(), two.close()]);
  await lan.close();
});

function targets(change: (engine: EngineBackend) => Partial<EngineBackend> = () => ({})): Hosts {
  return new Map(
    [one, two].map((host, index): [string, Backends] => {
      const engine = engines[index];
      if (engine === undefined) throw new Error(`no engine of ${host.name}`);
      const changed = index === 1 ? { ...engine, ...change(engine) } : engine;
      return [host.name, { engine: changed, links: iproute2({ command: host.command('ip') }) }];
    }),
  );
}

const spec = (networks: object, more: object = {}): object => ({
  name: 'home',
  hosts: Object.fromEntries([one, two].map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
  swarm: { managers: ['node01'], workers: ['node02'] },
  networks,
  ...more,
});

const theLan = (second: object = {}): object => ({
  driver: 'macvlan',
  scope: 'swarm',
  attachable: true,
  parent: 'eth0',
  subnet: '192.168.1.0/24',
  gateway: '192.168.1.1',
  ip_range: '192.168.1.192/26',
  split: 28,
  shim: true,
  hosts: { node01: {}, node02: { parent: 'enp3s0', ...second } },
});

async function linkNames(host: Host): Promise<readonly string[]> {
  const { stdout } = await host.run('ip', ['-json', 'link']);
  return (JSON.parse(stdout) as readonly { readonly ifname: string }[]).map(({ ifname }) => ifname);
}

async function run(networks: object, options: ApplyOptions = {}, more: object = {}, on = targets()): Promise<Report> {
  return apply(loadYaml(spec(networks, more)), on, { allowDisruptive: true, stateDir: desk.stateFolder, ...options });
}

const left = async (networks: object, more: object = {}): Promise<readonly string[]> =>
  stepsOf(await plan(loadYaml(spec(networks, more)), targets(), { stateDir: desk.stateFolder })).map(stepTitle);

async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`no NetctlError: ${String(error)}`);
}

describe.skipIf(lacking.length > 0)('a macvlan network of a swarm', () => {
  const containers = {
    web1: { host: 'node01', networks: { lan: {} } },
    web2: { host: 'node02', networks: { lan: {} } },
  };

  test('is made, and containers of both nodes reach each other and the LAN', async () => {
    const example = await loadSpec(join(repository, 'examples/swarm-macvlan.yaml'));
    const { done } = await apply(example, targets(), { stateDir: desk.stateFolder });
    expect(done.map(stepTitle).sort()).toEqual([
      'make link lan-shim on node01',
      'make link lan-shim on node02',
      'make network lan on node01',
      'make network lan-config on node01',
      'make network lan-config on node02',
    ]);
    expect(await left({ lan: theLan() })).toEqual([]);

    const [image] = await Promise.all([busyboxImage(one), busyboxImage(two)]);
    const web1 = await startContainer(one, { image, name: 'web1' });
    const web2 = await startContainer(two, { image, name: 'web2' });
    const more = { containers };
    const put = await run({ lan: theLan() }, {}, more);
    expect(put.done.map(stepTitle).sort()).toEqual([
      'put container web1 on network lan on node01',
      'put container web2 on network lan on node02',
    ]);
    expect(await left({ lan: theLan() }, more)).toEqual([]);
    await reachesFrom(web1, '192.168.1.208');
    await reachesFrom(web2, '192.168.1.192');
    await reachesFrom(web2, '192.168.1.1');
    await reaches(lan, '192.168.1.208');
    await reaches(one, '192.168.1.192');
    await reaches(two, '192.168.1.208');

    // The engine says yes to an address, and gives another one: netctl refuses first.
    const asked = await startContainer(one, { image, name: 'asked', network: 'lan', ip: '192.168.1.51' });
    expect(asked.getIpAddress('lan')).toBe('192.168.1.193');
    await asked.stop();
    const wish = { containers: { web1: { host: 'node01', networks: { lan: { ipv4_address: '192.168.1.51' } } } } };
    expect(() => loadYaml(spec({ lan: theLan() }, wish))).toThrow('is not a valid spec');

    await run({ lan: theLan() });
    for (const container of [web1, web2]) await container.stop();
  });

  test('what differs on one node is made again, with the network of the swarm', async () => {
    const other = { lan: theLan({ ip_range: '192.168.1.64/28' }) };
    const { done } = await run(other);
    expect(done.map(stepTitle).sort()).toEqual([
      'make network lan on node01',
      'make network lan-config on node02',
      'remove network lan on node01',
      'remove network lan-config on node02',
      'repair link lan-shim on node02',
    ]);
    expect(await left(other)).toEqual([]);
    const image = await busyboxImage(two);
    const moved = await startContainer(two, { image, name: 'moved', network: 'lan' });
    expect(moved.getIpAddress('lan')).toBe('192.168.1.64');
    await reaches(lan, '192.168.1.64');
    await moved.stop();
  });

  test('is replaced with --recreate under containers of both nodes, who are on it again', async () => {
    const [image] = await Promise.all([busyboxImage(one), busyboxImage(two)]);
    const web1 = await startContainer(one, { image, name: 'web1' });
    const web2 = await startContainer(two, { image, name: 'web2' });
    const more = { containers };
    await run({ lan: theLan() }, {}, more);
    const other = { lan: theLan({ ip_range: '192.168.1.64/28' }) };
    const refused = await failure(run(other, {}, more));
    expect(refused.code).toBe('REFUSED');
    expect(refused.problems.map(({ message }) => message).join('\n')).toMatch(/web1.*web2|web2.*web1/s);
    expect(await left({ lan: theLan() }, more)).toEqual([]);

    const { moved } = await run(other, { recreate: true }, more);
    expect(moved.map(({ name, network, result }) => `${name} ${network} ${result}`).sort()).toEqual([
      'web1 lan restored',
      'web2 lan restored',
    ]);
    expect(await left(other, more)).toEqual([]);
    await reachesFrom(web1, '192.168.1.64');
    await reachesFrom(web2, '192.168.1.192');

    // The engine of a worker lists no network of the swarm that nobody on it runs on; whoever is stopped is on it all the same.
    await web2.stop({ remove: false });
    const again = await run({ lan: theLan() }, { recreate: true }, more);
    expect(again.moved.map(({ name, result }) => `${name} ${result}`)).toContain('web1 restored');
    expect(await left({ lan: theLan() }, more)).toEqual([]);
    await askEngine(two, 'POST', '/containers/web2/start');
    await reachesFrom(web1, '192.168.1.208');
    expect(await left({ lan: theLan() }, more)).toEqual([]);
    await run({ lan: theLan() });
    for (const host of [one, two])
      await tryEngine(host, 'DELETE', `/containers/${host === one ? 'web1' : 'web2'}?force=1`);
  });

  test('is nowhere when one node cannot have its part, and says what was taken back', async () => {
    await run({});
    expect(await ofLan()).toEqual([[], []]);
    const stopping = targets((engine) => ({
      createNetwork: async (step, owner, signal) => {
        await two.stopEngine();
        return engine.createNetwork(step, owner, signal);
      },
    }));
    const error = await failure(run({ lan: theLan() }, {}, {}, stopping));
    await two.startEngine();
    expect(error.problems.map(({ code, host, message }) => `${code} ${host ?? ''}: ${message}`).sort()).toEqual([
      expect.stringMatching(
        /^NOT_RECOVERED node02: the network lan-config could not be taken back: No Docker Engine at /,
      ),
      'RECOVERED node01: the network lan-config and the shim lan-shim were taken back, since lan could not be made on all nodes',
    ]);
    expect(await ofLan()).toEqual([[], []]);
    await expect(run({ lan: theLan({ parent: 'nosuch0' }) })).rejects.toMatchObject({ code: 'REFUSED' });
    expect(await ofLan()).toEqual([[], []]);
  });

  test('goes with all that belongs to it, also right after all have left it', async () => {
    await run({ lan: theLan() });
    const [image] = await Promise.all([busyboxImage(one), busyboxImage(two)]);
    const web1 = await startContainer(one, { image, name: 'web1' });
    const web2 = await startContainer(two, { image, name: 'web2' });
    await run({ lan: theLan() }, {}, { containers });
    const { done } = await run({}, { destroy: true }, { containers: {} });
    const titles = done.map(stepTitle);
    expect(titles).toEqual(
      expect.arrayContaining([
        'take container web1 off network lan on node01',
        'take container web2 off network lan on node02',
        'remove network lan on node01',
        'remove network lan-config on node01',
        'remove network lan-config on node02',
      ]),
    );
    for (const container of [web1, web2]) await container.stop();
    for (const host of [one, two]) {
      expect(await networkNames(host)).toEqual(['bridge', 'docker_gwbridge', 'host', 'none']);
      expect(await linkNames(host)).not.toContain('lan-shim');
    }
  });
});
