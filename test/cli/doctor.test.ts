import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorDocument } from '../integration/support/doctor.js';
import { documentOf, type FailureDocument } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

let cli: CliFolder;
beforeAll(async () => {
  cli = await openCliFolder();
  await cli.write('hosts.yaml', 'name: many\nhosts: { a: { docker: "unix:///a" } }\nnetworks: { web: {} }\n');
});
afterAll(() => cli[Symbol.asyncDispose]());

const active = 'error while removing network: network web has active endpoints (name:"c1" id:"576e8b4a72a6")';

describe('an error that is pasted', () => {
  test('is explained without an engine, as one argument, as several, and from standard input', async () => {
    const one = await cli.netctl(['doctor', active]);
    expect(one).toMatchObject({ exitCode: 0, stderr: '' });
    expect(one.stdout).toContain('(IN_USE)');
    expect(one.stdout).toContain('docker network disconnect --force web c1');
    expect((await cli.netctl(['doctor', ...active.split(' ')])).stdout).toBe(one.stdout);
    expect((await cli.netctl(['doctor', '-'], { input: `${active}\n` })).stdout).toBe(one.stdout);
  });

  test('of ip goes by the command above it', async () => {
    const input = '# ip link add link eth0 name eth0.30 type vlan id 30\nRTNETLINK answers: Operation not supported\n';
    const { stdout, exitCode } = await cli.netctl(['doctor', '-', '--json'], { input });
    expect(exitCode).toBe(0);
    const { version, findings } = documentOf<DoctorDocument>({ stdout, stderr: '' });
    expect(version).toBe(1);
    expect(findings).toMatchObject([{ code: 'IP_REFUSED', cause: expect.stringContaining('8021q') as string }]);
  });

  test('that nobody knows is said to be none that is known, with exit 1', async () => {
    const { stdout, exitCode } = await cli.netctl(['doctor', 'the cat is on the keyboard']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^This error is none that netctl knows\./);
    const json = await cli.netctl(['doctor', '--json', 'the cat is on the keyboard']);
    expect(json.exitCode).toBe(1);
    expect(documentOf(json)).toEqual({ version: 1, findings: [] });
    expect(await cli.netctl(['doctor', '-'], { input: '' })).toMatchObject({ exitCode: 1 });
  });
});

describe('a look', () => {
  test('without an engine is whole, and ends with 1', async () => {
    const ran = await cli.netctl(['doctor', '--json']);
    expect(ran).toMatchObject({ exitCode: 1, stderr: '' });
    const { findings } = documentOf<DoctorDocument>(ran);
    expect(findings[0]).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      evidence: [expect.stringContaining('unix:///nowhere/docker.sock')],
    });
    expect(findings.find(({ matter }) => matter === 'iproute2')).toMatchObject({ code: 'OK' });
  });

  test('is silent when it is told to be, and its status tells', async () => {
    expect(await cli.netctl(['doctor', '--quiet'])).toMatchObject({ exitCode: 1, stdout: '', stderr: '' });
  });

  test('at an engine on another machine looks at no files of this one', async () => {
    const { stdout } = await cli.netctl(['doctor', '--json', '-H', 'tcp://192.0.2.1:2375']);
    const { findings } = documentOf<DoctorDocument>({ stdout, stderr: '' });
    expect(findings[0]?.evidence[0]).toContain('without TLS gives root on that host');
    const unlooked = findings.filter(({ code }) => code === 'NOT_LOOKED').map(({ matter }) => matter);
    expect(unlooked).toEqual(expect.arrayContaining(['storage', 'kernel', 'iproute2', 'managers', 'firewall']));
  });
});

describe('wrong usage', () => {
  test.each([
    ['a spec of several hosts', ['doctor', '-f', 'hosts.yaml'], 'names several'],
    ['an error and a spec', ['doctor', '-f', 'hosts.yaml', 'an', 'error'], 'without a spec'],
    ['two engines', ['doctor', '-H', 'unix:///a', '--context', 'b'], 'Both --host and --context'],
  ])('%s', async (_, args, message) => {
    const ran = await cli.netctl([...args, '--json']);
    expect(ran.exitCode).toBe(64);
    expect(documentOf<FailureDocument>(ran).error.message).toContain(message);
  });

  test('a spec that is wrong is told as ever', async () => {
    await cli.write('wrong.yaml', 'name: x\nnetworks: { web: { subnt: 1 } }\n');
    expect((await cli.netctl(['doctor', '-f', 'wrong.yaml'])).exitCode).toBe(65);
  });
});
