import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iproute2 } from '@netctl/iproute2';
import type { LinkBackend, LinkProps } from '@netctl/core';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext, vi } from 'vitest';
import { readMachine } from '../../packages/iproute2/src/machine.js';
import { privilegeIn } from '../../packages/iproute2/src/privilege.js';

const namespace = `netctl-ip-${randomBytes(4).toString('hex')}`;
const inside = ['nsenter', `--net=/run/netns/${namespace}`];
const backend = iproute2({ command: [...inside, 'ip'] });
const ip = async (...args: string[]): Promise<string> => (await execa('ip', ['-netns', namespace, ...args])).stdout;
const indexOf = async (name: string): Promise<number> =>
  (await backend.observe()).links.find((link) => link.name === name)?.index ?? 0;
const saying = (part: string): unknown => expect.stringContaining(part);
let folder = '';

const shim = (name: string, change: Partial<LinkProps> = {}): LinkProps => ({
  name,
  kind: 'macvlan',
  parent: 'eth0',
  addresses: [],
  routes: [],
  ...change,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-ip-'));
  await execa('ip', ['netns', 'add', namespace]);
  await ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
  await ip('link', 'set', 'dev', 'eth0', 'up');
  await ip('link', 'set', 'dev', 'peer0', 'up');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await execa('ip', ['netns', 'del', namespace], { reject: false });
});

afterEach(() => vi.unstubAllEnvs());

test('the machine is told of where its own links are looked at, and nowhere else', async () => {
  expect((await backend.observe()).machine).toBeUndefined();
  expect((await iproute2().observe()).machine).toEqual(await readMachine());
});

describe('a machine without the right ip', () => {
  test('no ip on PATH', async () => {
    vi.stubEnv('PATH', folder);
    await expect(iproute2().observe()).rejects.toMatchObject({
      code: 'IPROUTE2_MISSING',
      message: "The program 'ip' (iproute2) is not on this machine",
      hint: saying('package iproute2'),
    });
  });

  test('no ip behind nsenter', async () => {
    const missing = iproute2({ command: [...inside, join(folder, 'nothing', 'ip')] });
    await expect(missing.observe()).rejects.toMatchObject({ code: 'IPROUTE2_MISSING' });
  });

  test('no nsenter', async () => {
    const missing = iproute2({ command: ['netctl-no-such-program', 'ip'] });
    await expect(missing.observe()).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: saying("'netctl-no-such-program' is not on this machine"),
    });
  });

  test("BusyBox's ip", async () => {
    await symlink('/usr/bin/busybox', join(folder, 'ip'));
    const busybox = iproute2({ command: [...inside, join(folder, 'ip')] });
    const expected = {
      code: 'IPROUTE2_MISSING',
      message:
        "The program 'ip' on this machine is BusyBox's, which cannot print JSON or set the mode of a macvlan link",
      hint: saying('Install the package iproute2'),
    };
    await expect(busybox.observe()).rejects.toMatchObject(expected);
    vi.stubEnv('PATH', folder);
    await expect(iproute2().observe()).rejects.toMatchObject(expected);
  });

  test('probe cannot tell', async () => {
    vi.stubEnv('PATH', folder);
    expect(await iproute2().probe(['macvlan'])).toEqual({ macvlan: 'unknown' });
  });

  test('an ip that prints something else than JSON', async () => {
    await expect(iproute2({ command: ['echo', 'hello'] }).observe()).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: saying('of the host: ip did not answer with a list in JSON'),
    });
  });
});

describe('a process without CAP_NET_ADMIN', () => {
  const drop = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];

  test('may look but not change', async () => {
    const weak = iproute2({ command: [...inside, ...drop, 'ip'] });
    expect((await weak.observe()).links.map((link) => link.name)).toContain('eth0');
    await expect(weak.add(shim('weak0'), 'x')).rejects.toMatchObject({
      code: 'PERMISSION',
      message: saying('Operation not permitted'),
      hint: saying('CAP_NET_ADMIN'),
    });
  });

  test('knows that it may not', async () => {
    const weak = await execa('setpriv', [...drop.slice(1), 'cat', '/proc/self/status']);
    expect(privilegeIn(weak.stdout)).toBe('none');
    expect(privilegeIn((await execa('cat', ['/proc/self/status'])).stdout)).toBe('root');
  });
});

describe('the kernel', () => {
  test('takes a route at once from an IPv6 address that was just added', async () => {
    const routes = [{ destination: 'fd00:2::100/120', source: 'fd00:2::1' }];
    await backend.add(shim('six0', { addresses: ['fd00:2::1'], routes }), 'x');
    expect((await backend.observe()).routes).toContainEqual({
      destination: 'fd00:2::100/120',
      table: 'main',
      link: 'six0',
      source: 'fd00:2::1',
      protocol: 'static',
    });
    expect(await ip('-6', 'addr', 'show', 'dev', 'six0', 'scope', 'global')).not.toContain('tentative');
  });

  test('says why a bridge port cannot carry a macvlan link', async () => {
    await ip('link', 'add', 'br0', 'type', 'bridge');
    await ip('link', 'add', 'port0', 'type', 'veth', 'peer', 'name', 'port1');
    await ip('link', 'set', 'dev', 'port0', 'master', 'br0');
    await expect(backend.add(shim('busy0', { parent: 'port0' }), 'x')).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: saying('port0 is taken: it is a port of a bridge'),
    });
    const port = (await backend.observe()).links.find((link) => link.name === 'port0');
    expect(port).toMatchObject({ master: 'br0', kind: 'veth' });
  });

  test('says why two links with one MAC cannot both be up', async () => {
    const mac = '02:6e:63:00:00:02';
    await backend.add(shim('mac0', { mac }), 'x');
    await expect(backend.add(shim('mac1', { mac }), 'x')).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: saying('bring mac1 up: its MAC address is taken'),
    });
  });

  test('two at once that want the same get the same', async () => {
    await backend.add(shim('two0'), 'x');
    const change = {
      alias: 'y',
      mtu: 1400,
      addAddresses: ['192.168.7.1', 'fd00:7::1'],
      addRoutes: [{ destination: '192.168.7.128/25', source: '192.168.7.1' }],
    };
    const index = await indexOf('two0');
    await Promise.all([1, 2, 3].map(async () => backend.set('two0', index, change)));
    const { links, routes } = await backend.observe();
    expect(links.find((link) => link.name === 'two0')).toMatchObject({ alias: 'y', mtu: 1400 });
    expect(routes.filter((route) => route.destination === '192.168.7.128/25')).toHaveLength(1);
  });

  test('two at once that remove the same are both content', async () => {
    await backend.add(shim('two1'), 'x');
    const index = await indexOf('two1');
    await Promise.all([backend.remove('two1', index), backend.remove('two1', index)]);
    expect((await backend.observe()).links.map((link) => link.name)).not.toContain('two1');
  });

  test.each(['vlan', 'ipvlan'] as const)('makes a %s link, or names the module that it lacks', async (kind) => {
    // A parent of its own: macvlan and ipvlan exclude each other.
    await ip('link', 'add', `p-${kind}`, 'type', 'veth', 'peer', 'name', `q-${kind}`);
    await ip('link', 'set', 'dev', `p-${kind}`, 'up');
    const props = shim(`n-${kind}`, { kind, parent: `p-${kind}`, ...(kind === 'vlan' ? { vlanId: 30 } : {}) });
    const made = await backend.add(props, 'x').catch((error: unknown) => error);
    const answer = (await backend.probe([kind]))[kind];
    if (answer === 'yes') {
      expect(made).toBeUndefined();
      const found = (await backend.observe()).links.find((link) => link.name === props.name);
      const own = kind === 'vlan' ? { vlan: { id: 30, protocol: '802.1q' } } : { mode: 'l2', flag: 'bridge' };
      expect(found).toMatchObject({ kind, parent: props.parent, alias: 'x', up: true, group: 0x6e63, ...own });
    } else {
      expect(answer).toBe('no');
      const module = kind === 'vlan' ? '8021q' : 'ipvlan';
      expect(made).toMatchObject({ code: 'LINK_FAILED', message: saying(`its module ${module}`) });
    }
  });

  test('probe leaves nothing behind on this machine', async () => {
    const before = (await iproute2().observe()).links.map((link) => link.name);
    expect(await backend.probe(['macvlan', 'vxlan'])).toEqual({ macvlan: 'yes', vxlan: 'yes' });
    expect((await iproute2().observe()).links.map((link) => link.name)).toEqual(before);
  });
});

describe('another hand between one command and the next', () => {
  /** An `ip` before which, once, somebody does this to the host: right before the command that has these words. */
  function meddled(words: string, ...hand: readonly (readonly string[])[]): LinkBackend {
    const done = join(folder, `done-${randomBytes(4).toString('hex')}`);
    const deeds = hand.map((args) => `ip -netns ${namespace} ${args.join(' ')}`).join(' && ');
    const script = `case "$*" in *"${words}"*) test -e ${done} || { >${done}; ${deeds}; } ;; esac; exec "$@"`;
    return iproute2({ command: ['sh', '-c', script, 'sh', ...inside, 'ip'] });
  }
  const replaced = (name: string): readonly (readonly string[])[] => [
    ['link', 'del', 'dev', name],
    ['link', 'add', 'name', name, 'type', 'bridge'],
  ];
  /** That of somebody else, as it was made. */
  async function untouched(name: string): Promise<void> {
    const found = (await backend.observe()).links.find((link) => link.name === name);
    expect(found).toMatchObject({ kind: 'bridge', mtu: 1500, up: false, group: 0, addresses: [] });
    expect(found?.alias).toBeUndefined();
    await ip('link', 'del', 'dev', name);
  }
  const whole = {
    addresses: ['192.168.8.1', 'fd00:8::1'],
    routes: [
      { destination: '192.168.8.128/25', source: '192.168.8.1' },
      { destination: 'fd00:8::100/120', source: 'fd00:8::1' },
    ],
  };

  test.each([
    ['alias', 'hand0 was removed meanwhile'],
    [' up', 'hand0 was removed meanwhile'],
    ['addr replace 192', 'hand0 was removed meanwhile'],
    ['addr replace fd00', 'hand0 was removed meanwhile'],
    ['-4 route add', 'hand0 was removed meanwhile'],
    ['-6 route add', 'hand0 was removed meanwhile'],
  ])('a link that was just made is removed and made by somebody else, before: %s', async (words, message) => {
    const added = meddled(words, ...replaced('hand0')).add(shim('hand0', whole), 'x');
    await expect(added).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying(message) });
    await untouched('hand0');
  });

  test('a parent is removed and made by somebody else', async () => {
    await backend.add(shim('hand3'), 'x');
    const added = meddled('link add', ...replaced('hand3')).add(shim('hand5', { parent: 'hand3' }), 'x');
    await expect(added).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('hand3 was removed meanwhile') });
    expect(await indexOf('hand5')).toBe(0);
    await untouched('hand3');
  });

  test.each([
    [' mtu ', { mtu: 1400 }],
    [' up', { up: true }],
    ['addr replace', { addAddresses: ['192.168.8.1'] }],
    ['route add', { addRoutes: [{ destination: '192.168.8.128/25' }] }],
  ] as const)(
    'a link that is to be changed is removed and made by somebody else, before: %s',
    async (words, change) => {
      await backend.add(shim('hand1'), 'x');
      const set = meddled(words, ...replaced('hand1')).set('hand1', await indexOf('hand1'), change);
      await expect(set).rejects.toMatchObject({ code: 'LINK_FAILED', message: saying('hand1 was removed meanwhile') });
      await untouched('hand1');
    },
  );

  test('a link that is to be removed is removed and made by somebody else', async () => {
    await backend.add(shim('hand2'), 'x');
    await meddled('link del', ...replaced('hand2')).remove('hand2', await indexOf('hand2'));
    await untouched('hand2');
  });

  test.each([
    ['192.168.9.128/25', '192.168.9.1'],
    ['fd00:9::100/120', 'fd00:9::1'],
  ])('somebody makes a route to %s', async (destination, source) => {
    const name = source.includes(':') ? 'hand6' : 'hand4';
    await backend.add(shim(name, { addresses: [source] }), 'x');
    const set = meddled('route add', ['route', 'add', destination, 'dev', 'eth0']).set(name, await indexOf(name), {
      addRoutes: [{ destination, source }],
    });
    await expect(set).rejects.toMatchObject({
      code: 'LINK_FAILED',
      message: saying(`somebody made a route there by eth0 meanwhile`),
    });
    const routes = (await backend.observe()).routes.filter((route) => route.destination === destination);
    expect(routes.map(({ link }) => link)).toEqual(['eth0']);
  });
});

describe('deadlines', () => {
  /** A pipe that nobody writes to: who opens it to read waits until the test is over, also when it failed. */
  async function pipeFor({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<string> {
    const pipe = join(folder, `pipe-${randomBytes(4).toString('hex')}`);
    await execa('mkfifo', [pipe]);
    // For both, and so at once, whether anybody waits or not.
    onTestFinished(async () => (await open(pipe, 'r+')).close());
    return pipe;
  }

  test('hold for a program whose child keeps the output open', async (ctx) => {
    const command = ['sh', '-c', 'cat "$0"; true', await pipeFor(ctx)] as const;
    await expect(iproute2({ command, timeout: 100 }).observe()).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
  });

  test('do not matter to a program that ended and whose child keeps the output open', async (ctx) => {
    const command = ['sh', '-c', 'cat "$0" & echo [{}]', await pipeFor(ctx)] as const;
    expect(await iproute2({ command }).observe()).toEqual({ links: [], routes: [], mayChange: true });
  });

  test('hold for a program that will not be stopped', async () => {
    const stuck = iproute2({ command: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done', 'ip'], timeout: 100 });
    await expect(stuck.observe()).rejects.toMatchObject({ code: 'LINK_TIMEOUT' });
  });
});
