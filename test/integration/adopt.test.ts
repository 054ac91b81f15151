import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine, networkNames } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk } from './support/netctl.js';
import { everybodyLeaves, join, placesOf } from './support/replace/crowd.js';
import { busyboxImage } from './support/workload.js';

/* Networks and a link that a person made by the commands of Docker and iproute2 become a stack's, and nobody notices. */

let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({
    interfaces: [{ name: 'eth0', addresses: ['192.168.1.10/24'] }, { name: 'eth1' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

const docker = async (...args: string[]): Promise<string> => (await host.run('docker', args)).stdout;
const ip = async (...args: string[]): Promise<string> => (await host.run('ip', args)).stdout;

/** A network as the engine's list has it: whatever of it may change in time is left out there. */
const networks = async (): Promise<readonly { readonly Name: string; readonly Id: string }[]> =>
  (await askEngine<readonly { Name: string; Id: string }[]>(host, 'GET', '/networks'))
    .filter(({ Name }) => !Name.startsWith('netctl-'))
    .sort((a, b) => (a.Id < b.Id ? -1 : 1));

interface Link {
  readonly ifname: string;
  readonly ifindex: number;
  readonly mtu: number;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

/** What of the links does not come and go by itself; the alias is left out. */
const links = async (): Promise<unknown> =>
  (JSON.parse(await ip('-json', 'address', 'show')) as readonly Link[]).map(({ ifname, ifindex, mtu, addr_info }) => [
    `${ifindex.toString()} ${ifname} ${mtu.toString()}`,
    addr_info.filter(({ scope }) => scope !== 'link').map(({ local, prefixlen }) => `${local}/${prefixlen.toString()}`),
  ]);

/** What each command makes, as somebody writes it who looks at `docker network inspect`. */
const MADE: readonly (readonly [name: string, arguments_: readonly string[], spec: object])[] = [
  ['plain', [], {}],
  ['auto', ['--subnet', '172.31.7.0/24'], { subnet: 'auto' }],
  [
    'shop',
    ['--subnet', '172.30.1.0/24', '--gateway', '172.30.1.254', '--label', 'com.example.made=by hand', '--attachable'],
    { subnet: '172.30.1.0/24', gateway: '172.30.1.254', attachable: true },
  ],
  [
    'inner',
    [
      '--internal',
      '--subnet',
      '172.30.2.0/24',
      '-o',
      'com.docker.network.bridge.name=br-inner',
      '-o',
      'com.docker.network.driver.mtu=1400',
    ],
    {
      internal: true,
      subnet: '172.30.2.0/24',
      mtu: 1400,
      driver_opts: { 'com.docker.network.bridge.name': 'br-inner' },
    },
  ],
  [
    'six',
    ['--ipv6', '--subnet', '172.30.3.0/24', '--subnet', 'fd00:30::/64'],
    { enable_ipv6: true, ipam: { config: [{ subnet: '172.30.3.0/24' }, { subnet: 'fd00:30::/64' }] } },
  ],
  [
    'conf',
    ['--config-only', '--subnet', '10.60.0.0/24', '--gateway', '10.60.0.1', '-o', 'parent=eth1'],
    { config_only: true, driver: 'macvlan', parent: 'eth1', subnet: '10.60.0.0/24', gateway: '10.60.0.1' },
  ],
  ['made', ['--driver', 'macvlan', '--config-from', 'conf'], { driver: 'macvlan', config_from: 'conf' }],
  [
    'lan',
    [
      '--driver',
      'macvlan',
      '--subnet',
      '192.168.1.0/24',
      '--gateway',
      '192.168.1.1',
      '--ip-range',
      '192.168.1.192/27',
      '--aux-address',
      'nas=192.168.1.200',
      '-o',
      'parent=eth0',
    ],
    {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.192/27',
      reserve: { nas: '192.168.1.200' },
      shim: { address: '192.168.1.180' },
    },
  ],
];
const SPEC = { name: 'home', networks: Object.fromEntries(MADE.map(([name, , spec]) => [name, spec])) };

test('what was made by hand is taken over as it is, under the containers on it', async () => {
  for (const [name, options] of MADE) await docker('network', 'create', ...options, name);
  await ip('link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge');
  await ip('address', 'add', '192.168.1.180/32', 'dev', 'lan-shim');
  await ip('link', 'set', 'dev', 'lan-shim', 'up');
  await ip('route', 'add', '192.168.1.192/27', 'dev', 'lan-shim', 'src', '192.168.1.180');
  const image = await busyboxImage(host);
  await join(host, image, { name: 'nas', state: 'running', networks: { lan: { Aliases: ['files'] } } });
  await join(host, image, { name: 'over', state: 'exited', networks: { lan: {}, shop: {} } });
  const before = { networks: await networks(), places: await placesOf(host), links: await links() };
  const file = await desk.write('home.yaml', SPEC);

  const refused = await desk.netctl(['apply', file, '--yes']);
  expect(refused.exitCode).toBe(3);
  for (const [name] of MADE) expect(refused.stderr).toContain(name);
  expect(refused.stderr).toContain('--adopt');

  // It disrupts nobody: without a terminal and without --yes.
  const applied = await desk.netctl(['apply', file, '--adopt']);
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
  expect(applied.stdout).not.toMatch(/done: (?!adopt )/);
  const after = { networks: await networks(), places: await placesOf(host), links: await links() };
  expect(after).toEqual(before);
  expect(await ip('link', 'show', 'dev', 'lan-shim')).toContain('alias netctl:home/link:lan-shim');
  const { stdout } = await host.run('docker', ['exec', 'nas', 'ping', '-c1', '-W2', '192.168.1.180']);
  expect(stdout).toContain('1 packets received');

  expect((await desk.netctl(['plan', file])).stdout).toContain('Nothing to do');
  const status = JSON.parse((await desk.netctl(['status', file, '--json'])).stdout) as {
    readonly items: readonly { readonly name: string; readonly state: string; readonly adopted?: boolean }[];
  };
  expect(status.items.map(({ name, state, adopted }) => `${name} ${state} ${String(adopted)}`).sort()).toEqual(
    [...MADE.map(([name]) => name), 'lan-shim'].map((name) => `${name} ok true`).sort(),
  );
  expect((await desk.netctl(['status', file])).stdout).toContain('ok       network lan  adopted, macvlan on eth0');
});

test('the marks outlive a restart of the engine, and a prune', async () => {
  const file = await desk.write('home.yaml', SPEC);
  await host.restartEngine();
  await docker('start', 'nas');
  expect((await desk.netctl(['plan', file])).stdout).toContain('Nothing to do');
  const marks = async (): Promise<readonly string[]> =>
    (await networkNames(host)).filter((name) => name.startsWith('netctl-adopted-'));
  const before = await marks();
  expect(before).toHaveLength(MADE.length);
  await docker('network', 'prune', '--force');
  expect(await marks()).toEqual(before);
});

test('what somebody removed is forgotten, and made', async () => {
  // The prune of the test before has removed what nobody is on.
  const file = await desk.write('home.yaml', SPEC);
  const applied = await desk.netctl(['apply', file, '--yes']);
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0);
  expect(applied.stdout).toContain('done: forget network inner');
  const status = (await desk.netctl(['status', file])).stdout;
  expect(status).toContain('network lan  adopted');
  expect(status).not.toContain('network inner  adopted');
});

test('destroy names what netctl did not make, and removes it only when told to', async () => {
  const file = await desk.write('home.yaml', SPEC);
  const held = await desk.netctl(['destroy', file, '--yes']);
  expect(held.exitCode).toBe(3);
  expect(held.stderr).toContain('nas (running)');
  await everybodyLeaves(host);
  const asked = await desk.netctl(['destroy', file]);
  expect(asked.exitCode).toBe(3);
  expect(asked.stderr).toMatch(/remove networks .*; remove networks lan and conf \(netctl did not make them\)/);
  expect(asked.stderr).toContain('remove link lan-shim (netctl did not make it)');
  expect((await networks()).map(({ Name }) => Name)).toContain('lan');
  const done = await desk.netctl(['destroy', file, '--yes']);
  expect(done.exitCode, done.stdout + done.stderr).toBe(0);
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none']);
  expect(await ip('link', 'show')).not.toContain('lan-shim');
});

test('what differs is replaced with leave, and is ours then; what is of another stack never', async () => {
  await docker('network', 'create', '--subnet', '172.30.8.0/24', '--label', 'made=by hand', 'web');
  const id = async (): Promise<string> => (await askEngine<{ Id: string }>(host, 'GET', '/networks/web')).Id;
  const before = await id();
  const spec = (stack: string): object => ({
    name: stack,
    networks: { web: { subnet: '172.30.8.0/24', internal: true } },
  });
  const file = await desk.write('web.yaml', spec('one'));
  const asked = await desk.netctl(['apply', file, '--adopt']);
  expect(asked.exitCode).toBe(3);
  expect(asked.stderr).toContain('this would replace network web (netctl did not make it)');
  expect((await desk.netctl(['plan', file, '--adopt'])).stdout).toContain('internal false → true');
  expect(await id()).toBe(before);
  expect((await desk.netctl(['apply', file, '--adopt', '--yes'])).exitCode).toBe(0);
  expect(await id()).not.toBe(before);
  expect((await desk.netctl(['status', file])).stdout).not.toContain('adopted');
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none', 'web']);

  const other = await desk.write('other.yaml', spec('other'));
  const theirs = await desk.netctl(['apply', other, '--adopt', '--yes']);
  expect(theirs.exitCode).toBe(3);
  expect(theirs.stderr).toContain('belongs to the stack one');
  expect((await desk.netctl(['destroy', file, '--yes'])).exitCode).toBe(0);
});

test('two stacks that adopt one network at the same moment: one has it, and the other says so', async () => {
  await docker('network', 'create', '--subnet', '172.30.9.0/24', 'both');
  const files = await Promise.all(
    ['one', 'two'].map(async (name) =>
      desk.write(`${name}.yaml`, { name, networks: { both: { subnet: '172.30.9.0/24' } } }),
    ),
  );
  const results = await Promise.all(
    files.map(async (file) => desk.netctl(['apply', file, '--adopt', '--wait', '30s'])),
  );
  expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 3]);
  expect((await networkNames(host)).filter((name) => name.startsWith('netctl-'))).toHaveLength(1);
  const winner = files[results.findIndex(({ exitCode }) => exitCode === 0)] ?? '';
  expect((await desk.netctl(['destroy', winner, '--yes'])).exitCode).toBe(0);
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none']);
});
