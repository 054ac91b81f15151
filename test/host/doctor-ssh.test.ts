import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { doctorOf, writeOn } from '../integration/support/doctor.js';
import { openSshBench, type SshBench, targetAddress } from './support/ssh-bench.js';

/* netctl doctor on one host, the engine, the files and the links that it looks at on another one. */

const doctor = doctorOf();
const there = ['--host', `ssh://root@${targetAddress}`];
let bench: SshBench;

beforeAll(async () => {
  bench = await openSshBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
afterEach(async () => {
  expect(await bench.left()).toEqual([]);
});

test('the engine, the files and the firewall are those of the other host', async () => {
  await writeOn(bench.target, '/etc/ufw/ufw.conf', 'ENABLED=yes\n');
  await writeOn(bench.target, '/run/systemd/network/99-all.network', '[Match]\nName=*\n[Network]\nDHCP=yes\n');
  await bench.target.run('mkdir', ['-p', '/run/systemd/netif']);
  const findings = await doctor.look(bench.desk, there);
  const codes = findings.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['UFW_BYPASSED', 'NETWORKD_TAKES_LINKS', 'FORWARD_DROP']));
  expect(findings.filter(({ code }) => code === 'NOT_LOOKED')).toEqual([]);
  const inOrder = findings.filter(({ code }) => code === 'OK').map(({ matter }) => matter);
  expect(inOrder).toEqual(expect.arrayContaining(['engine', 'storage', 'iproute2', 'privileges', 'bridges']));
});

test('an engine that is down there does not keep it from looking at the rest', async () => {
  await bench.target.stopEngine();
  const findings = await doctor.look(bench.desk, there);
  expect(findings[0]).toMatchObject({ code: 'ENGINE_UNREACHABLE', severity: 'error' });
  expect(findings.map(({ code }) => code)).toContain('UFW_BYPASSED');
});

test('a host that ssh does not reach is one finding, and nothing of this host is told for it', async () => {
  const findings = await doctor.look(bench.desk, ['--host', 'ssh://root@192.168.1.99', '--timeout', '5s']);
  expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'ENGINE_UNREACHABLE',
  ]);
  expect(findings.filter(({ code }) => code === 'OK')).toEqual([]);
});
