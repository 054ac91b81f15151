import { connectDocker, loadSpec, verify } from '@netctl/core';
import type { CheckResult, VerifyResult } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import { type Host, type Lan, startLan } from '@netctl/lab';
import type { StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine } from './support/engine-client.js';
import { snapshotOf } from './support/host-snapshot.js';
import { kernelLacks } from './support/kernel.js';
import { type Desk, documentOf, openDesk } from './support/netctl.js';
import { startOnLan } from './support/on-lan.js';
import { until } from './support/until.js';
import { busyboxImage, startContainer } from './support/workload.js';

/* One host on a LAN: all is proved, then things are broken, and each is found with its cause. */

const named = (name: string, more: object = {}): object => ({
  driver_opts: { 'com.docker.network.bridge.name': name },
  ...more,
});

const spec = {
  name: 'home',
  networks: {
    lan: {
      driver: 'macvlan',
      parent: 'eth0',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      ip_range: '192.168.1.192/27',
      shim: true,
    },
    web: named('br-web', { subnet: '10.61.0.0/24', isolated_from: ['side'] }),
    side: named('br-side', { subnet: '10.64.0.0/24' }),
    db: named('br-db', { subnet: '10.62.0.0/24', internal: true }),
    six: named('br-six', {
      enable_ipv6: true,
      ipam: { config: [{ subnet: '10.65.0.0/24' }, { subnet: 'fd65::/64' }] },
    }),
    empty: named('br-empty', { subnet: '10.63.0.0/24', mtu: 1400 }),
    dark: named('br-dark', { subnet: '10.66.0.0/24', internal: true }),
  },
};

/** What everybody is on. */
const people = [
  ['tv', 'lan'],
  ['radio', 'lan'],
  ['front', 'web'],
  ['back', 'web'],
  ['aside', 'side'],
  ['store', 'db'],
  ['v6a', 'six'],
  ['v6b', 'six'],
] as const;

let lan: Lan;
let host: Host;
let desk: Desk;
let file: string;
const containers = new Map<string, StartedTestContainer>();

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24', '192.168.1.7/24'] });
  host = await startOnLan(lan, 'home', '192.168.1.10');
  desk = await openDesk(host);
  file = await desk.write('home.yaml', spec);
  const applied = await desk.netctl(['apply', file]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const image = await busyboxImage(host);
  for (const [name, network] of people) {
    containers.set(name, await startContainer(host, { image, name, network, aliases: [`${name}-alias`] }));
  }
  // A bridge has its IPv6 addresses when it has had a port for a moment, and they have been looked for (RFC 4862, 5.4).
  await until('all addresses are there', async () => {
    const { stdout } = await host.run('ip', ['-6', 'addr', 'show', 'tentative']);
    return stdout === '';
  });
  // Somebody of the LAN whom the host has spoken to.
  await host.run('ping', ['-c', '1', '-w', '5', '192.168.1.7']);
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

type Verified = VerifyResult & { readonly exitCode: number | undefined };

async function verified(path = file, more: readonly string[] = []): Promise<Verified> {
  const result = await desk.netctl(['verify', path, '--json', ...more]);
  return { ...documentOf<VerifyResult>(result), exitCode: result.exitCode };
}

/** `kind: claim`, and what is said of it. */
const failures = ({ checks }: VerifyResult): Readonly<Record<string, string>> =>
  Object.fromEntries(
    checks.filter(({ state }) => state === 'failed').map((one) => [`${one.kind}: ${one.claim}`, one.cause ?? '']),
  );

const ofKind = ({ checks }: VerifyResult, kind: CheckResult['kind'], key: string): readonly string[] =>
  checks.filter((one) => one.kind === kind && one.network === `network:${key}`).map(({ state }) => state);

/** Runs a program in the network of a container. */
async function within(name: string, ...argv: readonly [string, ...string[]]): Promise<void> {
  const { State } = await askEngine<{ State: { Pid: number } }>(host, 'GET', `/containers/${name}/json`);
  await host.run('nsenter', [`--net=/proc/${State.Pid}/ns/net`, '--', ...argv]);
}

test('all that holds is proved, and nothing is left or changed by it', async (ctx) => {
  if ((await kernelLacks(['macvlan'])).length > 0) ctx.skip('this kernel has no macvlan links');
  const before = await snapshotOf(host);
  const result = await verified();
  expect(failures(result)).toEqual({});
  expect(result.checks.filter(({ state }) => state === 'untested')).toEqual([]);
  expect(result).toMatchObject({ version: 1, stack: 'home', failed: 0, untested: 0, exitCode: 0 });
  expect(ofKind(result, 'shim', 'lan')).toHaveLength(4);
  expect(ofKind(result, 'neighbour', 'lan')).toHaveLength(2);
  expect(ofKind(result, 'gateway', 'lan')).toHaveLength(2);
  expect(ofKind(result, 'container', 'lan')).toHaveLength(2);
  // Both families.
  expect(ofKind(result, 'container', 'six')).toHaveLength(4);
  expect(ofKind(result, 'gateway', 'six')).toHaveLength(4);
  expect(ofKind(result, 'route', 'six')).toHaveLength(4);
  expect(ofKind(result, 'outside', 'web')).toHaveLength(2);
  expect(ofKind(result, 'name', 'web')).toHaveLength(4);
  expect(ofKind(result, 'route', 'web')).toHaveLength(2);
  expect(ofKind(result, 'isolation', 'web')).toHaveLength(2);
  expect(ofKind(result, 'isolation', 'db')).toHaveLength(1);
  for (const { key, count } of [
    { key: 'lan', count: 2 },
    { key: 'web', count: 2 },
    { key: 'db', count: 1 },
  ]) {
    expect(ofKind(result, 'mtu', key)).toHaveLength(count);
  }
  // Nobody is on these: something stands there for a moment.
  for (const kind of ['gateway', 'outside', 'mtu'] as const) expect(ofKind(result, kind, 'empty')).toEqual(['passed']);
  expect(ofKind(result, 'isolation', 'dark')).toEqual(['passed']);
  expect(result.checks.find(({ network }) => network === 'network:empty')?.from.type).toBe('throwaway');
  expect(await snapshotOf(host)).toEqual(before);
});

test('what is broken between containers, host and names is found with its cause', async (ctx) => {
  if ((await kernelLacks(['macvlan'])).length > 0) ctx.skip('this kernel has no macvlan links');
  const wished = await desk.write('wished.yaml', {
    ...spec,
    containers: { back: { networks: { web: { aliases: ['back-alias', 'www'] } } } },
  });
  await host.run('ip', ['link', 'delete', 'lan-shim']);
  await host.run('iptables', ['-I', 'DOCKER-USER', '-i', 'br-six', '-o', 'eth0', '-j', 'DROP']);
  const { stdout } = await host.run('ip', ['-json', 'link', 'show', 'master', 'br-web']);
  const ports = (JSON.parse(stdout) as readonly { readonly ifname: string }[]).map(({ ifname }) => ifname);
  for (const port of ports) await host.run('ip', ['link', 'set', port, 'mtu', '1300']);
  await containers.get('aside')?.exec(['sh', '-c', 'echo nameserver 192.168.1.1 > /etc/resolv.conf']);
  await within('tv', 'ip', 'route', 'replace', 'default', 'via', '192.168.1.7');

  const result = await verified(wished);
  expect(result.exitCode).toBe(1);
  const noShim = expect.stringContaining('there is no link lan-shim') as string;
  const dropped = expect.stringContaining('-A DOCKER-USER -i br-six -o eth0 -j DROP') as string;
  const small = expect.stringContaining('br-web or a port of it takes less') as string;
  expect(failures(result)).toEqual({
    'shim: the host reaches tv by lan-shim': noShim,
    'shim: tv reaches the host at 192.168.1.223 by lan-shim': noShim,
    'shim: the host reaches radio by lan-shim': noShim,
    'shim: radio reaches the host at 192.168.1.223 by lan-shim': noShim,
    'outside: v6a gets out to 192.168.1.1': dropped,
    'outside: v6b gets out to 192.168.1.1': dropped,
    'mtu: front sends 1500 bytes in one packet, and not one more, to back': small,
    'mtu: back sends 1500 bytes in one packet, and not one more, to front': small,
    'name: front is told that www is 10.61.0.3':
      'the spec gives it the alias www, and it was put on the network without',
    'name: aside is told that aside is 10.64.0.2': 'the container does not ask the DNS of Docker (127.0.0.11)',
    'name: aside is told that aside-alias is 10.64.0.2': 'the container does not ask the DNS of Docker (127.0.0.11)',
    'route: tv leaves by lan, through 192.168.1.1': 'it leaves by 192.168.1.7, which is not the gateway of lan',
  });
  for (const one of result.checks) if (one.state === 'failed') expect(one.cure, one.claim).toBeTypeOf('string');

  await host.run('iptables', ['-D', 'DOCKER-USER', '1']);
  for (const port of ports) await host.run('ip', ['link', 'set', port, 'mtu', '1500']);
  await containers.get('aside')?.exec(['sh', '-c', 'echo nameserver 127.0.0.11 > /etc/resolv.conf']);
  await within('tv', 'ip', 'route', 'replace', 'default', 'via', '192.168.1.1');
  expect((await desk.netctl(['apply', file])).exitCode).toBe(0);
  expect(failures(await verified())).toEqual({});
});

test('packets that pass where none may are found', async () => {
  await host.run('iptables', ['-I', 'DOCKER-USER', '-j', 'ACCEPT']);
  await host.run('iptables', ['-t', 'raw', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  await host.run('iptables', ['-t', 'nat', '-I', 'POSTROUTING', '-s', '10.62.0.0/24', '-j', 'MASQUERADE']);
  // Engines up to 20.10 give it one by themselves; only the firewall is between it and the world then.
  await within('store', 'ip', 'route', 'replace', 'default', 'via', '10.62.0.1');
  const result = await verified();
  expect(Object.keys(failures(result)).sort()).toEqual([
    'isolation: back does not reach aside on side at 10.64.0.2',
    'isolation: front does not reach aside on side at 10.64.0.2',
    'isolation: store does not get out to 192.168.1.1 by db',
  ]);
  await host.run('iptables', ['-D', 'DOCKER-USER', '1']);
  await host.run('iptables', ['-t', 'raw', '-D', 'PREROUTING', '1']);
  await host.run('iptables', ['-t', 'nat', '-D', 'POSTROUTING', '1']);
});

test('what cannot be tested is told with the reason, and passes nowhere', async () => {
  await containers.get('aside')?.stop({ remove: false, timeout: 10_000 });
  const result = await verified();
  const untested = result.checks.filter(({ state }) => state === 'untested');
  const why = ({ kind, network, cause }: CheckResult): string => `${kind} ${network}: ${cause ?? ''}`;
  expect(untested.map(why)).toContain('interface network:side: aside does not run (exited)');
  expect(result).toMatchObject({ failed: 0, exitCode: 0 });
  expect((await verified(file, ['--strict'])).exitCode).toBe(1);

  // An engine without its host.
  await using engine = await connectDocker({ host: host.dockerHost });
  const prober = { why: 'tcp://node leads to the engine alone', cure: 'Name it by ssh://.' };
  const alone = await verify(await loadSpec(file), {
    engine,
    links: iproute2({ command: host.command('ip') }),
    prober,
  });
  expect(alone).toMatchObject({ passed: 0, failed: 0, untested: 7 });
  expect(new Set(alone.checks.map(({ cause }) => cause))).toEqual(new Set([prober.why]));

  const powerless = await desk.netctl(['verify', file], { through: ['setpriv', '--bounding-set=-net_admin'] });
  expect(powerless.exitCode).toBe(77);
  expect(powerless.stderr).toContain('CAP_NET_ADMIN');
});

test('a throwaway namespace is gone when netctl is killed', async () => {
  const before = await snapshotOf(host);
  const running = desk.start(['verify', file]);
  await until('a throwaway link is there', async () => (await host.run('ip', ['link'])).stdout.includes(' ntp'));
  await running.signal('SIGKILL');
  await running.ended;
  await until('the throwaway links are gone', async () => !(await host.run('ip', ['link'])).stdout.includes(' ntp'));
  expect(await snapshotOf(host)).toEqual(before);
  expect((await host.run('ps', ['-eo', 'args'])).stdout).not.toMatch(/unshare|xargs|cat \/proc\/self/);
});
