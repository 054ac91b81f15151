import { readdir, rm } from 'node:fs/promises';
import { type Host, type Lan, LabError, engineMissing, startHost, startLan, sweep } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { labTraces, processesInPidNamespace } from '../integration/support/snapshot.js';
import { startLabOwner } from '../integration/support/start-lab-owner.js';
import { until } from '../integration/support/until.js';
import { busyboxImage, startContainer } from '../integration/support/workload.js';

const engine = testEngine();

/** One echo request; whether it was answered within a second. */
async function pings(from: Host | Lan, address: string): Promise<boolean> {
  const { exitCode } = await from.run('ping', ['-c', '1', '-W', '1', address], { reject: false });
  return exitCode === 0;
}

/** A fresh neighbour may take a moment, so a reply is polled for. */
const reaches = async (from: Host | Lan, address: string) =>
  until(`${address} answers`, async () => pings(from, address));

async function docker(host: Host, ...args: readonly string[]): Promise<string> {
  return (await host.run('docker', args)).stdout;
}

const stateOf = async (host: Host, container: string) =>
  docker(host, 'inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', container);

describe('two hosts on a LAN', () => {
  let machineLinks: readonly string[];
  let lan: Lan;
  let one: Host;
  let two: Host;

  beforeAll(async () => {
    machineLinks = await readdir('/sys/class/net');
    lan = await startLan({ addresses: ['192.168.1.1/24', 'fd00:1::1/64'] });
    const eth0 = { name: 'eth0', lan, gateway: '192.168.1.1' };
    [one, two] = await Promise.all([
      startHost({
        name: 'node01',
        interfaces: [{ ...eth0, addresses: ['192.168.1.2/24'], mac: '02:00:00:00:00:02', mtu: 1400 }, { name: 'eth1' }],
        engine,
      }),
      startHost({ name: 'node02', interfaces: [{ ...eth0, addresses: ['192.168.1.3/24', 'fd00:1::3/64'] }], engine }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await lan.close();
  });

  test('each has its hostname, its interfaces with what was asked, and its own engine', async () => {
    expect((await one.run('hostname')).stdout).toBe('node01');
    expect((await two.run('hostname')).stdout).toBe('node02');

    const { stdout } = await one.run('ip', ['-json', 'address', 'show', 'dev', 'eth0']);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        operstate: 'UP',
        mtu: 1400,
        address: '02:00:00:00:00:02',
        addr_info: expect.arrayContaining([
          expect.objectContaining({ local: '192.168.1.2', prefixlen: 24 }),
        ]) as unknown,
      },
    ]);
    expect((await one.run('ip', ['route', 'show', 'default'])).stdout.trim()).toBe('default via 192.168.1.1 dev eth0');
    expect((await one.run('ls', ['/sys/class/net'])).stdout.split('\n')).toEqual(['docker0', 'eth0', 'eth1', 'lo']);

    const version = await docker(one, 'version', '--format', '{{.Server.Version}} {{.Server.Os}}');
    expect(version).toMatch(/^\d+\.\d+\.\S+ linux$/);
    const id = ['info', '--format', '{{.ID}}'];
    expect(await docker(one, ...id)).not.toBe(await docker(two, ...id));
  });

  test('they reach each other and the router, and no link of theirs is on the machine', async () => {
    await reaches(one, '192.168.1.3');
    await reaches(two, '192.168.1.2');
    await reaches(one, '192.168.1.1');
    await reaches(two, 'fd00:1::1');
    expect(await readdir('/sys/class/net')).toEqual(machineLinks);
  });

  test('each keeps what netctl leaves in /var/lib for itself', async () => {
    const name = `lab-test-${process.pid}`;
    await one.run('touch', [`/var/lib/netctl/${name}`]);
    await one.run('mkdir', [`/var/lib/${name}`]);
    const seen = [await readdir('/var/lib/netctl').catch(() => []), await readdir('/var/lib')].flat();
    await Promise.all(
      [`/var/lib/netctl/${name}`, `/var/lib/${name}`].map((path) => rm(path, { recursive: true, force: true })),
    );
    expect(seen).not.toContain(name);
    expect((await two.run('ls', ['/var/lib/netctl'])).stdout).toBe('');
    expect((await one.run('ls', ['/var/lib/netctl'])).stdout).toBe(name);
  });

  test('containers run on both engines through testcontainers, and answer', async () => {
    for (const host of [one, two]) {
      const image = await busyboxImage(host);
      await docker(host, 'network', 'create', '--subnet', '10.77.0.0/24', 'net77');
      const target = await startContainer(host, { image, name: 'target', network: 'net77', ip: '10.77.0.10' });
      const other = await startContainer(host, { image, network: 'net77' });
      expect(target.getIpAddress('net77')).toBe('10.77.0.10');
      expect(await docker(host, 'ps', '--format', '{{.Names}}')).toContain('target');
      expect((await other.exec(['ping', '-c', '1', '-w', '5', '10.77.0.10'])).exitCode).toBe(0);
      expect(await pings(host, '10.77.0.10')).toBe(true);
      await Promise.all([target.stop(), other.stop()]);
      await docker(host, 'network', 'rm', 'net77');
    }
  });

  test('a macvlan container is reached from the LAN and from the other host, not from its own', async () => {
    await one.importImage('netctl/busybox:lab', { busybox: true });
    await docker(one, 'network', 'create', '-d', 'macvlan', '-o', 'parent=eth0', '--subnet', '192.168.1.0/24', 'mac');
    await startContainer(one, {
      image: 'netctl/busybox:lab',
      network: 'mac',
      ip: '192.168.1.50',
      command: ['sleep', '9999'],
    });
    await reaches(lan, '192.168.1.50');
    await reaches(two, '192.168.1.50');
    expect(await pings(one, '192.168.1.50')).toBe(false);
  });

  test('an image of a dynamic program of this machine runs', async () => {
    await two.importImage('netctl/sleep', { programs: ['/bin/sleep'] });
    expect(await docker(two, 'run', '--rm', 'netctl/sleep', '/bin/sleep', '--version')).toMatch(/^sleep/);
  });

  test('a command that outlives its deadline is killed, inside too', async () => {
    const argument = '98765.4321';
    await expect(one.run('sleep', [argument], { timeout: 300 })).rejects.toThrow(LabError);
    const { stdout } = await one.run('ps', ['-e', '-o', 'args']);
    expect(stdout).not.toContain(argument);
  });
});

test('the engine is killed, stopped and started again, with what Docker makes of its containers', async () => {
  await using host = await startHost({ engine });
  const image = await busyboxImage(host);
  await startContainer(host, { image, name: 'workload' });
  expect(await stateOf(host, 'workload')).toBe('running 0');

  await host.killEngine();
  await expect(docker(host, 'ps')).rejects.toThrow(/Cannot connect/);
  expect((await host.run('ps', ['-e', '-o', 'args'])).stdout).toContain('2147483647');
  await host.startEngine();
  // Without live-restore the engine ends at its start what it finds running.
  expect(await stateOf(host, 'workload')).toMatch(/^exited 1\d\d$/);

  await docker(host, 'start', 'workload');
  await host.stopEngine();
  await expect(docker(host, 'ps')).rejects.toThrow(/Cannot connect/);
  expect((await host.run('ps', ['-e', '-o', 'args'])).stdout).not.toContain('2147483647');
  await host.startEngine();
  expect(await stateOf(host, 'workload')).toMatch(/^exited/);
  expect(await host.engineLog()).toContain('API listen on');
});

test('close leaves nothing', async () => {
  const before = await labTraces(process.pid);
  const lan = await startLan();
  const host = await startHost({ interfaces: [{ name: 'eth0', lan }, { name: 'eth1' }], engine });
  const running = await startContainer(host, { image: await busyboxImage(host) });
  // A frozen process takes no signal, not even SIGKILL.
  await host.run('docker', ['pause', running.getId()]);
  const { stdout: pidNamespace } = await host.run('readlink', ['/proc/self/ns/pid']);

  const during = await labTraces(process.pid);
  for (const part of ['process ', '/tmp/', '/run/netns/', '/sys/fs/cgroup/']) {
    expect(
      during.filter((line) => line.startsWith(part) && !before.includes(line)),
      part,
    ).not.toEqual([]);
  }
  expect((await processesInPidNamespace(pidNamespace)).length).toBeGreaterThan(3);

  await Promise.all([host.close(), host.close()]);
  await lan.close();
  expect(await labTraces(process.pid)).toEqual(before);
  expect(await processesInPidNamespace(pidNamespace)).toEqual([]);
  expect(() => host.command('true')).toThrow(/is closed/);
});

test('a closed LAN is gone from its hosts too, whatever host was started meanwhile', async () => {
  const lan = await startLan();
  await using host = await startHost({ interfaces: [{ name: 'eth0', lan }], engine: false });
  await using bystander = await startHost({ engine: false });
  expect((await host.run('ls', ['/sys/class/net'])).stdout).toContain('eth0');
  await lan.close();
  const links = async () => (await host.run('ls', ['/sys/class/net'])).stdout;
  await until('its interface goes', async () => !(await links()).includes('eth0'));
  expect((await bystander.run('true')).exitCode).toBe(0);
});

test('a crashed owner takes its processes with it, and a sweep the rest; a live owner keeps all', async () => {
  await using mine = await startHost({ engine: false });
  await using owner = await startLabOwner();
  await sweep();
  expect(await processesInPidNamespace(owner.pidNamespace)).not.toEqual([]);
  expect(await readdir('/run/netns')).toEqual(expect.arrayContaining([owner.namespace, mine.namespace]));

  await owner.kill();
  await until('its processes end', async () => (await processesInPidNamespace(owner.pidNamespace)).length === 0);
  // Another test's process may sweep first: what counts is that all is gone after ours.
  await sweep();
  expect(await labTraces(owner.pid)).toEqual([]);
  expect((await mine.run('true')).exitCode).toBe(0);
});

test('a failed start says why and leaves nothing', async () => {
  const before = await labTraces(process.pid);
  const wrong = startHost({ interfaces: [{ name: 'eth0' }], engine: { ...engine, arguments: ['--no-such-flag'] } });
  await expect(wrong).rejects.toThrow(/the engine ended; its log ends:[^]*no-such-flag/);
  await expect(startHost({ interfaces: [{ name: 'a-name-that-is-too-long' }], engine })).rejects.toThrow(LabError);
  expect(await labTraces(process.pid)).toEqual(before);
});

test('a missing program is one line', async () => {
  expect(await engineMissing(engine)).toBeUndefined();
  const without = { ...engine, dockerd: '/nowhere/dockerd' };
  const line = 'a lab host needs /nowhere/dockerd (Debian package docker.io)';
  expect(await engineMissing(without)).toBe(line);
  await expect(startHost({ engine: without })).rejects.toThrow(new LabError(line));
});
