import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Desk, documentOf, type FailureDocument, openDesk } from '../integration/support/netctl.js';
import { atTerminal } from './support/terminal.js';

/* A host without an engine, on a LAN with a router, IPv6 and a machine at 192.168.1.200. */

let lan: Lan;
let host: Host;
let desk: Desk;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24', '192.168.1.200/24', 'fd00:1::1/64'] });
  host = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24', 'fd00:1::10/64'] }],
    engine: false,
  });
  await host.run('ip', ['route', 'add', 'default', 'via', '192.168.1.1']);
  desk = await openDesk(host);
});
const files = async (): Promise<readonly string[]> =>
  (await readdir(desk.folder)).filter((name) => !['home', 'state'].includes(name));
afterEach(async () => {
  await host.run('rm', ['-rf', ...(await files()).map((name) => join(desk.folder, name)), 'nothing']);
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

describe('with --yes', () => {
  test('nobody is asked, and what could not be seen is said, in the spec too', async () => {
    const { exitCode, stdout, stderr } = await desk.netctl(['init', '--yes']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe('netctl.yaml is written. What it would do: netctl plan');
    expect(stderr).toMatch(/^netctl: not seen: the engine and its networks, .*: No Docker Engine at unix:/);
    expect(await files()).toEqual(['netctl.yaml']);
    const spec = await readFile(join(desk.folder, 'netctl.yaml'), 'utf8');
    // .192/27 has somebody in it who answered.
    expect(spec).toContain('{ subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.160/27 }');
    expect(spec).toContain('# Not seen: the engine and its networks');
    expect(await desk.netctl(['validate'])).toMatchObject({ exitCode: 0, stderr: '' });
    // The links of it can be made without an engine.
    expect((await desk.netctl(['apply', '--links-only'])).exitCode).toBe(0);
    expect((await desk.netctl(['plan', '--links-only', '--detailed-exitcode'])).exitCode).toBe(0);
    await host.run('ip', ['link', 'delete', 'lan-shim']);
  });

  test('--no-probe asks nobody on the LAN either', async () => {
    await host.run('ip', ['neigh', 'flush', 'dev', 'eth0']);
    const { stdout } = await desk.netctl(['init', '--yes', '--no-probe', '-o', '-', '--quiet']);
    expect(stdout).toContain('ip_range: 192.168.1.192/27');
    expect(await files()).toEqual([]);
  });

  test('who the kernel has spoken to is known without asking', async () => {
    await host.run('ping', ['-c', '1', '192.168.1.200']);
    const { stdout } = await desk.netctl(['init', '--yes', '--no-probe', '-o', '-']);
    expect(stdout).toContain('ip_range: 192.168.1.160/27');
  });

  test('in JSON it is one document, with the answers', async () => {
    const ran = await desk.netctl(['init', '--yes', '--json', '-o', '-']);
    expect(documentOf<object>(ran)).toMatchObject({
      version: 1,
      file: null,
      answers: { link: 'eth0', driver: 'macvlan', dhcp: 'unknown', range: '192.168.1.160/27', shim: 'yes' },
      unseen: [expect.stringContaining('No Docker Engine')],
    });
  });

  test('a user who may change nothing gets a spec too', async () => {
    const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
    await host.run('chmod', ['755', desk.folder]);
    const { exitCode, stdout, stderr } = await desk.netctl(['init', '--yes', '-o', '-'], { through });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('parent: eth0');
    expect(stderr).toContain('nobody on the LAN could be asked who is in 192.168.1.');
  });
});

describe('refused, with nothing written', () => {
  test.each([
    ['without a terminal and without --yes', ['init'], 'NEEDS_YES', 3],
    ['--json without --yes', ['init', '-o', '-'], 'NEEDS_YES', 3],
    ['a spec', ['init', '--yes', '-f', 'x.yaml'], 'USAGE', 64],
  ])('%s', async (_what, args, code, exit) => {
    const ran = await desk.netctl([...args, '--json']);
    expect([ran.exitCode, documentOf<FailureDocument>(ran).error.code]).toEqual([exit, code]);
    expect(await files()).toEqual([]);
  });

  test('a folder that is not there, before anybody is asked', async () => {
    const { exitCode, screen } = await atTerminal(host, desk, ['init', '-o', 'no/x.yaml']).ended;
    expect([exitCode, screen.includes('Name of the stack')]).toEqual([64, false]);
    expect(screen).toContain('Cannot write no/x.yaml: there is no such folder');
  });

  test('a file that is there, before anybody is asked', async () => {
    await desk.write('netctl.yaml', 'name: mine\n');
    await symlink('nowhere', join(desk.folder, 'link.yaml'));
    for (const file of ['netctl.yaml', 'link.yaml', '.']) {
      const { exitCode, stderr } = await desk.netctl(['init', '--yes', '-o', file]);
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`netctl: ${file} is there already, and init overwrites nothing`);
    }
    expect(await readFile(join(desk.folder, 'netctl.yaml'), 'utf8')).toBe('name: mine\n');
    const { exitCode, screen } = await atTerminal(host, desk, ['init']).ended;
    expect([exitCode, screen.includes('Name of the stack')]).toEqual([3, false]);
  });
});

describe('at a terminal', () => {
  test('what it asks has its reason and its default, and what is wrong is asked again with the reason', async () => {
    const terminal = atTerminal(host, desk, ['init', '-o', 'first.yaml']);
    const answers: readonly (readonly [string, string])[] = [
      ['Name of the stack [', 'My Home'],
      ['"My Home" cannot be a name', 'home'],
      ['LAN of the containers (eth0 or none) [eth0]: ', ''],
      ['hands out (first-last, or unknown) [unknown]: ', '192.168.1.100-150'],
      ['"192.168.1.100-150" is no range', '192.168.1.100-192.168.1.191'],
      ['IPv6 too, of fd00:1::/64 (yes or no) [yes]: ', 'no'],
      // .192/27 has somebody in it who answered, and .160/27 is the DHCP server's.
      ['for containers (a block, or first-last) [192.168.1.64/27]: ', '192.168.1.192/27'],
      ['192.168.1.200', ''],
      ['A shim (yes or no) [yes]: ', '\u0015'],
    ];
    for (const [shown, typed] of answers) {
      await terminal.shows(shown);
      terminal.type(`${typed}\r`);
    }
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode, screen).toBe(0);
    expect(screen).toContain('eth0 is in 192.168.1.0/24 and fd00:1::/64, router 192.168.1.1, the way out');
    expect(screen).toContain('first.yaml is written. What it would do: netctl plan first.yaml');
    const spec = await readFile(join(desk.folder, 'first.yaml'), 'utf8');
    expect(spec).toMatch(/^name: home /m);
    expect(spec).toMatch(/^ {4}ip_range: 192\.168\.1\.64\/27 # what Docker hands out$/m);
    expect(spec).toMatch(/^ {6}dhcp: 192\.168\.1\.100-192\.168\.1\.191 /m);
    expect((await desk.netctl(['validate', 'first.yaml'])).stderr).toBe('');
  });

  test('lines that are typed ahead are answers, and the spec is all that is on standard output', async () => {
    const terminal = atTerminal(host, desk, ['init', '-o', '-', '--no-probe']);
    await terminal.shows('Name of the stack [');
    terminal.type('ahead\rnone\r');
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode, screen).toBe(0);
    expect(screen).toMatch(/name: ahead #[^]*web:\r\n {4}driver: bridge/);
    expect(await files()).toEqual([]);
  });

  test.each([
    ['Ctrl-C', '\u0003', 130, 'Interrupted'],
    ['the end of the input', '\u0004', 3, 'The answers ended before the questions: nothing was written'],
  ])('%s: nothing is written', async (_what, key, status, said) => {
    const terminal = atTerminal(host, desk, ['init']);
    await terminal.shows('Name of the stack [');
    terminal.type('home\r');
    await terminal.shows('LAN of the containers');
    terminal.type(key);
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(status);
    expect(screen).toContain(said);
    expect(screen).not.toMatch(/^\s+at /m);
    expect(await files()).toEqual([]);
  });
});
