import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { linkLines } from './support/link-lines.js';
import { until } from '../integration/support/until.js';
import { openPersistBench } from './support/persist-bench.js';
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

test('NetworkManager: its own parser takes the keyfile, and keeps all of it; the script gives the marks', async () => {
  const { host } = bench;
  const paths = await installed('networkmanager');
  const keyfile = paths.find((path) => path.endsWith('.nmconnection')) ?? '';
  const text = (await host.run('cat', [keyfile])).stdout;
  const { stdout } = await host.run(
    bootProgram('nmcli'),
    ['--offline', 'connection', 'modify', 'connection.zone', ''],
    {
      input: text,
      env: bootLibraries,
    },
  );
  const settings = (of: string): readonly string[] =>
    of
      .split('\n')
      .filter((line) => /^(\[|[a-z0-9_-]+=)/.test(line) && !/^(uuid|\[proxy|autoconnect=true)/.test(line))
      .map((line) => line.toLowerCase())
      .sort();
  // libnm writes a prefix length of an address it knows, and leaves out what is so anyway.
  expect(settings(stdout)).toEqual(settings(text));
  expect((await host.run('stat', ['--format=%a %U', keyfile])).stdout).toBe('600 root');

  const dispatcher = paths.find((path) => path.includes('dispatcher.d')) ?? '';
  await host.run('ip', ['link', 'add', 'link', 'eth0', 'name', 'lan-shim', 'type', 'macvlan', 'mode', 'bridge']);
  await host.run('sh', [dispatcher, 'lan-shim', 'up']);
  const { stdout: link } = await host.run('ip', ['-Numeric', 'link', 'show', 'lan-shim']);
  expect(link).toContain('group 28259');
  expect(link).toContain('alias netctl:home/link:lan-shim');
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
