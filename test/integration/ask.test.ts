import { mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from './support/engine.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, openDesk, reportOf } from './support/netctl.js';
import { until } from './support/until.js';

/** The LAN itself is the other machine on the wire: 192.168.1.223 and fd00:1::1ff are its own. */
let lan: Lan;
let host: Host;
let desk: Desk;
let theirMac: string;

const pool = { subnet: '192.168.1.0/24', gateway: '192.168.1.1', ip_range: '192.168.1.192/27' };
const pool6 = { subnet: 'fd00:1::/64', gateway: 'fd00:1::1', ip_range: 'fd00:1::100/120' };
const specOf = (shim: true | object, more: object = pool): object => ({
  name: 'home',
  networks: { lan: { driver: 'macvlan', parent: 'eth0', ...more, shim } },
});
const taken = specOf(true);
const free = specOf({ address: '192.168.1.222' });

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24', '192.168.1.223/24', 'fd00:1::1ff/64'] });
  const eth0 = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
  host = await startHost({ interfaces: [eth0], engine: testEngine() });
  desk = await openDesk(host);
  const { stdout } = await lan.run('ip', ['-json', 'link', 'show', 'dev', 'lan0']);
  theirMac = (JSON.parse(stdout) as readonly { readonly address: string }[])[0]?.address ?? '';
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

const asked = (result: { readonly stdout: string }): unknown => (reportOf(result) as { asked?: unknown }).asked;
const processes = async (): Promise<string> => (await host.run('ps', ['-e', '-o', 'args='])).stdout;

describe('an address that another machine has', () => {
  test.each([
    ['IPv4', taken, ['192.168.1.223']],
    [
      'both families',
      specOf(true, { enable_ipv6: true, ipam: { config: [pool, pool6] } }),
      ['192.168.1.223', 'fd00:1::1ff'],
    ],
  ])('of %s is refused with the MAC, and nothing is changed', async (_name, spec, addresses) => {
    const path = await desk.write('netctl.yaml', spec);
    const before = await snapshotOf(host);
    const result = await desk.netctl(['apply', path, '--json']);
    expect(result.exitCode).toBe(3);
    expect(reportOf(result).error).toMatchObject({
      code: 'REFUSED',
      problems: addresses.map((address) => ({
        code: 'ADDRESS_ANSWERED',
        path: 'networks.lan.shim',
        message: `${address} is somebody's: ${theirMac} answers for it on eth0`,
      })),
    });
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
  });

  test('is shown to people with its line and the cure', async () => {
    await desk.write('netctl.yaml', taken);
    const { stdout, stderr, exitCode } = await desk.netctl(['apply']);
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /^error: netctl\.yaml:\d+:\d+: networks\.lan\.shim: 192\.168\.1\.223 is somebody's: [0-9a-f:]{17} answers for it on eth0 \[ADDRESS_ANSWERED\]\n {4}Choose another address, or say --no-probe to take it all the same\.\nnetctl: Refused, nothing was changed: 1 problem$/,
    );
  });

  test('is taken with --no-probe', async () => {
    const path = await desk.write('netctl.yaml', taken);
    const result = await desk.netctl(['apply', path, '--json', '--no-probe']);
    expect([result.exitCode, asked(result)]).toEqual([0, []]);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});

describe('a free address', () => {
  const told = { host: 'local', where: 'eth0', free: ['192.168.1.222'], unasked: [], notes: [] };

  test('is taken, and a second apply asks nothing', async () => {
    const path = await desk.write('netctl.yaml', free);
    const first = await desk.netctl(['apply', path, '--json']);
    expect([first.exitCode, asked(first)]).toEqual([0, [told]]);
    const second = await desk.netctl(['apply', path, '--json']);
    expect([second.exitCode, asked(second)]).toEqual([0, []]);
    // Nor when it is made again for another reason: what answers is our own.
    const again = await desk.write('netctl.yaml', specOf({ address: '192.168.1.222' }, { ...pool, mode: 'vepa' }));
    const third = await desk.netctl(['apply', again, '--json', '--yes']);
    expect([third.exitCode, asked(third)]).toEqual([0, []]);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('is taken with a warning where no program to ask with is there', async () => {
    const path = await desk.write('netctl.yaml', free);
    const folder = await mkdtemp(join(desk.folder, 'programs-'));
    // The programs of the guard, and none of those that ask.
    const guards = ['mktemp', 'mkfifo', 'nohup', 'flock', 'find', 'timeout', 'grep', 'cat', 'cp', 'mv', 'rm', 'ping'];
    for (const program of ['ip', 'tee', ...guards]) {
      const { stdout } = await host.run('sh', ['-c', 'command -v "$1"', 'sh', program]);
      await symlink(stdout.trim(), join(folder, program));
    }
    const through = ['env', `PATH=${folder}`];
    const strict = await desk.netctl(['apply', path, '--strict'], { through });
    expect(strict.exitCode).toBe(3);
    const { exitCode, stderr } = await desk.netctl(['apply', path], { through });
    expect(exitCode, stderr).toBe(0);
    for (const words of [
      'warning: ',
      'nobody on eth0 could be asked whether 192.168.1.222 is free: ',
      "the program 'unshare' is not on this machine",
      "the program 'arping' is not on this machine (package iputils-arping)",
      '[ADDRESS_NOT_ASKED]',
    ])
      expect(stderr).toContain(words);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });

  test('a netctl that is killed while it asks leaves nothing', async () => {
    const path = await desk.write('netctl.yaml', free);
    const before = await snapshotOf(host);
    const keeper = 'cat /proc/self/stat -';
    const running = desk.start(['apply', path, '--json']);
    await until('netctl asks', async () => (await processes()).includes(keeper));
    await running.signal('SIGKILL');
    await running.ended;
    await until('its namespace is gone', async () => !(await processes()).includes(keeper));
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
    expect((await desk.netctl(['apply', path])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', path, '--yes'])).exitCode).toBe(0);
  });
});
