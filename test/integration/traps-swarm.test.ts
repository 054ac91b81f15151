import { connectDocker, type NetworkProps } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { covers } from '../support/table/covers.js';
import {
  askEngine,
  engineVersion,
  inspectNetwork,
  isAtLeast,
  networkNames,
  tryEngine,
} from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { proxyEngine } from './support/engine-proxy.js';
import { expectFailure } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';
import { problemsWith, refusedUntouched } from './support/refusal.js';
import { until } from './support/until.js';

/* What a swarm does with networks: it says yes first and looks afterwards, and its no comes late, wrapped, or never. */

const IMAGE = 'netctl/sleep';
const VNIS = 'com.docker.network.driver.overlay.vxlanid_list';
const OWN = ['bridge', 'docker_gwbridge', 'host', 'ingress', 'none'];
const ADDRESS = '192.168.1.10';

let host: Host;
let desk: Desk;
let version: string;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0', addresses: [`${ADDRESS}/24`] }], engine: testEngine() });
  desk = await openDesk(host);
  version = await engineVersion(host);
  await host.initSwarm(ADDRESS);
  // The swarm makes networks of its own once it is there, and the link between them last.
  await until('the swarm has made its networks', async () => {
    const { status, text } = await tryEngine(host, 'GET', '/networks/docker_gwbridge');
    return status === 200 && text.includes('gateway_ingress-sbox');
  });
  await host.importImage(IMAGE, { programs: ['/bin/sleep'] });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

afterEach(async () => {
  await until('no network of a test is left', async () => {
    const left = (await networkNames(host)).filter((name) => !OWN.includes(name));
    for (const name of left) await tryEngine(host, 'DELETE', `/networks/${name}`);
    return left.length === 0;
  });
});

async function makeOverlay(name: string, more: object = {}): Promise<string> {
  const body = { Name: name, CheckDuplicate: true, Driver: 'overlay', Attachable: true, ...more };
  return (await askEngine<{ Id: string }>(host, 'POST', '/networks/create', body)).Id;
}

const on = (...subnets: readonly string[]): object => ({ IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) } });

/** The swarm has looked at a network that was asked for after everything else. */
async function swarmHasLooked(): Promise<void> {
  await makeOverlay('looked-at');
  await until('the swarm allocates', async () => (await inspectNetwork(host, 'looked-at')).Driver === 'overlay');
}

/** Made, as the answer said, and never to be of use to anybody. */
const dead = { Driver: '', Options: null, IPAM: { Driver: '', Config: null } };

const overlay = (subnet: string): NetworkProps => ({
  driver: 'overlay',
  ...(subnet.includes(':') && { enableIPv6: true }),
  ipam: { config: [{ subnet }] },
  options: {},
  labels: {},
});

test('a manager knows its swarm and the nodes of it', async () => {
  await using backend = await connectDocker({ host: host.dockerHost });
  const { engine } = await backend.observe();
  const nodeId = engine.swarm.nodeId ?? 'none';
  expect(engine.swarm).toMatchObject({
    state: 'active',
    manager: true,
    nodeId: expect.stringMatching(/^[a-z0-9]{25}$/) as string,
    clusterId: expect.stringMatching(/^[a-z0-9]{25}$/) as string,
    dataPathPort: 4789,
    subnetSize: 24,
  });
  expect(engine.swarm.nodes).toEqual([
    {
      id: nodeId,
      hostname: engine.name,
      address: ADDRESS,
      role: 'manager',
      state: 'ready',
      availability: 'active',
      labels: {},
      managerStatus: { leader: true, reachability: 'reachable', address: `${ADDRESS}:2377` },
    },
  ]);
});

describe('a network whose addresses the swarm cannot have', () => {
  test('is made all the same when they are those of another: netctl refuses first', async () => {
    await makeOverlay('first', on('10.90.0.0/24'));
    await makeOverlay('second', on('10.90.0.0/25'));
    await swarmHasLooked();
    expect(await inspectNetwork(host, 'first')).toMatchObject({ Driver: 'overlay' });
    expect(await inspectNetwork(host, 'second')).toMatchObject(dead);

    const seen = { name: 'seen', networks: { mine: { driver: 'overlay', subnet: '10.90.0.0/26' } } };
    expect(await refusedUntouched(host, desk, seen)).toMatchObject([
      { code: 'SUBNET_OVERLAP', message: expect.stringContaining('of the swarm network first') as string },
    ]);
    const both = {
      one: { driver: 'overlay', subnet: '10.91.0.0/24' },
      two: { driver: 'overlay', subnet: '10.91.0.0/25' },
    };
    expect(await refusedUntouched(host, desk, { name: 'both', networks: both })).toMatchObject([
      { code: 'SUBNET_OVERLAP', path: 'networks.two.subnet' },
    ]);
  });

  test('is made all the same when they are IPv6, and from 27 on is dead: netctl refuses first', async (ctx) => {
    await makeOverlay('six', { EnableIPv6: true, ...on('fd00:90::/64') });
    await makeOverlay('asked', { EnableIPv6: true });
    await swarmHasLooked();
    expect(await inspectNetwork(host, 'six')).toMatchObject(isAtLeast(version, '27.0') ? dead : { Driver: 'overlay' });
    // Without a subnet it is one with IPv4 alone, whatever it says.
    const { IPAM } = await inspectNetwork(host, 'asked');
    expect(IPAM.Config).toEqual([expect.objectContaining({ Subnet: expect.stringMatching(/^10\./) as string })]);

    const six = { driver: 'overlay', enable_ipv6: true };
    const [problem, ...more] = await refusedUntouched(host, desk, {
      name: 'six',
      networks: { mine: { ...six, subnet: 'fd00:91::/64' } },
    });
    expect([problem, ...more]).toMatchObject([{ code: 'OVERLAY_IPV6', path: 'networks.mine.subnet' }]);
    expect(await refusedUntouched(host, desk, { name: 'six', networks: { mine: six } })).toMatchObject([
      { code: 'OVERLAY_IPV6', path: 'networks.mine.enable_ipv6' },
    ]);
    covers(ctx, version, 'overlay', 'ipv6', { refused: problem?.message ?? '' });
  });

  test('and that nobody could see is taken back, with what it could be', async () => {
    await using backend = await connectDocker({ host: host.dockerHost });
    const make = async (name: string, props: NetworkProps): Promise<unknown> =>
      backend.createNetwork({ name, props, asked: props }, { stack: 'unseen', ref: `network:${name}` }).then(
        () => 'made',
        (error: unknown) => error,
      );
    await makeOverlay('first', on('10.92.0.0/24'));
    const failure = (name: string): object => ({
      code: 'ENGINE_ERROR',
      message: `The swarm could not allocate addresses for network ${name}`,
      hint: expect.stringMatching(/overlaps another overlay.*IPv6 subnet.*log of the leading manager/) as string,
    });
    // Each waits as long as netctl gives a swarm.
    const [overlapping, six] = await Promise.all([
      make('overlapping', overlay('10.92.0.0/24')),
      make('six', overlay('fd00:92::/64')),
    ]);
    expect(overlapping).toMatchObject(failure('overlapping'));
    if (isAtLeast(version, '27.0')) expect(six).toMatchObject(failure('six'));
    else expect(six).toBe('made');
    const left = isAtLeast(version, '27.0') ? ['first'] : ['first', 'six'];
    expect((await networkNames(host)).filter((name) => !OWN.includes(name))).toEqual(left);
  });

  test('is taken back also when whoever asked for it waits no longer', async () => {
    await using backend = await connectDocker({ host: host.dockerHost });
    await makeOverlay('first', on('10.92.0.0/24'));
    const stop = new AbortController();
    const props = overlay('10.92.0.0/24');
    const asked = { name: 'unwanted', props, asked: props };
    const made = backend.createNetwork(asked, { stack: 'unseen', ref: 'network:unwanted' }, stop.signal);
    const outcome = made.catch((error: unknown) => error);
    await until('the swarm has it', async () => (await networkNames(host)).includes('unwanted'));
    const reason = new Error('stopped');
    stop.abort(reason);
    expect(await outcome).toBe(reason);
    expect((await networkNames(host)).filter((name) => !OWN.includes(name))).toEqual(['first']);
  });

  test('is replaced where a netctl that was cut off left it', async () => {
    await makeOverlay('first', on('10.93.0.0/24'));
    const path = await desk.write('cut.yaml', {
      name: 'cut',
      networks: { mine: { driver: 'overlay', subnet: '10.93.0.0/24' } },
    });
    const spec = { driver: 'overlay', ipam: { config: [{ subnet: '10.93.0.0/24' }] }, labels: {}, options: {} };
    await makeOverlay('mine', {
      ...on('10.93.0.0/24'),
      Attachable: false,
      Labels: { 'io.netctl.stack': 'cut', 'io.netctl.ref': 'network:mine', 'io.netctl.spec': JSON.stringify(spec) },
    });
    await swarmHasLooked();
    expect(await inspectNetwork(host, 'mine')).toMatchObject(dead);
    await askEngine(host, 'DELETE', '/networks/first');
    const applied = await desk.netctl(['apply', path, '--yes']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(await inspectNetwork(host, 'mine')).toMatchObject({ Driver: 'overlay' });
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});

describe('a swarm takes without a word, and netctl refuses', () => {
  test('auxiliary addresses, which it drops', async (ctx) => {
    const entry = { Subnet: '10.94.0.0/24', AuxiliaryAddresses: { nas: '10.94.0.9' } };
    await makeOverlay('aux', { IPAM: { Config: [entry] } });
    await swarmHasLooked();
    expect((await inspectNetwork(host, 'aux')).IPAM.Config).toEqual([{ Subnet: '10.94.0.0/24', Gateway: '10.94.0.1' }]);

    const config = [{ subnet: '10.95.0.0/24', aux_addresses: { nas: '10.95.0.9' } }];
    const [problem, ...more] = await refusedUntouched(host, desk, {
      name: 'aux',
      networks: { mine: { driver: 'overlay', ipam: { config } } },
    });
    expect([problem, ...more]).toMatchObject([
      { code: 'SWARM_DROPS_AUX', path: 'networks.mine.ipam.config[0].aux_addresses' },
    ]);
    covers(ctx, version, 'overlay', 'aux', { refused: problem?.message ?? '' });
    const reserved = { driver: 'overlay', subnet: '10.95.0.0/24', reserve: { nas: '10.95.0.9' } };
    expect(await refusedUntouched(host, desk, { name: 'aux', networks: { mine: reserved } })).toMatchObject([
      { code: 'SWARM_DROPS_AUX', path: 'networks.mine.reserve.nas' },
    ]);
  });

  test('an MTU that is none, which no container survives', async () => {
    const MTU = 'com.docker.network.driver.mtu';
    await makeOverlay('mtu', { Options: { [MTU]: 'x' } });
    const spec = { name: 'mtu', networks: { mine: { driver: 'overlay', driver_opts: { [MTU]: 'x' } } } };
    expect(await refusedUntouched(host, desk, spec)).toMatchObject([{ code: 'INVALID_OPTION' }]);
  });
});

test('the VNIs of a network are as many as its subnets, however many were asked for: that is no drift', async () => {
  const vnis = (asked: string, ...subnets: readonly string[]): object => ({
    driver: 'overlay',
    ipam: { config: subnets.map((subnet) => ({ subnet })) },
    driver_opts: { [VNIS]: asked },
  });
  const spec = await desk.write('vnis.yaml', {
    name: 'vnis',
    networks: {
      fewer: vnis('5000', '10.70.0.0/24', '10.71.0.0/24'),
      more: vnis('05100,5101', '10.72.0.0/24'),
    },
  });
  const applied = await desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect((await inspectNetwork(host, 'fewer')).Options?.[VNIS]).toMatch(/^5000,\d+$/);
  expect((await inspectNetwork(host, 'more')).Options?.[VNIS]).toBe('5100');
});

test('a configuration for overlay networks is one of this node: no swarm allocates for it', async () => {
  const spec = await desk.write('conf.yaml', {
    name: 'conf',
    networks: { conf: { driver: 'overlay', config_only: true } },
  });
  const applied = await desk.netctl(['apply', spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(await inspectNetwork(host, 'conf')).toMatchObject({ Driver: 'null', Scope: 'local' });
  expect((await desk.netctl(['destroy', spec, '--yes'])).exitCode).toBe(0);
});

describe('the name of a swarm network', () => {
  test.each([
    ['a.b', 'SWARM_NAME', /valid as a DNS name component/],
    ['web-', 'SWARM_NAME', /valid as a DNS name component/],
    ['x'.repeat(64), 'NAME_TOO_LONG', /63 characters or fewer/],
  ])('%s is refused by all, and by netctl before', async (name, code, words) => {
    await using backend = await connectDocker({ host: host.dockerHost });
    const props = overlay('10.96.0.0/24');
    const refused = backend.createNetwork({ name, props, asked: props }, { stack: 's', ref: `network:${name}` });
    // Without the wrapping of the swarm.
    await expect(refused).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringMatching(/^The engine refused POST \/networks\/create \(400\): name must be /) as string,
    });
    await expect(refused).rejects.toThrow(words);
    const spec = { name: 'named', networks: { [name]: { driver: 'overlay' } } };
    expect(await refusedUntouched(host, desk, spec)).toMatchObject([{ code }]);
  });

  test('is the same in any case: another network with it is in the way', async () => {
    await makeOverlay('web');
    for (const Name of ['WEB', 'Ingress']) {
      const { status, text } = await tryEngine(host, 'POST', '/networks/create', { Name, Driver: 'overlay' });
      expect(status, text).toBeGreaterThanOrEqual(400);
      expect(text).toMatch(/name conflicts with an existing object|already exists/);
    }
    const networks = { WEB: { driver: 'overlay' }, Ingress: { driver: 'overlay' } };
    expect(await refusedUntouched(host, desk, { name: 'cases', networks: { WEB: networks.WEB } })).toMatchObject([
      {
        code: 'NAME_TAKEN',
        message: expect.stringMatching(/the network web .* to a swarm WEB is the same name/) as string,
      },
    ]);
    expect((await problemsWith(desk, { name: 'cases', networks })).map(({ code }) => code)).toEqual(['RESERVED_NAME']);
    // A local network is another matter.
    expect(await problemsWith(desk, { name: 'cases', networks: { Web: null } })).toEqual([]);
  });
});

test('a service without a single task holds its network: the engine says so by ids, netctl by name', async () => {
  const path = await desk.write('idle.yaml', {
    name: 'idle',
    networks: { held: { driver: 'overlay', subnet: '10.97.0.0/24' } },
  });
  const applied = await desk.netctl(['apply', path]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const { Id } = await inspectNetwork(host, 'held');
  const { ID } = await askEngine<{ ID: string }>(host, 'POST', '/services/create', {
    Name: 'idle-service',
    TaskTemplate: { ContainerSpec: { Image: IMAGE }, Networks: [{ Target: Id }] },
    Mode: { Replicated: { Replicas: 0 } },
  });
  const refused = await tryEngine(host, 'DELETE', `/networks/${Id}`);
  expect(refused.status).toBe(400);
  expect(refused.text).toContain(
    `rpc error: code = FailedPrecondition desc = network ${Id} is in use by service ${ID}`,
  );
  await using backend = await connectDocker({ host: host.dockerHost });
  await expect(backend.removeNetwork({ name: 'held', id: Id, scope: 'swarm' })).rejects.toMatchObject({
    code: 'ENGINE_ERROR',
    message: `The engine refused DELETE /networks/${Id} (400): network ${Id} is in use by service ${ID}`,
    hint: expect.stringContaining('still attached') as string,
  });
  await expectFailure((more) => desk.netctl(['destroy', path, '--yes', ...more]), {
    exit: 3,
    code: 'REFUSED',
    cause: /these hold it: idle-service \(service\)/,
    cure: /Disconnect or remove them first/,
    problems: ['IN_USE'],
  });
  await askEngine(host, 'DELETE', `/services/${ID}`);
  expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
});

describe('a network that a container of this node has just left', () => {
  const leave = async (network: string): Promise<void> => {
    const workload = await host.startWorkload({ image: IMAGE, command: ['/bin/sleep', 'infinity'], network });
    await workload.remove();
  };

  // Its removal goes on after the engine's answer, and a create that comes too early is refused: now and then, so that only
  // what netctl makes of it can be tested.
  test('is replaced by one apply', async () => {
    const spec = (label: string): object => ({
      name: 'lag',
      networks: { lag: { driver: 'overlay', attachable: true, subnet: '10.98.0.0/24', labels: { round: label } } },
    });
    // The container leaves in the last moment before the removal; later the engine would be through with it.
    await using proxy = await proxyEngine(host.socket, async ({ method, aside }) => {
      if (method === 'DELETE' && !aside) await leave('lag');
      return false;
    });
    for (const round of ['one', 'two', 'three']) {
      const path = await desk.write('lag.yaml', spec(round));
      const applied = await desk.netctl(['apply', path, '--yes', '--host', proxy.dockerHost]);
      expect(applied.exitCode, applied.stderr).toBe(0);
      expect(await inspectNetwork(host, 'lag')).toMatchObject({ Driver: 'overlay', Labels: { round } });
    }
    expect(proxy.calls.filter(({ method, aside }) => method === 'DELETE' && !aside)).toHaveLength(2);
    expect((await desk.netctl(['destroy', 'lag.yaml', '--yes'])).exitCode).toBe(0);
    expect(await networkNames(host)).not.toContain('lag');
  });
});
