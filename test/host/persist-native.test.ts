import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { linkLines } from './support/link-lines.js';
import { until } from '../integration/support/until.js';
import { openPersistBench, shimSpec } from './support/persist-bench.js';
import type { PersistBench } from './support/persist-bench.js';
import { bootLibraries, bootProgram } from './support/systemd/boot-tools.js';
import type { Booted } from './support/systemd/systemd.js';

let bench: PersistBench;
let booted: Booted | undefined;
/** The shim as netctl makes it. */
let asApplied: readonly string[];

const shim = async (): Promise<readonly string[]> => linkLines(bench.host, 'lan-shim');
const removeShim = async () => bench.host.run('ip', ['link', 'delete', 'lan-shim'], { reject: false });

beforeAll(async () => {
  bench = await openPersistBench();
  const { exitCode, stderr } = await bench.netctl(['apply', '--links-only', bench.spec]);
  expect(exitCode, stderr).toBe(0);
  asApplied = await shim();
  await removeShim();
});
afterEach(async () => {
  await booted?.off();
  booted = undefined;
  await bench.persist('--remove');
  await removeShim();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Installs the files of a format, and gives their paths. */
async function installed(format: string): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await bench.persist('--format', format);
  expect(exitCode, stderr).toBe(0);
  return [...stdout.matchAll(/^wrote (.+)$/gm)].map(([, path = '']) => path);
}

test.each([['dash'], ['busybox', 'sh']])(
  'shell: the script makes the shim as an apply does, by %s',
  async (...shell) => {
    const [script = ''] = await installed('shell');
    const [program = '', ...args] = shell;
    await bench.host.run(program, [...args, '-n', script]);
    await bench.host.run(program, [...args, script]);
    expect(await shim()).toEqual(asApplied);
    expect(await bench.stepsLeft()).toEqual([]);
    // Again, when half of it is gone.
    await bench.host.run('ip', ['addr', 'flush', 'dev', 'lan-shim', 'scope', 'global']);
    await bench.host.run(program, [...args, script]);
    expect(await bench.stepsLeft()).toEqual([]);
  },
);

test('shell: a link that cannot be made keeps none after it from being made, and the script fails at its end', async () => {
  const { desk, host, netctl } = bench;
  const spec = await desk.write('two-links.yaml', { ...shimSpec, vlans: { 'eth0-v30': { parent: 'eth0', id: 30 } } });
  expect((await netctl(['persist', '--format', 'shell', spec])).exitCode).toBe(0);
  await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'eth0-v30', 'type', 'macvlan']);
  try {
    const ran = await host.run('dash', ['/etc/netctl/home/links.sh'], { reject: false });
    const said = 'netctl: the link eth0-v30 is not of the stack home, and stays as it is';
    expect([ran.exitCode, ran.stderr]).toEqual([1, said]);
    expect(await shim()).toEqual(asApplied);
  } finally {
    await host.run('ip', ['link', 'delete', 'eth0-v30']);
  }
});

test('ifupdown: ifup makes the shim as an apply does, and ifdown takes it away', async () => {
  const [path = ''] = await installed('ifupdown');
  const state = join(bench.desk.folder, 'ifstate');
  await bench.host.run('mkdir', ['-p', state]);
  const options = ['-i', path, `--state-dir=${state}`];
  const listed = await bench.host.run(bootProgram('ifquery'), [...options, '--list']);
  expect(listed.stdout.split('\n')).toContain('lan-shim');
  await bench.host.run(bootProgram('ifup'), [...options, '--no-scripts', '-a']);
  expect(await shim()).toEqual(asApplied);
  expect(await bench.stepsLeft()).toEqual([]);
  await bench.host.run(bootProgram('ifdown'), [...options, '--no-scripts', 'lan-shim']);
  expect(await shim()).toEqual([]);
});

/** A keyfile as it is, and as NetworkManager's own parser has read it and would write it. */
async function keyfileAsRead(path: string): Promise<{ readonly text: string; readonly read: string }> {
  const text = (await bench.host.run('cat', [path])).stdout;
  const args = ['--offline', 'connection', 'modify', 'connection.zone', ''];
  const { stdout } = await bench.host.run(bootProgram('nmcli'), args, { input: text, env: bootLibraries });
  return { text, read: stdout };
}

test('NetworkManager: a shim without IPv6 has none of it, by its own parser too', async () => {
  const { desk, netctl } = bench;
  const { name, networks } = shimSpec;
  const spec = await desk.write('four.yaml', { name, networks: { lan: networks.lan } });
  const { exitCode, stderr } = await netctl(['persist', '--format', 'networkmanager', spec]);
  expect(exitCode, stderr).toBe(0);
  const path = '/etc/NetworkManager/system-connections/netctl-home-lan-shim.nmconnection';
  const { text, read } = await keyfileAsRead(path);
  const sectionsOf = (of: string) => /^\[ipv6\]\n([^[]*)/m.exec(of)?.[1]?.trim();
  expect(sectionsOf(text)).toBe('method=disabled');
  // It writes what is so anyway beside it.
  expect(sectionsOf(read)).toMatch(/(^|\n)method=disabled$/);
  expect(/^\[ipv4\]\n([^[]*)/m.exec(read)?.[1]).toContain('address1=192.168.1.223/32');
});

test('NetworkManager: its own parser takes the keyfile, and keeps all of it; the script gives the marks', async () => {
  const { host } = bench;
  const paths = await installed('networkmanager');
  const keyfile = paths.find((path) => path.endsWith('.nmconnection')) ?? '';
  const { text, read } = await keyfileAsRead(keyfile);
  const settings = (of: string): readonly string[] =>
    of
      .split('\n')
      .filter((line) => /^(\[|[a-z0-9_-]+=)/.test(line) && !/^(uuid|\[proxy|autoconnect=true)/.test(line))
      .map((line) => line.toLowerCase())
      .sort();
  // libnm writes a prefix length of an address it knows, and leaves out what is so anyway.
  expect(settings(read)).toEqual(settings(text));
  expect((await host.run('stat', ['--format=%a %U', keyfile])).stdout).toBe('600 root');

  const dispatcher = paths.find((path) => path.includes('dispatcher.d')) ?? '';
  await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge']);
  await host.run('dash', [dispatcher, 'lan-shim', 'up'], { env: { CONNECTION_ID: 'netctl-home-lan-shim' } });
  const { stdout: link } = await host.run('ip', ['-Numeric', 'link', 'show', 'lan-shim']);
  expect(link).toContain('group 28259');
  expect(link).toContain('alias netctl:home/link:lan-shim');
});

describe('a link of that name that somebody else made stays as it is, and is named on stderr', () => {
  const foreign = ['link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge'];
  const whose = 'netctl: the link lan-shim is not of the stack home, and stays as it is';
  const marked = async (...args: readonly string[]) =>
    bench.host.run('ip', ['link', 'set', 'dev', 'lan-shim', ...args]);
  /** The files of a format, and then the link of somebody else: with that there, persist refuses. */
  const taken = async (format: string): Promise<readonly string[]> => {
    const paths = await installed(format);
    await bench.host.run('ip', foreign);
    before = await shim();
    return paths;
  };
  let before: readonly string[];

  test('shell', async () => {
    const [script = ''] = await taken('shell');
    const ran = await bench.host.run('dash', [script], { reject: false });
    expect([ran.exitCode, ran.stderr]).toEqual([1, whose]);
    expect(await shim()).toEqual(before);
    // Of another stack, and then of this one.
    await marked('group', '28259', 'alias', 'netctl:homes/link:lan-shim');
    expect((await bench.host.run('dash', [script], { reject: false })).stderr).toBe(whose);
    await marked('group', '0', 'alias', 'netctl:home/link:lan-shim');
    expect((await bench.host.run('dash', [script])).stderr).toBe('');
  });

  test('ifupdown, up and down', async () => {
    const [path = ''] = await taken('ifupdown');
    const state = join(bench.desk.folder, 'ifstate-foreign');
    await bench.host.run('mkdir', ['-p', state]);
    const options = ['-i', path, `--state-dir=${state}`, '--no-scripts'];
    for (const program of ['ifup', 'ifdown']) {
      const force = program === 'ifdown' ? ['--force'] : [];
      const ran = await bench.host.run(bootProgram(program), [...options, ...force, 'lan-shim'], { reject: false });
      expect(ran.stderr).toContain(whose);
      expect(await shim()).toEqual(before);
    }
  });

  test('NetworkManager, which did not bring it up by our connection, or that somebody marked', async () => {
    const dispatcher = (await taken('networkmanager')).find((one) => one.includes('dispatcher.d')) ?? '';
    const ran = async (id: string) =>
      bench.host.run('dash', [dispatcher, 'lan-shim', 'up'], { reject: false, env: { CONNECTION_ID: id } });
    expect(await ran('theirs')).toMatchObject({ exitCode: 1, stderr: whose });
    expect(await shim()).toEqual(before);
    await marked('alias', 'theirs');
    expect(await ran('netctl-home-lan-shim')).toMatchObject({ exitCode: 1, stderr: whose });
    expect((await bench.host.run('cat', ['/sys/class/net/lan-shim/ifalias'])).stdout).toBe('theirs');
  });
});

test('networkd: a real systemd-networkd and udev make the shim as an apply does', async () => {
  const { host, netctl, spec, stepsLeft, systemd } = bench;
  const file = (lines: readonly string[]) => ({ input: `${lines.join('\n')}\n` });
  await host.run('mkdir', ['-p', '/etc/systemd/network']);
  await host.run(
    'tee',
    ['/etc/systemd/network/10-lan.network'],
    file(['[Match]', 'Name=eth*', '[Network]', 'Address=192.168.1.10/24']),
  );
  booted = await systemd.boot({ udev: true, networkd: true });
  await until('networkd has eth0', async () => {
    const { stdout } = await host.run('grep', ['-r', 'NETWORK_FILE', '/run/systemd/netif/links'], { reject: false });
    return stdout.includes('10-lan.network');
  });
  const { exitCode, stderr } = await netctl(['persist', '--format', 'networkd', spec], await booted.inside());
  expect(exitCode, stderr).toBe(0);
  await booted.off();

  booted = await systemd.boot({ udev: true, networkd: true });
  await until('networkd has made all of it', async () => (await shim()).length === asApplied.length, 60_000);
  await until('nothing is left to do', async () => (await stepsLeft()).length === 0, 60_000).catch(() => undefined);
  expect(await stepsLeft(), await booted.log()).toEqual([]);
  expect(await shim()).toEqual(asApplied);
});
