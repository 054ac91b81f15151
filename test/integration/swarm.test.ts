import { apply, connectDocker, plan, stepsOf, stepTitle } from '@netctl/core';
import type { ApplyOptions, Backends, EngineBackend, Hosts, Report } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askEngine, inspectNetwork, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { loadYaml } from './support/load-yaml.js';
import { type Desk, openDesk } from './support/netctl.js';
import { reachesFrom } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

/* Three real engines on one LAN become a swarm, have overlay networks, and are three engines again. */

let lan: Lan;
let all: readonly Host[];
let engines: readonly EngineBackend[];
let hosts: Hosts;
let desk: Desk;

const NAMES = ['node01', 'node02', 'node03'];

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  all = await Promise.all(
    NAMES.map(async (name, index) =>
      startHost({
        name,
        interfaces: [{ name: 'eth0', lan, addresses: [`192.168.1.1${String(index + 1)}/24`], gateway: '192.168.1.1' }],
        engine: testEngine(),
      }),
    ),
  );
  engines = await Promise.all(all.map(({ dockerHost }) => connectDocker({ host: dockerHost })));
  hosts = new Map(
    all.map((host, index): [string, Backends] => {
      const engine = engines[index];
      if (engine === undefined) throw new Error(`no engine of ${host.name}`);
      return [host.name, { engine, links: iproute2({ command: host.command('ip') }) }];
    }),
  );
  desk = await openDesk(host(0));
});

afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await Promise.all(all.map(async (one) => one.close()));
  await lan.close();
});

function host(index: number): Host {
  const found = all[index];
  if (found === undefined) throw new Error(`no host ${String(index)}`);
  return found;
}

const spec = (rest: object, swarm: object = {}): object => ({
  name: 'shop',
  hosts: Object.fromEntries(all.map(({ name, dockerHost }) => [name, { docker: dockerHost }])),
  swarm: { managers: ['node01'], workers: ['node02', 'node03'], advertise: 'eth0', ...swarm },
  ...rest,
});

const run = (value: object, options: ApplyOptions = {}): Promise<Report> =>
  apply(loadYaml(value), hosts, { allowDisruptive: true, stateDir: desk.stateFolder, ...options });

const titles = async (value: object): Promise<readonly string[]> =>
  stepsOf(await plan(loadYaml(value), hosts, { stateDir: desk.stateFolder })).map(stepTitle);

describe('a swarm of three', () => {
  const app = {
    networks: { app: { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24', ip_range: '10.20.0.128/25' } },
  };

  test('is made, with a network, and nothing is left to do', async () => {
    const { done } = await run(spec(app));
    expect(done.map(stepTitle).sort()).toEqual([
      'let node02 join the swarm as worker',
      'let node03 join the swarm as worker',
      'make network app on node01',
      'make the swarm on node01',
    ]);
    expect(await titles(spec(app))).toEqual([]);
    const nodes = await askEngine<readonly { Spec: { Role: string } }[]>(host(0), 'GET', '/nodes');
    expect(nodes.map(({ Spec }) => Spec.Role).sort()).toEqual(['manager', 'worker', 'worker']);
  });

  test('containers of all hosts are put on it, and reach each other', async () => {
    const images = await Promise.all(all.map(async (one) => busyboxImage(one)));
    const containers = await Promise.all(
      all.map(async (one, index) =>
        startContainer(one, { image: images[index] ?? '', name: `web${String(index + 1)}` }),
      ),
    );
    const wanted = {
      ...app,
      containers: {
        web1: { networks: { app: { ipv4_address: '10.20.0.11' } } },
        web2: { networks: { app: {} } },
        web3: { host: 'node03', networks: { app: { aliases: ['three'] } } },
      },
    };
    const { done } = await run(spec(wanted));
    expect(done.map(stepTitle).sort()).toEqual([
      'put container web1 on network app on node01',
      'put container web2 on network app on node02',
      'put container web3 on network app on node03',
    ]);
    expect(await titles(spec(wanted))).toEqual([]);
    for (const container of containers) {
      await reachesFrom(container, '10.20.0.11');
      await reachesFrom(container, 'three');
    }
    const less = await run(spec({ ...app, containers: { web1: wanted.containers.web1 } }));
    expect(less.done.map(stepTitle).sort()).toEqual([
      'take container web2 off network app on node02',
      'take container web3 off network app on node03',
    ]);
    for (const container of containers) await container.stop();
  });

  test('goes, and each host is as it was', async () => {
    const { done } = await run(spec(app), { destroy: true });
    expect(done.map(stepTitle)).toEqual([
      'remove network app on node01',
      'let node01 leave the swarm',
      'let node02 leave the swarm',
      'let node03 leave the swarm',
    ]);
    for (const one of all) {
      const { Swarm } = await askEngine<{ Swarm: { LocalNodeState: string } }>(one, 'GET', '/info');
      expect(Swarm.LocalNodeState).toBe('inactive');
      expect(await networkNames(one)).toEqual(['bridge', 'docker_gwbridge', 'host', 'none']);
    }
    expect(inspectNetwork).toBeTypeOf('function');
  });
});
