import { beforeEach, describe, expect, test } from 'vitest';

import { NetctlError } from '../../../packages/core/src/errors.js';
import { formatPlan, stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import type { LinkInput } from '../../support/memory/world.js';
import { addLink, clusterOf } from '../../support/memory/index.js';
import { failure, hostOf, nodesOf, planOf, rest, run, specText, threeHosts, traces } from './three.js';
import type { Three } from './three.js';

let hosts: Three;
beforeEach(() => {
  hosts = threeHosts();
});

const swarmOf = (swarm: object): string => specText({ swarm });
const SOLO = swarmOf({ managers: ['a'] });
const ALL = swarmOf({ managers: ['a'], workers: ['b', 'c'] });

const problemsOf = async (
  text: string,
  on: ReadonlyMap<string, NetctlError | ReturnType<typeof hostOf>> = hosts,
  options = {},
) =>
  (await planOf(on, text, options)).problems.map(
    ({ host = '', code, path, message }) => `${host} ${code} ${path}: ${message}`,
  );

const address = (text: string, scope = 'global'): NonNullable<LinkInput['addresses']>[number] => ({
  address: text,
  prefixLength: text.includes(':') ? 64 : 24,
  scope,
});

/** A second link of host a. */
function withLink(name: string, ...addresses: readonly string[]): void {
  addLink(hostOf(hosts, 'a').world, { name, addresses: addresses.map((one) => address(one)) });
}

/** Told once where a swarm of several is made. */
const PORTS =
  'a SWARM_PORTS swarm: the nodes of the swarm speak to one another by 2377/tcp (to managers), 7946/tcp, 7946/udp and 4789/udp';

describe('the address of a host', () => {
  const advertised = async (advertise: unknown): Promise<readonly string[]> => {
    const text = swarmOf({ managers: ['a'], ...(advertise === undefined ? {} : { advertise }) });
    const plan = await planOf(hosts, text);
    return [
      ...plan.problems.map(({ code, path, message }) => `${code} ${path}: ${message}`),
      ...stepsOf(plan).flatMap((step) => (step.op === 'swarm.init' ? [step.advertise] : [])),
    ];
  };

  test('is its one address, that of an interface, or the one that is written', async () => {
    expect(await advertised(undefined)).toEqual(['192.168.1.11']);
    withLink('eth1', '10.9.0.1');
    expect(await advertised('eth1')).toEqual(['10.9.0.1']);
    expect(await advertised({ a: 'eth1' })).toEqual(['10.9.0.1']);
    expect(await advertised('203.0.113.7')).toEqual(['203.0.113.7']);
  });

  test('is IPv6 where there is nothing else', async () => {
    withLink('eth1', 'fd00::1');
    withLink('eth2', '10.9.0.1', 'fd00:2::1');
    expect(await advertised('eth1')).toEqual(['fd00::1']);
    expect(await advertised('eth2')).toEqual(['10.9.0.1']);
  });

  test('has to be said where there are several, and given where there is none', async () => {
    withLink('eth1', '10.9.0.1', '10.9.0.2');
    withLink('eth2');
    expect(await advertised('eth1')).toEqual([
      'SWARM_ADDRESS swarm.advertise: eth1 has several addresses: 10.9.0.1 and 10.9.0.2',
    ]);
    expect(await advertised('eth2')).toEqual([
      'SWARM_ADDRESS swarm.advertise: eth2 has no address that others could reach',
    ]);
    expect(await advertised('eth7')).toEqual(['SWARM_ADDRESS swarm.advertise: there is no link eth7']);
    expect(await advertised(undefined)).toEqual([
      'SWARM_ADDRESS swarm: this host has several addresses: 192.168.1.11 (eth0), 10.9.0.1 (eth1) and 10.9.0.2 (eth1)',
    ]);
  });

  test('is for data another one where that is said', async () => {
    withLink('eth1', '10.9.0.1');
    const plan = await planOf(hosts, swarmOf({ managers: ['a'], advertise: 'eth0', data_path: 'eth1' }));
    expect(stepsOf(plan)).toMatchObject([{ advertise: '192.168.1.11', dataPath: '10.9.0.1' }]);
  });
});

describe('the plan', () => {
  test('tells of a swarm that is made', async () => {
    expect(formatPlan(await planOf(hosts, swarmOf({ managers: ['a', 'b', 'c'], labels: { c: { zone: 'x' } } }))))
      .toBe(`a:
+ swarm   by 192.168.1.11
          it is in no swarm yet
~ node c  labels: zone: nothing → x
b:
+ manager of the swarm  of a, by 192.168.1.12
                        it is in no swarm yet
c:
+ manager of the swarm  of a, by 192.168.1.13
                        it is in no swarm yet
`);
  });

  test('tells of labels, roles, and who leaves', async () => {
    await run(hosts, swarmOf({ managers: ['a'], workers: ['b', 'c'], labels: { b: { zone: 'x', tier: 'y' } } }));
    const text = swarmOf({ managers: ['a', 'b'], labels: { b: { zone: 'z' } } });
    expect(formatPlan(await planOf(hosts, text))).toBe(`a:
~ node b  manager
          it is a worker, labels: zone: x → z, tier goes
- node c  it has left
c:
- place in the swarm  the spec of shop no longer has it in the swarm
`);
    await run(hosts, text);
    expect(nodesOf(hosts)).toEqual(['a manager', 'b manager io.netctl.labels=zone zone=z']);
    expect((await run(hosts, SOLO)).done.map(stepTitle).sort()).toEqual([
      'let b leave the swarm',
      'make the node b a worker',
      'take b off the list of nodes',
    ]);
    expect(nodesOf(hosts)).toEqual(['a manager']);
  });

  test('leaves labels alone that somebody else gave', async () => {
    await run(hosts, swarmOf({ managers: ['a'], labels: { a: { mine: '1' } } }));
    const [node] = clusterOf(hostOf(hosts, 'a').world)?.nodes ?? [];
    Object.assign(node?.labels ?? {}, { theirs: '2' });
    await run(hosts, SOLO);
    expect(node?.labels).toEqual({ theirs: '2' });
  });

  test('knows hosts that left by themselves', async () => {
    await run(hosts, ALL);
    await hostOf(hosts, 'c').engine.leaveSwarm();
    expect((await run(hosts, ALL)).done.map(stepTitle).sort()).toEqual([
      'let c join the swarm as worker',
      'take c off the list of nodes',
    ]);
    expect(nodesOf(hosts)).toEqual(['a manager', 'b worker', 'c worker']);
  });
});

test('a kernel without VXLAN is told of before its host joins, and is no reason not to', async () => {
  hostOf(hosts, 'b').world.kernel = { vxlan: 'no' };
  expect(await problemsOf(ALL)).toEqual([
    PORTS,
    'b KERNEL_LACKS swarm: the kernel of this host has no vxlan links (module vxlan)',
  ]);
  const overlay = specText({
    swarm: { managers: ['a'], workers: ['b', 'c'] },
    networks: { app: { driver: 'overlay', subnet: '10.20.0.0/24' } },
  });
  const { code } = await failure(run(hosts, overlay));
  expect(code).toBe('REFUSED');
  await run(hosts, ALL);
  expect(await problemsOf(ALL)).toEqual([]);
});

describe('what stands against it', () => {
  test('is what was fixed when the swarm was made', async () => {
    await run(hosts, swarmOf({ managers: ['a'], address_pool: ['10.30.0.0/16'], subnet_size: 26 }));
    const other = {
      managers: ['a'],
      advertise: '192.168.1.99',
      data_path_port: 5000,
      address_pool: ['10.31.0.0/16'],
      subnet_size: 25,
    };
    expect(await problemsOf(swarmOf(other))).toEqual([
      'a SWARM_FIXED swarm.data_path_port: it is 4789 since the swarm was made, and cannot be changed to 5000',
      'a SWARM_FIXED swarm.address_pool: it is 10.30.0.0/16 since the swarm was made, and cannot be changed to 10.31.0.0/16',
      'a SWARM_FIXED swarm.subnet_size: it is /26 since the swarm was made, and cannot be changed to /25',
      'a SWARM_FIXED swarm.advertise: it is 192.168.1.11 since a joined, and cannot be changed to 192.168.1.99',
    ]);
    expect(await rest(hosts, SOLO)).toEqual([]);
  });

  test.each([
    ['pending', 'the engine is not a node yet, or cannot be one (state pending)'],
    ['error', 'the engine is not a node yet, or cannot be one (state error)'],
    ['locked', 'its swarm is locked'],
  ])('is a node that is %s', async (state, message) => {
    const { world } = hostOf(hosts, 'b');
    world.engine = { ...world.engine, swarm: { state, manager: false } };
    expect(await problemsOf(ALL)).toEqual([PORTS, `b SWARM_NOT_READY swarm.workers[0]: ${message}`]);
  });

  test('is a host in another swarm', async () => {
    const { engine } = hostOf(hosts, 'b');
    await run(hosts, SOLO);
    await engine.initSwarm({ advertise: '192.168.1.12' }, { stack: 'other', ref: 'swarm:b' });
    expect(await problemsOf(ALL)).toEqual(['b SWARM_ELSEWHERE swarm.workers[0]: it is a node of another swarm than a']);
    expect((await failure(run(hosts, ALL))).code).toBe('REFUSED');
    expect(hostOf(hosts, 'b').world.engine.swarm.manager).toBe(true);
  });

  test('is a node of nobody, in a swarm that would end', async () => {
    await run(hosts, SOLO);
    const access = await hostOf(hosts, 'a').engine.swarmAccess();
    const step = { role: 'worker', by: 'a', advertise: '192.168.1.13' } as const;
    await hostOf(hosts, 'c').engine.joinSwarm(step, access, { stack: 'other', ref: 'swarm:c' });
    const found = await planOf(hosts, SOLO, { destroy: true });
    expect(found.problems).toMatchObject([{ code: 'SWARM_HAS_OTHERS', host: 'a' }]);
  });

  test('is that the networks of the spec would lose their swarm', async () => {
    const networks = { app: { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24' } };
    await run(hosts, specText({ networks }));
    expect(await problemsOf(specText({ networks, swarm: undefined }))).toContainEqual(
      expect.stringContaining('a SWARM_ELSEWHERE networks.app: the network app is of the swarm, which a leaves'),
    );
  });
});

describe('while the first manager is away', () => {
  const away = new NetctlError('ENGINE_UNREACHABLE', 'nobody listens');
  const without = (name: string) =>
    new Map([...hosts].map(([key, host]) => [key, key === name ? away : host] as const));

  test('no swarm is made by another', async () => {
    const text = swarmOf({ managers: ['a', 'b', 'c'] });
    await expect(planOf(without('a'), text)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    const found = (await problemsOf(text, without('a'), { partial: true })).map((one) => one.split(':')[0]);
    expect(found).toEqual([
      'b SWARM_MANAGER_AWAY swarm.managers[1]',
      'c SWARM_MANAGER_AWAY swarm.managers[2]',
      'a HOST_UNREACHABLE hosts.a',
    ]);
    expect((await failure(run(without('a'), text, { partial: true }))).code).toBe('REFUSED');
    expect(traces(hosts)).toEqual([]);
  });

  test('another one makes the networks', async () => {
    const swarm = { managers: ['a', 'b', 'c'] };
    await run(hosts, swarmOf(swarm));
    const text = specText({ swarm, networks: { app: { driver: 'overlay', subnet: '10.20.0.0/24' } } });
    const { done } = await run(without('a'), text, { partial: true });
    expect(done.map(stepTitle)).toEqual(['make network app on b']);
    expect(await rest(hosts, text)).toEqual([]);
  });
});
