import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, repository } from '../integration/support/netctl.js';
import type { FailureDocument } from '../integration/support/netctl.js';
import { openPersistBench } from './support/persist-bench.js';
import type { PersistBench } from './support/persist-bench.js';

/** The files of an image that is not running. */
const root = '/var/lib/image';
const unit = '/etc/systemd/system/netctl-home.service';
const stored = '/etc/netctl/home/links.yaml';

let bench: PersistBench;
let vlanSpec: string;

beforeAll(async () => {
  bench = await openPersistBench();
  vlanSpec = await bench.desk.write('vlan.yaml', { name: 'home', vlans: { 'eth0-v30': { parent: 'eth0', id: 30 } } });
});
afterEach(async () => bench.host.run('rm', ['-rf', root]));
afterAll(() => bench[Symbol.asyncDispose]());

/** For an image in the formats of others, which have no shim with a MAC there. */
const persistVlan = async (...args: readonly string[]) => bench.netctl(['persist', '--root', root, ...args, vlanSpec]);
const persist = async (...args: readonly string[]) => bench.persist('--root', root, ...args);
/** Every file and link of the image, with its mode. */
const image = async (): Promise<readonly string[]> => {
  const { stdout } = await bench.host.run('find', [root, '!', '-type', 'd', '-printf', '%m %u /%P\n'], {
    reject: false,
  });
  return stdout.split('\n').filter(Boolean).sort();
};
const put = async (path: string, text: string) => {
  await bench.host.run('mkdir', ['-p', `${root}${dirname(path)}`]);
  await bench.host.run('tee', [`${root}${path}`], { input: text });
};

const wants = ['docker.service', 'multi-user.target', 'sys-subsystem-net-devices-eth0.device'].map(
  (name) => `777 root /etc/systemd/system/${name}.wants/netctl-home.service`,
);
const dropIn = '/etc/systemd/system/sys-subsystem-net-devices-eth0.device.d/netctl-home.conf';
const installed = [`644 root ${stored}`, `644 root ${unit}`, `644 root ${dropIn}`, ...wants].sort();

describe('what is written', () => {
  test('a unit that is enabled, once; a second time nothing changes', async () => {
    const first = await persist();
    expect(first.stdout.split('\n').slice(0, 3), first.stderr).toEqual([
      `wrote ${stored}`,
      `wrote ${unit}`,
      `wrote ${dropIn}`,
    ]);
    expect(await image()).toEqual(installed);
    const times = async () => (await bench.host.run('stat', ['--format=%Y %i', `${root}${unit}`])).stdout;
    const before = await times();
    const second = documentOf<object>(await persist('--json'));
    expect(second).toMatchObject({
      stack: 'home',
      format: 'systemd',
      written: [],
      unchanged: [stored, unit, dropIn],
      removed: [],
    });
    expect(await times()).toBe(before);
  });

  test('what somebody changed in a file of netctl, or of its mode, is put right', async () => {
    await persist();
    await bench.host.run('chmod', ['666', `${root}${unit}`]);
    await bench.host.run('tee', ['-a', `${root}${stored}`], { input: '# mine\n' });
    expect((await persist()).stdout).toContain(`wrote ${stored}\nwrote ${unit}`);
    expect(await image()).toEqual(installed);
  });

  test('--print writes nothing, and shows each file as it would be', async () => {
    const { stdout } = await persist('--print');
    expect(stdout).toContain(`### ${stored} (0644)\n# netctl persist: stack home\n`);
    expect(await image()).toEqual([]);
    const { files } = documentOf<{ files: { path: string; mode: string; text: string }[] }>(
      await persist('--print', '--json'),
    );
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      [stored, '0644'],
      [unit, '0644'],
      [dropIn, '0644'],
    ]);
  });

  test('another format takes the place of the one before', async () => {
    await persist();
    const inFormat = async (format: string) => persistVlan('--format', format);
    const { stdout } = await inFormat('ifupdown');
    expect(stdout).toContain(`removed ${stored}\nremoved ${unit}\nremoved ${dropIn}`);
    expect(await image()).toEqual(['644 root /etc/network/interfaces.d/netctl-home']);
    await inFormat('networkmanager');
    expect(await image()).toEqual([
      '600 root /etc/NetworkManager/system-connections/netctl-home-eth0-v30.nmconnection',
      '755 root /etc/NetworkManager/dispatcher.d/50-netctl-home',
    ]);
  });

  test('--remove takes all of it away, and nothing of anybody else', async () => {
    const other = '/etc/network/interfaces.d/netctl-homes';
    const like = '/etc/NetworkManager/system-connections/netctl-home-lan.nmconnection';
    await put(other, '# netctl persist: stack homes\n');
    await put(like, '# netctl persist: stack home-lan\n');
    const before = await image();
    for (const format of ['systemd', 'shell']) {
      await persistVlan('--format', format);
      const { stdout } = await persist('--remove');
      expect(stdout).toMatch(/^removed \/etc\/netctl\/home\/links\./);
      expect(await image()).toEqual(before);
      expect((await bench.host.run('ls', [`${root}/etc`])).stdout).not.toMatch(/^netctl$/m);
    }
    expect((await persist('--remove')).stdout).toBe('Nothing to do: nothing of home is there.');
  });

  test('the stored spec alone is enough to remove it', async () => {
    await persist();
    await bench.host.run('cp', [`${root}${stored}`, `${bench.desk.folder}/stored.yaml`]);
    const args = ['persist', '--root', root, '--remove', `${bench.desk.folder}/stored.yaml`];
    expect((await bench.netctl(args)).exitCode).toBe(0);
    expect(await image()).toEqual([]);
  });
});

describe('what is refused, with nothing written', () => {
  test('a file that netctl did not write, or a link to one', async () => {
    await put(unit, '[Unit]\nDescription=mine\n');
    const ran = await persist('--json');
    expect(ran.exitCode).toBe(3);
    expect(documentOf<FailureDocument>(ran).error).toMatchObject({
      code: 'REFUSED',
      message: `Nothing was written: ${unit} is there already, and netctl did not write it`,
    });
    expect(await image()).toEqual([`644 root ${unit}`]);
    await bench.host.run('ln', ['-sf', '/etc/hostname', `${root}${unit}`]);
    expect((await persist()).exitCode).toBe(3);
    expect((await persist('--remove')).stdout).toBe('Nothing to do: nothing of home is there.');
  });

  test('a program that is gone, or cannot be read, at the next boot', async () => {
    const { exitCode, stderr } = await bench.desk.netctl(['persist', '--root', root, bench.spec], {
      program: await copied(`${bench.desk.folder}/program`),
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('a boot empties that folder');
    // To show the files first is what --print is for.
    const shown = await bench.desk.netctl(['persist', '--root', root, '--print', bench.spec], {
      program: `${bench.desk.folder}/program/netctl.js`,
    });
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain(`### ${unit} (0644)`);
    expect(shown.stderr).toContain('it would not be written: the unit could not run');
    const theirs = '/var/lib/theirs';
    await copied(`${theirs}/program`);
    await bench.host.run('chown', ['nobody', theirs]);
    await bench.host.run('chmod', ['700', theirs]);
    const ran = await bench.desk.netctl(['persist', '--root', root, bench.spec], {
      program: `${theirs}/program/netctl.js`,
    });
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain(`since ${theirs} is not root's`);
    expect(await image()).toEqual([]);
  });

  test('without the right to write there: 77', async () => {
    await bench.host.run('mkdir', ['-p', root]);
    await bench.host.run('chmod', ['755', bench.desk.folder]);
    const { exitCode, stderr } = await bench.netctl(
      ['persist', '--root', root, '--format', 'shell', vlanSpec],
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    );
    expect(exitCode, stderr).toBe(77);
    expect(stderr).toContain('Run it as root (sudo).');
  });

  test('the unit on a host without systemctl, where one of before can be removed all the same', async () => {
    const path = '/var/lib/without-systemctl';
    await bench.host.run('mkdir', ['-p', path]);
    const { stdout: ip } = await bench.host.run('which', ['ip']);
    await bench.host.run('ln', ['-sf', ip.trim(), `${path}/ip`]);
    const bare = async (...args: readonly string[]) =>
      bench.netctl(['persist', '--root', root, ...args, bench.spec], ['env', `PATH=${path}`]);
    const { exitCode, stderr } = await bare();
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining('Nothing was written: there is no systemctl on this host'),
    ]);
    expect(await image()).toEqual([]);
    await persist();
    expect(await image()).toEqual(installed);
    const removed = await bare('--remove');
    expect([removed.exitCode, removed.stdout.split('\n').slice(0, 2)], removed.stderr).toEqual([
      0,
      [`removed ${stored}`, `removed ${unit}`],
    ]);
    expect(await image()).toEqual([]);
  });

  test('networkd where it does not have the parent, or has it by a file for several', async () => {
    const networkd = async () => persistVlan('--format', 'networkd');
    expect(await networkd()).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('systemd-networkd does not manage eth0') as unknown,
    });
    const { host } = bench;
    const state = '/run/systemd/netif/links';
    await host.run('mkdir', ['-p', state]);
    await host.run('ip', ['link', 'add', 'name', 'other0', 'type', 'bridge']);
    try {
      for (const name of ['eth0', 'other0']) {
        const { stdout } = await host.run('cat', [`/sys/class/net/${name}/ifindex`]);
        await host.run('tee', [`${state}/${stdout.trim()}`], {
          input: 'NETWORK_FILE=/etc/systemd/network/all.network\n',
        });
      }
      const { exitCode, stderr } = await networkd();
      expect([exitCode, stderr]).toEqual([
        3,
        expect.stringContaining('all.network is the .network file of eth0 and of other0'),
      ]);
      await host.run('ip', ['link', 'delete', 'other0']);
      expect((await networkd()).stdout).toContain('/etc/systemd/network/all.network.d/netctl-home.conf');
    } finally {
      await host.run('ip', ['link', 'delete', 'other0'], { reject: false });
      await host.run('rm', ['-r', state]);
    }
  });

  test.each(['networkd', 'networkmanager', 'ifupdown', 'shell'])(
    'a shim of an image by %s, which would have the same MAC on every host',
    async (format) => {
      const { exitCode, stderr } = await persist('--format', format);
      expect([exitCode, stderr]).toEqual([
        3,
        expect.stringContaining('every host with this image would give lan-shim the same MAC'),
      ]);
      expect(await image()).toEqual([]);
    },
  );

  test.each([
    [['persist', '--host', 'ssh://x'], '--host means nothing to it'],
    [['persist', '--remove', '--print'], 'cannot be used with'],
    [['persist', '--format', 'netplan'], 'Allowed choices are systemd'],
    [['apply', '--links-only', '--yes'], 'cannot be used with'],
    [['plan', '--links-only', '--recreate'], 'cannot be used with'],
  ])('%s: wrong usage', async (args, said) => {
    const { exitCode, stderr } = await bench.netctl([...args, bench.spec]);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining(said)]);
  });
});

test('the page on reboots shows what is printed', async () => {
  const page = await readFile(join(repository, 'docs/reboot.md'), 'utf8');
  const shown = /\$ netctl persist examples\/home-lan\.yaml\n([^]*?)\n(?:\n|```)/.exec(page)?.[1];
  const { stdout } = await bench.netctl(['persist', '--root', root, join(repository, 'examples/home-lan.yaml')]);
  expect(stdout.replace(process.execPath, '/usr/bin/node')).toBe(shown);
});

test('apply --links-only needs no engine, and tells what a whole apply tells', async () => {
  const planned = await bench.netctl(['plan', '--links-only', '--detailed-exitcode', bench.spec]);
  expect([planned.exitCode, planned.stdout.split('\n')[0]]).toEqual([
    2,
    expect.stringMatching(/^\+ link lan-shim {2}macvlan bridge on eth0, 192\.168\.1\.223\/32/),
  ]);
  const applied = await bench.netctl(['apply', '--links-only', bench.spec]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(applied.stdout).toContain('asked on eth0: nobody has 192.168.1.223');
  expect(applied.stdout).toContain('Done: 1 step. Looked again: nothing is left to do.');
  const again = await bench.netctl(['apply', '--links-only', bench.spec]);
  expect(again.stdout).toBe('Nothing to do: the links of home are as the spec says.');
  expect((await bench.netctl(['plan', bench.spec])).exitCode).toBe(69);
  const remote = await bench.netctl(['plan', '--links-only', '-H', 'tcp://127.0.0.1:2376', bench.spec]);
  expect(remote.stderr).toContain('leads to an engine alone, and not to the links of its host');
});

/** Another copy of the program. */
async function copied(folder: string): Promise<string> {
  await bench.host.run('mkdir', ['-p', folder]);
  await bench.host.run('cp', ['-r', '/var/lib/netctl-program/.', folder]);
  return `${folder}/netctl.js`;
}
