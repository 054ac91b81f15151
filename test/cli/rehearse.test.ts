import { chmod, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { netctlProgram, repository } from '../integration/support/netctl.js';

/** With the programs of Docker on the PATH, as on a machine that has it installed. */
const withDocker = { PATH: [...(testEngine().path ?? []), process.env['PATH']].join(':') };

async function rehearse(args: readonly string[], env: Readonly<Record<string, string>> = withDocker) {
  const argv = [netctlProgram, 'rehearse', ...args];
  return execa(process.execPath, argv, { cwd: folder, env, timeout: 90_000, reject: false });
}

/** What a rehearsal could leave on the machine. */
async function traces(): Promise<readonly string[]> {
  const { stdout } = await execa('ip', ['-brief', 'link']);
  const temporary = (await readdir(tmpdir())).filter((name) => name.startsWith('netctl-rehearse-'));
  return [...stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? ''), ...temporary];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-test-rehearse-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function spec(text: string): Promise<string> {
  const file = join(folder, 'spec.yaml');
  await writeFile(file, text);
  return file;
}

describe('rehearse', () => {
  test('makes, proves and removes all of it on a host of its own, and prints what it did', async () => {
    const before = await traces();
    const { exitCode, stdout, stderr } = await rehearse([join(repository, 'examples/home-lan.yaml')]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^A throwaway host with its own engine and eth0/);
    expect(stdout).toContain('applied: 3 to make; the second plan is empty');
    expect(stdout).toContain('proof: the host reaches a container on lan at 192.168.1.192');
    expect(stdout).toMatch(/destroyed: 3 to remove; nothing is left$/);
    expect(await traces()).toEqual(before);
  });

  test('gives the host what the spec takes for granted: a swarm, and external networks', async () => {
    const file = await spec(
      'name: odd\nnetworks:\n  app: { driver: overlay, attachable: true }\n  theirs: { external: true }\n  lan:\n' +
        '    { driver: macvlan, parent: nic7, subnet: 10.9.0.0/24, gateway: 10.9.0.1, ip_range: 10.9.0.64/27, shim: true }\n',
    );
    const { exitCode, stdout } = await rehearse(['--json', file]);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout.split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(report).toMatchObject({ event: 'report', stack: 'odd', left: [] });
    expect(report['proofs']).toEqual([expect.objectContaining({ network: 'lan', ok: true })]);
    expect(report['removed']).toHaveLength(3);
  });

  test('refuses what apply would refuse, and leaves nothing either', async () => {
    const before = await traces();
    const { exitCode, stderr } = await rehearse([
      await spec('name: odd\nvlans: { v: { parent: lo9, id: 2, mtu: 9000 } }\n'),
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/Refused, nothing was changed/);
    expect(await traces()).toEqual(before);
  });

  test('finds the programs of the system with the PATH of a cron job', async () => {
    const found = { PATH: [...(testEngine().path ?? []), '/usr/bin', '/bin'].join(':') };
    const { exitCode, stderr } = await rehearse([join(repository, 'examples/home-lan.yaml')], found);
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  test('says in one line what is missing', async () => {
    // Where anybody can read it: this repository may be in a home folder of root's.
    const folder = await mkdtemp(join(tmpdir(), 'netctl-anybody-'));
    onTestFinished(async () => rm(folder, { recursive: true }));
    await cp(dirname(netctlProgram), folder, { recursive: true });
    await chmod(folder, 0o755);
    const program = join(folder, basename(netctlProgram));
    const argv = ['--reuid=65534', '--clear-groups', '--', process.execPath, program, 'rehearse', '-'];
    const input = 'name: a\n';
    const { exitCode, stderr } = await execa('setpriv', argv, { cwd: '/', input, timeout: 30_000, reject: false });
    expect(exitCode, stderr).toBe(77);
    expect(stderr.split('\n')[0]).toMatch(/^netctl: Cannot rehearse here: a lab host needs root/);
  });
});
