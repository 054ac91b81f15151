import { chmod, mkdir } from 'node:fs/promises';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { type Desk, openDesk, reportOf } from '../integration/support/netctl.js';
import { copiedProgram, installSudo, ordinaryUser } from './support/install-sudo.js';

/* What an ordinary user can do, with nothing, with a capability, and with sudo. */

const dockerGroup = '64990';
const dropped = ['--inh-caps=-all', '--bounding-set=-all'];
const unprivileged = ['--inh-caps=-all'];
const ambient = ['--inh-caps=+net_admin', '--ambient-caps=+net_admin'];

let lan: Lan;
let host: Host;
let desk: Desk;
let spec: string;
let bridges: string;
let asUser: Awaited<ReturnType<typeof installSudo>>;

const ALL = `${ordinaryUser} ALL=(root) NOPASSWD: /usr/sbin/ip, /usr/bin/tee /proc/sys/net/ipv6/conf/*/accept_ra`;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const eth0 = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
  host = await startHost({ interfaces: [eth0], engine: testEngine() });
  desk = await openDesk(host);
  spec = await desk.write('spec.yaml', {
    name: 'home',
    networks: { lan: { ...lanNetwork, gateway: '192.168.1.1', shim: true } },
  });
  bridges = await desk.write('bridges.yaml', { name: 'shop', networks: { web: { subnet: '10.5.0.0/24' } } });
  // The user reads the specs there, and keeps his own state there.
  await chmod(desk.folder, 0o755);
  await mkdir(desk.stateFolder);
  await chmod(desk.stateFolder, 0o777);
  asUser = await installSudo(host, dockerGroup);
  // The engine's socket is where only root comes by otherwise.
  await host.run('chmod', ['755', host.socket.replace(/\/[^/]*$/, '')]);
  await host.run('chgrp', [dockerGroup, host.socket]);
  await host.run('chmod', ['660', host.socket]);
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});
afterEach(async () => {
  await sudoers();
  for (const file of [spec, bridges]) {
    const gone = await desk.netctl(['destroy', file, '--yes']);
    expect(gone.exitCode, gone.stderr).toBe(0);
  }
  expect((await host.run('find', ['/run', '/tmp', '-maxdepth', '1', '-name', 'netctl-guard.*'])).stdout).toBe('');
});

const sudoers = async (...lines: readonly string[]) =>
  host.run('tee', ['/etc/sudoers'], { input: `${lines.join('\n')}\n` });

const netctl = async (privileges: readonly string[], args: readonly string[]) =>
  desk.netctl(args, {
    through: asUser(...privileges),
    program: copiedProgram,
    env: { PATH: ['/run/sudo-bin', ...(testEngine().path ?? []), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':') },
  });

describe('without any privilege', () => {
  test('the socket of the engine is enough for networks that need no link', async () => {
    const applied = await netctl(dropped, ['apply', bridges]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout).not.toContain('links are changed by');
  });

  test('links are refused before the first write, with the three ways to get there', async () => {
    const applied = await netctl(unprivileged, ['apply', spec, '--no-probe']);
    expect(applied.exitCode).toBe(77);
    expect(applied.stderr).toContain('changing links of the host needs the capability CAP_NET_ADMIN');
    expect(applied.stderr).toContain(
      'Run netctl as root (sudo), with CAP_NET_ADMIN as an ambient capability, or let its user run `sudo -n ip`.',
    );
    expect((await host.run('docker', ['network', 'ls'])).stdout).not.toContain('macvlan');
  });

  test('a look asks sudo nothing where no link is to be changed', async () => {
    await sudoers('Defaults logfile=/run/sudo.log', ALL);
    const shown = await netctl(unprivileged, ['status', bridges]);
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect((await host.run('find', ['/run', '-name', 'sudo.log'])).stdout).toBe('');
    // A plan with links to make does ask.
    await netctl(unprivileged, ['plan', spec]);
    expect((await host.run('cat', ['/run/sudo.log'])).stdout).toContain('COMMAND=/usr/sbin/ip -V');
    await host.run('rm', ['/run/sudo.log']);
  });
});

describe.each<[string, readonly string[], readonly string[], string]>([
  ['an ambient capability', ambient, [], 'the capability CAP_NET_ADMIN of this process'],
  ['sudo -n ip', unprivileged, [ALL], '`sudo -n ip`'],
])('with %s', (_, privileges, lines, told) => {
  test('a user who is not root makes links, and is told by what', async () => {
    await sudoers(...lines);
    const applied = await netctl(privileges, ['apply', spec, '--no-probe']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout).toContain(`links are changed by ${told}`);
    expect((await host.run('ip', ['-br', 'addr', 'show', 'lan-shim'])).stdout).toContain('192.168.1.223/32');
    expect((await host.run('cat', ['/proc/sys/net/ipv6/conf/lan-shim/accept_ra'])).stdout).toBe('0');
    const doctor = await netctl(privileges, ['doctor']);
    expect(doctor.stdout).toMatch(
      new RegExp(`privileges.*${told === '`sudo -n ip`' ? 'by sudo -n ip' : 'by an ambient capability'}`),
    );
    const gone = await netctl(privileges, ['destroy', spec, '--yes', '--json']);
    expect(gone.exitCode, gone.stdout).toBe(0);
    expect(gone.stdout).toContain('"event":"privilege","privilege":"');
  });

  test('what he does is undone too when nobody confirms it', async () => {
    await sudoers(...lines);
    const applied = await netctl(privileges, ['apply', spec, '--no-probe', '--confirm', '60s']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    // Root looks for root's.
    expect((await desk.netctl(['confirm'])).exitCode).toBe(3);
    expect(await netctl(privileges, ['confirm'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Kept') as string,
    });
  });
});

test('a sudo that asks for a password, or lets him run another program alone, is none', async () => {
  for (const line of [
    `${ordinaryUser} ALL=(root) /usr/sbin/ip`,
    `${ordinaryUser} ALL=(root) NOPASSWD: /usr/bin/true`,
  ]) {
    await sudoers(line);
    expect((await netctl(unprivileged, ['apply', spec, '--no-probe'])).exitCode).toBe(77);
  }
  // Without tee a shim would take what the router announces; what was begun is said.
  await sudoers(`${ordinaryUser} ALL=(root) NOPASSWD: /usr/sbin/ip`);
  const half = await netctl(unprivileged, ['apply', spec, '--no-probe', '--json']);
  expect(reportOf(half).error).toMatchObject({
    message: expect.stringContaining('sudo does not let this user run that without a password') as string,
  });
});
