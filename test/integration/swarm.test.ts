import { join } from 'node:path';
import { apply, connectDocker, formatPlan, loadSpec, plan, stepsOf, stepTitle } from '@netctl/core';
import type { ApplyOptions, Backends, EngineBackend, Hosts, Report } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askEngine, inspectNetwork, networkNames, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { loadYaml } from './support/load-yaml.js';
import { type Desk, openDesk, repository } from './support/netctl.js';
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

interface Node {
  readonly Description: { readonly Hostname: string };
  readonly Spec: { readonly Role: string; readonly Labels: Readonly<Record<string, string>> };
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

  const own = {
    address_pool: '10.30.0.0/16',
    subnet_size: 26,
    data_path_port: 7789,
    gwbridge: { subnet: '172.31.0.0/24' },
    ingress: { subnet: '10.31.0.0/24', mtu: 1400 },
    labels: { node01: { zone: 'a' }, node02: { disk: 'ssd', zone: 'b' } },
  };

  test('is made as it is described, with a network, and nothing is left to do', async () => {
    const { done } = await run(spec(app, own));
    expect(done.map(stepTitle).sort()).toEqual([
      'label the node node01',
      'label the node node02',
      'let node02 join the swarm as worker',
      'let node03 join the swarm as worker',
      'make network app on node01',
      'make network docker_gwbridge on node01',
      'make network docker_gwbridge on node02',
      'make network docker_gwbridge on node03',
      'make network ingress on node01',
      'make the swarm on node01',
    ]);
    expect(await titles(spec(app, own))).toEqual([]);
    const nodes = await askEngine<readonly Node[]>(host(0), 'GET', '/nodes');
    expect(
      nodes
        .map(({ Description, Spec: { Role, Labels } }) => [Description.Hostname, Role, Labels['zone'], Labels['disk']])
        .sort(),
    ).toEqual([
      ['node01', 'manager', 'a', undefined],
      ['node02', 'worker', 'b', 'ssd'],
      ['node03', 'worker', undefined, undefined],
    ]);
    const { DefaultAddrPool, SubnetSize, DataPathPort } = await askEngine<Record<string, unknown>>(
      host(0),
      'GET',
      '/swarm',
    );
    expect({ DefaultAddrPool, SubnetSize, DataPathPort }).toEqual({
      DefaultAddrPool: ['10.30.0.0/16'],
      SubnetSize: 26,
      DataPathPort: 7789,
    });
    for (const one of all) {
      const { IPAM } = await inspectNetwork(one, 'docker_gwbridge');
      expect(IPAM.Config[0]?.Subnet).toBe('172.31.0.0/24');
    }
    const ingress = await inspectNetwork(host(0), 'ingress');
    expect(ingress.IPAM.Config[0]?.Subnet).toBe('10.31.0.0/24');
  });

  test('labels follow the spec, and those of others stay', async () => {
    const [node] = await askEngine<readonly (Node & { ID: string; Version: { Index: number } })[]>(
      host(0),
      'GET',
      `/nodes?filters=${encodeURIComponent('{"name":["node02"]}')}`,
    );
    if (node === undefined) throw new Error('node02 is no node');
    const labels = { ...node.Spec.Labels, theirs: 'yes' };
    await askEngine(host(0), 'POST', `/nodes/${node.ID}/update?version=${String(node.Version.Index)}`, {
      ...node.Spec,
      Labels: labels,
    });
    const less = { ...own, labels: { node02: { disk: 'hdd' } } };
    const { done } = await run(spec(app, less));
    expect(done.map(({ why }) => why).sort()).toEqual(['labels: disk: ssd → hdd, zone goes', 'labels: zone goes']);
    const [now] = await askEngine<readonly Node[]>(
      host(0),
      'GET',
      `/nodes?filters=${encodeURIComponent('{"name":["node02"]}')}`,
    );
    expect(now?.Spec.Labels).toEqual({ disk: 'hdd', theirs: 'yes', 'io.netctl.labels': 'disk' });
  });

  test('what was settled when it was made is not changed', async () => {
    const other = { ...own, subnet_size: 24, address_pool: '10.40.0.0/16', gwbridge: { subnet: '172.31.1.0/24' } };
    const { problems } = await plan(loadYaml(spec(app, other)), hosts, { stateDir: desk.stateFolder });
    expect(
      problems.filter(({ code }) => code === 'SWARM_FIXED').map(({ path, host: on }) => `${path} ${on ?? ''}`),
    ).toEqual([
      'swarm.address_pool node01',
      'swarm.subnet_size node01',
      'swarm.gwbridge node01',
      'swarm.gwbridge node02',
      'swarm.gwbridge node03',
    ]);
  });

  test('a worker becomes a manager, and a worker again', async () => {
    const two = { ...own, managers: ['node01', 'node02', 'node03'], workers: [] };
    expect((await run(spec(app, two))).done.map(stepTitle).sort()).toEqual([
      'label the node node01',
      'make the node node02 a manager',
      'make the node node03 a manager',
    ]);
    expect(await titles(spec(app, two))).toEqual([]);
    expect((await run(spec(app, own))).done.map(stepTitle).sort()).toEqual([
      'make the node node02 a worker',
      'make the node node03 a worker',
    ]);
    expect(await titles(spec(app, own))).toEqual([]);
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
    const { done } = await run(spec(wanted, own));
    expect(done.map(stepTitle).sort()).toEqual([
      'put container web1 on network app on node01',
      'put container web2 on network app on node02',
      'put container web3 on network app on node03',
    ]);
    expect(await titles(spec(wanted, own))).toEqual([]);
    for (const container of containers) {
      await reachesFrom(container, '10.20.0.11');
      await reachesFrom(container, 'three');
    }

    // All are taken off wherever they are, and put back on the one that takes its place.
    const other = { ...wanted, networks: { app: { ...app.networks.app, internal: true } } };
    const again = await run(spec(other, own), { recreate: true });
    expect(again.moved.map(({ name, result }) => `${name} ${result}`).sort()).toEqual([
      'web1 restored',
      'web2 restored',
      'web3 restored',
    ]);
    expect(await titles(spec(other, own))).toEqual([]);
    for (const container of containers) {
      await reachesFrom(container, '10.20.0.11');
      await reachesFrom(container, 'three');
    }
    // The engine of a worker lists no network that nobody on it runs on; whoever is stopped is on it all the same.
    await containers[1]?.stop({ remove: false });
    const once = { ...wanted, networks: { app: app.networks.app } };
    const third = await run(spec(once, own), { recreate: true });
    expect(third.moved.map(({ name, result }) => `${name} ${result}`)).toContain('web2 restored');
    expect(await titles(spec(once, own))).toEqual([]);
    await askEngine(host(1), 'POST', '/containers/web2/start');
    expect(await titles(spec(once, own))).toEqual([]);
    for (const container of containers) await reachesFrom(container, 'three');
    const less = await run(spec({ ...app, containers: { web1: wanted.containers.web1 } }, own));
    expect(less.done.map(stepTitle).sort()).toEqual([
      'take container web2 off network app on node02',
      'take container web3 off network app on node03',
    ]);
    for (const [index, one] of all.entries()) {
      await tryEngine(one, 'DELETE', `/containers/web${String(index + 1)}?force=1`);
    }
  });

  test('goes, and each host is as it was', async () => {
    const { done } = await run(spec(app, own), { destroy: true });
    expect(done.map(stepTitle).sort()).toEqual([
      'let node01 leave the swarm',
      'let node02 leave the swarm',
      'let node03 leave the swarm',
      'remove network app on node01',
      'remove network docker_gwbridge on node01',
      'remove network docker_gwbridge on node02',
      'remove network docker_gwbridge on node03',
      'remove network ingress on node01',
    ]);
    for (const one of all) {
      const { Swarm } = await askEngine<{ Swarm: { LocalNodeState: string } }>(one, 'GET', '/info');
      expect(Swarm.LocalNodeState).toBe('inactive');
      expect(await networkNames(one)).toEqual(['bridge', 'host', 'none']);
    }
  });

  test('examples/swarm.yaml: the plan says all that is done', async () => {
    const example = await loadSpec(join(repository, 'examples/swarm.yaml'));
    const options = { stateDir: desk.stateFolder, allowDisruptive: true };
    const [image] = await Promise.all([busyboxImage(host(0)), busyboxImage(host(1))]);
    const first = await startContainer(host(0), { image, name: 'web1' });
    const second = await startContainer(host(1), { image, name: 'web2' });
    const planned = await plan(example, hosts, options);
    expect(formatPlan(planned)).toBe(EXAMPLE_PLAN);
    const { done } = await apply(example, hosts, { ...options, approved: planned });
    expect(done).toHaveLength(stepsOf(planned).length);
    expect(stepsOf(await plan(example, hosts, options))).toEqual([]);
    await reachesFrom(second, '10.20.0.11');
    await apply(example, hosts, { ...options, destroy: true });
    for (const container of [first, second]) await container.stop();
    for (const one of all) expect(await networkNames(one)).toEqual(['bridge', 'host', 'none']);
  });
});

/** As docs/swarm.md shows it. */
const EXAMPLE_PLAN = `node01:
+ network docker_gwbridge  bridge, 172.31.0.0/24
                           it is not there yet
+ swarm                    by 192.168.1.11, pools 10.30.0.0/16
                           it is in no swarm yet
~ node node03              labels: disk: nothing → ssd
+ network app              overlay, 10.20.0.0/24 range 10.20.0.128/25, attachable
                           it is not there yet
> container web1           on app, 10.20.0.11 as asked
                           it is not on it yet
node02:
+ network docker_gwbridge  bridge, 172.31.0.0/24
                           it is not there yet
+ worker of the swarm      of node01, by 192.168.1.12
                           it is in no swarm yet
> container web2           on app
                           it is not on it yet
node03:
+ network docker_gwbridge  bridge, 172.31.0.0/24
                           it is not there yet
+ worker of the swarm      of node01, by 192.168.1.13
                           it is in no swarm yet
`;
