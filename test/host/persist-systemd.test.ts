import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../integration/support/until.js';
import { openPersistBench, shimSpec } from './support/persist-bench.js';
import type { PersistBench } from './support/persist-bench.js';
import type { Booted } from './support/systemd/systemd.js';

const unit = '/etc/systemd/system/netctl-home.service';

let bench: PersistBench;
let booted: Booted | undefined;

beforeAll(async () => {
  bench = await openPersistBench();
});
afterEach(async () => {
  await booted?.off();
  booted = undefined;
  await bench.persist('--remove');
  await bench.host.run('ip', ['link', 'delete', 'lan-shim'], { reject: false });
});
afterAll(() => bench[Symbol.asyncDispose]());

const index = async () => {
  const { stdout, exitCode } = await bench.host.run('cat', ['/sys/class/net/lan-shim/ifindex'], { reject: false });
  return exitCode === 0 ? stdout : undefined;
};

/** Waits until Docker was started, and says what links it found. */
async function dockerStarts(): Promise<readonly string[]> {
  return until('docker.service is started', async () => booted?.dockerFound(), 60_000);
}

test('the unit is one that systemd takes, and among its safe ones', async () => {
  const { host, persist } = bench;
  const { exitCode, stderr } = await persist();
  expect(exitCode, stderr).toBe(0);
  const verified = await host.run('systemd-analyze', ['verify', unit], { reject: false });
  expect(`${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('netctl'))).toEqual([]);
  const args = ['security', '--offline=true', '--threshold=20', '--no-pager', unit];
  const security = await host.run('systemd-analyze', args, { reject: false });
  expect(security.exitCode, security.stdout).toBe(0);
});

test('after a reboot the shim is there before Docker starts, with all that an apply gives it', async () => {
  const { host, netctl, persist, spec, stepsLeft, systemd } = bench;
  expect((await netctl(['apply', '--links-only', spec])).exitCode).toBe(0);
  expect((await persist()).exitCode).toBe(0);
  await host.run('ip', ['link', 'delete', 'lan-shim']);

  booted = await systemd.boot();
  expect(await dockerStarts(), await booted.log()).toContain('lan-shim');
  expect(await stepsLeft()).toEqual([]);
});

test('a parent that is not there does not keep Docker from starting, and is named in the log', async () => {
  const { host, persist, systemd } = bench;
  expect((await persist()).exitCode).toBe(0);
  await host.run('ip', ['link', 'set', 'eth0', 'name', 'gone0']);
  try {
    booted = await systemd.boot();
    expect(await dockerStarts()).not.toContain('lan-shim');
    expect(await booted.log()).toContain('[PARENT_MISSING]');
  } finally {
    await host.run('ip', ['link', 'set', 'gone0', 'name', 'eth0']);
  }
});

test('of two parents one is missing: Docker does not wait for it long, finds the link on the other, and the rest follows', async () => {
  const { desk, host, netctl, systemd } = bench;
  const two = await desk.write('two-parents.yaml', {
    name: 'home',
    networks: {
      lan: { ...shimSpec.networks.lan },
      far: {
        ...shimSpec.networks.lan,
        parent: 'eth9',
        subnet: '10.9.0.0/24',
        gateway: '10.9.0.1',
        ip_range: '10.9.0.64/27',
      },
    },
  });
  const plug = async () => host.run('ip', ['link', 'add', 'name', 'eth9', 'type', 'bridge']);
  const links = async () => (await host.run('ls', ['/sys/class/net'])).stdout.split(/\s+/);
  try {
    await plug();
    booted = await systemd.boot({ udev: true });
    await dockerStarts();
    const { exitCode, stdout, stderr } = await netctl(['persist', two], await booted.inside());
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('sys-subsystem-net-devices-eth9.device.d/netctl-home.conf');
    await booted.off();
    await host.run('ip', ['link', 'delete', 'eth9']);

    // Without a word of ours systemd waits 90 seconds.
    booted = await systemd.boot({ udev: true });
    expect(await dockerStarts(), await booted.log()).toContain('lan-shim');
    expect(await booted.log()).toContain('the host has no link named eth9');
    expect(await links()).not.toContain('far-shim');
    await plug();
    await until('the link on it is made', async () => (await links()).includes('far-shim'), 60_000);
  } finally {
    for (const name of ['eth9', 'far-shim']) await host.run('ip', ['link', 'delete', name], { reject: false });
  }
});

test('a unit that systemd does not take, as one that is too old does not, is a failure that says so', async () => {
  const { host, netctl, spec, systemd } = bench;
  const folder = `${unit}.d`;
  await host.run('mkdir', ['-p', folder]);
  // What a systemd before 244 says of Restart=on-failure, every systemd says of this.
  await host.run('tee', [`${folder}/old.conf`], { input: '[Service]\nRestart=always\n' });
  try {
    booted = await systemd.boot();
    await dockerStarts();
    const { exitCode, stderr } = await netctl(['persist', spec], await booted.inside());
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('systemd does not take netctl-home.service: bad-setting'),
    ]);
    expect(stderr).toContain('It needs systemd 244 or newer');
    expect((await host.run('find', ['/etc/systemd/system', '-type', 'l', '-name', 'netctl*'])).stdout).toBe('');
  } finally {
    await host.run('rm', ['-r', folder]);
  }
});

test('a shim comes back with a parent that was made again, also where persist came after the boot', async () => {
  const { host, lan, netctl, spec, stepsLeft, systemd } = bench;
  const flap = async (): Promise<void> => {
    const before = await index();
    await host.run('ip', ['link', 'delete', 'eth0']);
    expect(await index()).toBe(undefined);
    await lan.run('ip', ['link', 'add', 'again', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.namespace]);
    await lan.run('ip', ['link', 'set', 'again', 'master', 'lan0', 'up']);
    await host.run('ip', ['link', 'set', 'eth0', 'up']);
    await host.run('ip', ['addr', 'add', '192.168.1.10/24', 'dev', 'eth0']);
    expect(await until('the shim is back', index, 60_000)).not.toBe(before);
    await until('all of it is back', async () => (await stepsLeft()).length === 0, 60_000);
  };
  booted = await systemd.boot({ udev: true });
  await dockerStarts();
  // systemd is told of the unit while it runs.
  const { exitCode, stderr } = await netctl(['persist', spec], await booted.inside());
  expect(exitCode, stderr).toBe(0);
  expect((await host.run('cat', [unit])).stdout).toMatch(/^Wants=.* sys-subsystem-net-devices-eth0\.device$/m);
  await flap();
  await booted.off();

  booted = await systemd.boot({ udev: true });
  expect(await dockerStarts(), await booted.log()).toContain('lan-shim');
  await flap();
  const inside = await booted.inside();
  const removed = await netctl(['persist', '--remove', spec], inside);
  expect(removed.exitCode, removed.stderr).toBe(0);
  const [nsenter = '', ...rest] = inside;
  const units = await host.run(nsenter, [...rest, 'systemctl', 'list-units', '--all', '--no-legend', 'netctl-*']);
  expect(units.stdout).toBe('');
  expect((await host.run('find', ['/etc', '-name', '*netctl*'])).stdout).toBe('');
});
