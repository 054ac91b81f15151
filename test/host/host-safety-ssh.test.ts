import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { until } from '../integration/support/until.js';
import { meddlingIp } from './support/meddling-ip.js';
import { openSshBench, type SshBench, targetAddress } from './support/ssh-bench.js';

/* A host that is reached by ssh, and changes by which it cannot be reached any more. */

const admin = '192.168.1.20';
const there = `ssh://root@${targetAddress}/nowhere.sock`;
let bench: SshBench;
let spec: string;

beforeAll(async () => {
  bench = await openSshBench();
  const networks = { lan: { ...lanNetwork, gateway: '192.168.1.1', shim: true } };
  spec = await bench.desk.write('spec.yaml', { name: 'far', networks });
});
afterAll(() => bench[Symbol.asyncDispose]());
afterEach(async () => {
  await bench.reset();
  await bench.target.run('ip', ['link', 'del', 'dev', 'lan-shim'], { reject: false });
  await until('no guard is left', async () => (await guards()) === '');
});

/** Folders and processes of guards there. */
async function guards(): Promise<string> {
  const { stdout } = await bench.target.run('find', ['/run', '-maxdepth', '1', '-name', 'netctl-guard.*']);
  return `${stdout}${await working()}`;
}

async function working(): Promise<string> {
  const { stdout } = await bench.target.run('ps', ['-e', '-o', 'args=']);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('find /run/netctl-guard'))
    .join('\n');
}

const links = async (): Promise<string> => (await bench.target.run('ip', ['link', 'show'])).stdout;
const apply = (...more: readonly string[]) =>
  bench.desk.netctl(['apply', spec, '--host', there, '--links-only', '--no-probe', ...more]);

/** On the other host `ip` is followed by what cuts this one off. */
async function cutsThisOneOff(): Promise<string> {
  await chmod(bench.desk.folder, 0o755);
  const folder = await meddlingIp(bench.desk.folder, 'hole', ['black-hole'], admin);
  await bench.sshd.start(`SetEnv PATH=${folder}:/usr/sbin:/usr/bin:/sbin:/bin`);
  return folder;
}

test('the host undoes by itself what cut off the netctl that did it, also when that is killed', async () => {
  const folder = await cutsThisOneOff();
  const running = bench.desk.start(['apply', spec, '--host', there, '--links-only', '--no-probe']);
  await until('this host is cut off', () => Promise.resolve(existsSync(join(folder, 'cut'))), 60_000);
  await running.signal('SIGKILL');
  await until('the link is gone again', async () => !(await links()).includes('lan-shim'), 5_000);
  await bench.admin.run('ping', ['-c', '1', '-w', '5', targetAddress]);
  await bench.reset();
  await until('nobody is at work there', async () => (await working()) === '');
  // The next one there tells of it.
  const next = await apply();
  expect(next.exitCode, next.stderr).toBe(0);
  expect(next.stderr).toContain('the links are as they were before an apply of far that began at');
});

test('--confirm outlives the connection: what is not confirmed is undone there, what is stays', async () => {
  const first = await apply('--confirm', '2s');
  expect(first.exitCode, first.stderr).toBe(0);
  await until('the link is gone again', async () => !(await links()).includes('lan-shim'));
  expect((await bench.desk.netctl(['confirm', '--host', there])).exitCode).toBe(1);
  expect((await apply('--confirm', '60s')).exitCode).toBe(0);
  const kept = await bench.desk.netctl(['confirm', '--host', there]);
  expect(kept, kept.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Kept') as string });
  expect(await links()).toContain('lan-shim');
});

test('the client that sshd there knows of is kept within reach: a shim over its address is refused', async () => {
  const range = { ...lanNetwork, ip_range: '192.168.1.16/28', gateway: '192.168.1.1', shim: true };
  const path = await bench.desk.write('near.yaml', { name: 'near', networks: { lan: range } });
  const refused = await bench.desk.netctl(['apply', path, '--host', there, '--links-only', '--no-probe']);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain(`would take over the way to ${admin}, from where you are logged in by ssh`);
});
