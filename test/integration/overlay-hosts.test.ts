import { apply, connectDocker, plan, status, stepsOf } from '@netctl/core';
import type { Backends, EngineBackend, Hosts, Plan } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadText, stateDir } from '../support/memory/run.js';
import { makeImage, startContainer } from '../kernel/support/container.js';
import { swarmOfTwo } from '../kernel/support/swarm.js';
import { fragments } from '../kernel/support/wire.js';
import { inspectNetwork, networkNames } from './support/engine-client.js';
import { proxyEngine } from './support/engine-proxy.js';
import { testEngine } from './support/engine.js';
import { until } from './support/until.js';

/*
 * A network of a swarm of two real engines, of which one is a manager and has a larger link than the other. What the
 * manager makes is on both hosts, and nobody asks a worker.
 */

const OWN = ['bridge', 'docker_gwbridge', 'host', 'ingress', 'none'];
const MTU = 'com.docker.network.driver.mtu';

let lan: Lan;
let manager: Host;
let worker: Host;
let engines: readonly EngineBackend[];
let hosts: Hosts;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const start = async (name: string, address: string, mtu: number): Promise<Host> => {
    const eth0 = { name: 'eth0', lan, addresses: [`${address}/24`], gateway: '192.168.1.1', mtu };
    const host = await startHost({ name, interfaces: [eth0], engine: testEngine() });
    await makeImage(host);
    return host;
  };
  [manager, worker] = await Promise.all([start('node01', '192.168.1.10', 1500), start('node02', '192.168.1.11', 1450)]);
  await swarmOfTwo(manager, worker);
  engines = await Promise.all([manager, worker].map(({ dockerHost }) => connectDocker({ host: dockerHost })));
  const backends = (host: Host, index: number): readonly [string, Backends] => {
    const engine = engines[index];
    if (engine === undefined) throw new Error(`no engine of ${host.name}`);
    return [host.name, { engine, links: iproute2({ command: host.command('ip') }) }];
  };
  hosts = new Map([manager, worker].map(backends));
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await Promise.all([manager.close(), worker.close()]);
  await lan.close();
});

const text = (networks: object): string =>
  JSON.stringify({
    name: 'both',
    hosts: Object.fromEntries([manager, worker].map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
    networks,
  });
const planned = async (networks: object): Promise<Plan> => plan(loadText(text(networks)), hosts, { stateDir });

async function destroyed(): Promise<void> {
  await apply(loadText(text({})), hosts, { stateDir, allowDisruptive: true });
  await until('no network is left', async () => {
    const left = [...(await networkNames(manager)), ...(await networkNames(worker))];
    return left.every((name) => OWN.includes(name));
  });
}

describe('the MTU of an overlay', () => {
  const networks = {
    auto: { driver: 'overlay', attachable: true, mtu: 'auto', subnet: '10.80.0.0/24' },
    more: { driver: 'overlay', attachable: true, mtu: 1401, subnet: '10.81.0.0/24' },
  };

  test('is that of the smaller link, less VXLAN: what fits is sent whole, and one byte more is not', async () => {
    const { problems } = await planned(networks);
    expect(problems.filter(({ code }) => code === 'MTU_ABOVE_UNDERLAY')).toMatchObject([
      { host: 'node02', path: 'networks.more.mtu', hint: 'Write `mtu: auto`, or `mtu: 1400`.' },
    ]);
    await apply(loadText(text(networks)), hosts, { stateDir });
    expect(stepsOf(await planned(networks))).toEqual([]);
    expect((await inspectNetwork(manager, 'auto')).Options?.[MTU]).toBe('1450');

    const [here, there] = [await startContainer(manager, 'auto'), await startContainer(worker, 'auto')];
    await here.reaches(there.address);
    expect(await here.pings(there.address, 1400)).toBe(true);
    expect(await here.pings(there.address, 1401)).toBe(false);
    expect(await fragments(worker)).toBe(0);
    await Promise.all([here.remove(), there.remove()]);

    // Where containers have one byte more, the host with the smaller link cannot send it on.
    const [large, small] = [await startContainer(manager, 'more'), await startContainer(worker, 'more')];
    await large.reaches(small.address);
    expect(await small.pings(large.address, 1400)).toBe(true);
    expect(await small.pings(large.address, 1401)).toBe(false);
    expect(await fragments(worker)).toBe(0);
    await Promise.all([large.remove(), small.remove()]);
    await destroyed();
  });
});

describe('the subnet of an overlay', () => {
  test('is refused where another host has a route to it, and chosen where none has', async () => {
    const routes = ['10.82.0.0/16', '172.28.0.0/16'];
    for (const prefix of routes) await worker.run('ip', ['route', 'add', prefix, 'via', '192.168.1.1']);
    const pinned = { mine: { driver: 'overlay', subnet: '10.82.5.0/24' } };
    expect((await planned(pinned)).problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'SUBNET_OVERLAP',
        path: 'networks.mine.subnet',
        message: '10.82.5.0/24 overlaps 10.82.0.0/16, to which node02 has a route by eth0 via 192.168.1.1',
        hint: expect.stringMatching(/^172\.29\.\d+\.0\/24 is free/) as string,
      },
    ]);
    const chosen = { mine: { driver: 'overlay', attachable: true, subnet: 'auto' } };
    await apply(loadText(text(chosen)), hosts, { stateDir });
    const [entry] = (await inspectNetwork(manager, 'mine')).IPAM.Config;
    expect(entry?.Subnet).toMatch(/^172\.29\./);
    expect(stepsOf(await planned(chosen))).toEqual([]);
    await destroyed();
    for (const prefix of routes) await worker.run('ip', ['route', 'del', prefix]);
  });
});

test('a kernel that cannot encrypt is named for each host before anything is made', async () => {
  const secret = { mine: { driver: 'overlay', encrypted: true } };
  const { problems } = await planned(secret);
  const able = await iproute2().probe(['esp']);
  expect(problems.filter(({ code }) => code === 'KERNEL_LACKS')).toMatchObject(
    able.esp === 'no' ? ['node01', 'node02'].map((host) => ({ host, severity: 'error', path: 'networks.mine' })) : [],
  );
  expect(problems.filter(({ code }) => code === 'SWARM_PORTS')).toMatchObject([
    { severity: 'note', message: expect.stringContaining('4789/udp, and the IP protocol 50 (ESP)') as string },
  ]);
  if (able.esp !== 'no') return;
  await expect(apply(loadText(text(secret)), hosts, { stateDir })).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await networkNames(manager)).not.toContain('mine');
});

describe('a worker', () => {
  const both = {
    mine: { driver: 'overlay', attachable: true, subnet: '10.83.0.0/24' },
    here: { subnet: '10.84.0.0/24' },
  };

  test('is not asked for what only a manager knows, nor for a network of the swarm by its name', async () => {
    const proxies = await Promise.all([manager, worker].map(async ({ socket }) => proxyEngine(socket)));
    const [ofManager, ofWorker] = proxies;
    if (ofManager === undefined || ofWorker === undefined) throw new Error('no proxies');
    const behind = new Map<string, Backends>();
    const open: EngineBackend[] = [];
    for (const [index, [name, backends]] of [...hosts].entries()) {
      if (!('links' in backends)) throw new Error(`no links of ${name}`);
      const engine = await connectDocker({ host: proxies[index]?.dockerHost ?? '' });
      open.push(engine);
      behind.set(name, { engine, links: backends.links });
    }
    const spec = loadText(text(both));
    await apply(spec, behind, { stateDir });
    // Somebody there is on it, so that the worker lists it.
    const guest = await startContainer(worker, 'mine');
    expect(await networkNames(worker)).toContain('mine');
    expect(stepsOf(await plan(spec, behind, { stateDir }))).toEqual([]);
    await status(spec, behind);
    await guest.remove();
    await apply(spec, behind, { stateDir, destroy: true, allowDisruptive: true });

    const asked = ofWorker.calls.map(({ method, path, query }) => `${method} ${path} ${decodeURIComponent(query)}`);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((call) => /^\S+ \/(?:swarm|nodes|services|tasks|secrets|configs)\b/.test(call))).toEqual([]);
    expect(asked.filter((call) => call.includes('mine'))).toEqual([]);
    // Who does know is asked: this sees what is asked.
    expect(ofManager.calls.map(({ path }) => path)).toEqual(expect.arrayContaining(['/nodes', '/services']));
    for (const engine of open) await engine[Symbol.asyncDispose]();
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    await destroyed();
  });
});
