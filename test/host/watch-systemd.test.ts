import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { type Desk, documentOf, openDesk, type PlanDocument, repository } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { type Booted, systemdHost } from './support/systemd/systemd.js';

/* The unit in examples, by a real systemd, over a real engine. */

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

async function systemctl(...args: readonly string[]) {
  const [nsenter = '', ...rest] = (await booted?.inside()) ?? [];
  return host.run(nsenter, [...rest, 'systemctl', ...args], { reject: false, timeout: 60_000 });
}

async function property(name: string): Promise<string> {
  return (await systemctl('show', '--value', `--property=${name}`, unit)).stdout.trim();
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
  expect(await property('StatusText')).not.toBe('');

  const pid = await property('MainPID');
  const [nsenter = '', ...rest] = await booted.inside();
  await host.run(nsenter, [...rest, 'kill', '-STOP', pid]);
  await until(
    'it is started again',
    async () => (await property('ActiveState')) === 'active' && !['0', pid].includes(await property('MainPID')),
    60_000,
  );
  expect(await property('NRestarts')).toBe('1');

  expect((await systemctl('stop', unit)).exitCode).toBe(0);
  expect(await property('Result')).toBe('success');
});
