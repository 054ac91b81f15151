import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { type Booted, systemdHost } from './support/systemd/systemd.js';

/* The unit in examples, and that of persist --watch, by a real systemd, over a real engine. */

const program = '/var/lib/netctl-program';
const unit = 'netctl-watch.service';
const spec = { name: 'home', networks: { web: { driver: 'bridge', subnet: '172.30.9.0/24' } } };

let host: Host;
let desk: Desk;
let booted: Booted | undefined;

beforeAll(async () => {
  host = await startHost({ engine: testEngine() });
  desk = await openDesk(host);
  await host.run('cp', ['-r', join(repository, 'packages/cli/dist/bundle'), program]);
  await host.run('mkdir', ['-p', '/etc/netctl']);
  await host.run('tee', ['/etc/netctl/netctl.yaml'], { input: JSON.stringify(spec) });
  // The socket is below /tmp, of which the systemd that is booted has its own.
  await host.run('rm', ['/run/docker.sock']);
  await host.run('touch', ['/run/docker.sock']);
  await host.run('mount', ['--bind', host.socket, '/run/docker.sock']);
});
afterEach(async () => {
  await booted?.off();
  booted = undefined;
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

/** Takes a service that is up through a hang and its end. */
async function lives(name: string): Promise<void> {
  const pid = await property(name, 'MainPID');
  const [nsenter = '', ...rest] = (await booted?.inside()) ?? [];
  await host.run(nsenter, [...rest, 'kill', '-STOP', pid]);
  await until(
    'it is started again',
    async () =>
      (await property(name, 'ActiveState')) === 'active' && !['0', pid].includes(await property(name, 'MainPID')),
    60_000,
  );
  expect(await property(name, 'NRestarts')).toBe('1');
  expect((await systemctl('stop', name)).exitCode).toBe(0);
  expect(await property(name, 'Result')).toBe('success');
}

async function systemctl(...args: readonly string[]) {
  const [nsenter = '', ...rest] = (await booted?.inside()) ?? [];
  return host.run(nsenter, [...rest, 'systemctl', ...args], { reject: false, timeout: 60_000 });
}

async function property(of: string, name: string): Promise<string> {
  return (await systemctl('show', '--value', `--property=${name}`, of)).stdout.trim();
}

async function stepsLeft(): Promise<readonly string[]> {
  const { steps } = documentOf<PlanDocument>(await desk.netctl(['plan', '--json', '/etc/netctl/netctl.yaml']));
  return steps.map(({ op, ref }) => `${op} ${ref}`);
}

test('a service that is ready has done its work, one that hangs is started again, and its end is no failure', async () => {
  const systemd = await systemdHost(host, desk.folder);
  const units = '/etc/systemd/system';
  await host.run('tee', [`${units}/${unit}`], { input: await readFile(join(repository, 'examples', unit), 'utf8') });
  // Where the program is; and nobody waits a minute here. What is stopped does not hear the SIGABRT of the watchdog.
  const times = 'WatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=0\n';
  const start = `ExecStart=\nExecStart=${process.execPath} ${program}/netctl.js watch /etc/netctl/netctl.yaml\n`;
  await host.run('mkdir', ['-p', `${units}/${unit}.d`]);
  await host.run('tee', [`${units}/${unit}.d/here.conf`], { input: `[Service]\n${start}${times}` });
  booted = await systemd.boot();
  await until('Docker is started', async () => booted?.dockerFound(), 60_000);
  expect(await stepsLeft()).toEqual(['network.create network:web']);

  // Returns when the unit is ready.
  const { exitCode, stderr } = await systemctl('start', unit);
  expect(exitCode, `${stderr}\n${await booted.log()}`).toBe(0);
  expect(await stepsLeft()).toEqual([]);
  expect(await property(unit, 'StatusText')).not.toBe('');

  await lives(unit);
});

test('persist --watch: the unit is one that systemd takes, and does the same; --no-watch and --remove take it away', async () => {
  const systemd = await systemdHost(host, desk.folder);
  const name = 'netctl-watch@home.service';
  const path = `/etc/systemd/system/${name}`;
  const persist = async (...args: readonly string[]) =>
    desk.netctl(['persist', ...args, '/etc/netctl/netctl.yaml'], {
      program: `${program}/netctl.js`,
      through: (await booted?.inside()) ?? [],
    });
  booted = await systemd.boot();
  await until('Docker is started', async () => booted?.dockerFound(), 60_000);
  await desk.netctl(['destroy', '/etc/netctl/netctl.yaml', '--yes']);

  const { exitCode, stdout, stderr } = await persist('--watch');
  expect(exitCode, stderr).toBe(0);
  // The spec has no links, so that there is no unit for those.
  expect(stdout).toBe(`wrote ${path}\nAt boot ${name} keeps the rest. To have it now: systemctl start ${name}`);
  const verified = await host.run('systemd-analyze', ['verify', path], { reject: false });
  expect(`${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('netctl'))).toEqual([]);
  expect((await systemctl('is-enabled', name)).stdout).toBe('enabled');
  // A spec that changes needs no word, and what is there stays.
  expect((await persist()).stdout).toContain(`unchanged ${path}`);
  expect((await persist('--format', 'shell')).stdout).toContain(`unchanged ${path}`);
  // Nobody waits a minute here.
  await host.run('mkdir', ['-p', `${path}.d`]);
  const times = '[Service]\nWatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=0\n';
  await host.run('tee', [`${path}.d/here.conf`], { input: times });
  await systemctl('daemon-reload');
  const started = await systemctl('start', name);
  expect(started.exitCode, `${started.stderr}\n${await booted.log()}`).toBe(0);
  expect(await stepsLeft()).toEqual([]);
  await lives(name);

  await systemctl('start', name);
  expect((await persist('--remove')).stdout).toContain(`removed ${path}`);
  expect((await systemctl('is-active', name)).stdout).toBe('inactive');
  expect((await host.run('find', ['/etc/systemd/system', '-type', 'l', '-name', 'netctl*'])).stdout).toBe('');
  const nothing = await persist('--no-watch');
  expect([nothing.exitCode, nothing.stderr]).toEqual([3, expect.stringContaining('asks for no VLAN link and no shim')]);
});

test.each([
  ['--format', 'shell'],
  ['--root', '/var/lib/image'],
])('persist --watch does not go with %s', async (...args) => {
  const { exitCode, stderr } = await desk.netctl(['persist', '--watch', ...args, '/etc/netctl/netctl.yaml']);
  expect([exitCode, stderr]).toEqual([64, expect.stringContaining(`it does not go with ${args[0]}`)]);
});

test('persist --watch refuses a spec that is gone at the next boot', async () => {
  const temporary = await desk.write('here.yaml', spec);
  const of = async (...args: readonly string[]) =>
    desk.netctl(['persist', '--watch', ...args], { program: `${program}/netctl.js`, input: JSON.stringify(spec) });
  expect(await of(temporary)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('a boot empties') as unknown,
  });
  expect(await of('-')).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('is no file') as unknown });
});
