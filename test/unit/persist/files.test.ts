import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { stackOfFile } from '../../../packages/core/src/persist/files.js';
import type { PersistFile } from '../../../packages/core/src/persist/files.js';
import { ifupdownFiles } from '../../../packages/core/src/persist/ifupdown.js';
import { shellLine } from '../../../packages/core/src/persist/ip-commands.js';
import { networkManagerFiles } from '../../../packages/core/src/persist/network-manager.js';
import { networkdFiles } from '../../../packages/core/src/persist/networkd.js';
import { shellFiles } from '../../../packages/core/src/persist/shell.js';
import { deviceUnit, systemdFiles } from '../../../packages/core/src/persist/systemd.js';
import { persisted, spec } from './persisted.js';

const kept = persisted(spec);
const command = ['/usr/bin/node', '/usr/lib/netctl/netctl.js'];
const shown = (files: readonly PersistFile[]): string =>
  files.map(({ path, mode, text }) => `### ${path} ${mode.toString(8)}\n${text}`).join('\n');

describe('the files of each format, whole', () => {
  test('systemd', async () => {
    await expect(shown(systemdFiles(kept, { command, devices: true }))).toMatchFileSnapshot('files/systemd.txt');
  });
  test('networkd', async () => {
    await expect(shown(networkdFiles(kept, (parent) => `10-${parent}.network`))).toMatchFileSnapshot(
      'files/networkd.txt',
    );
  });
  test('NetworkManager', async () => {
    const { links } = kept;
    const without = { ...kept, links: links.filter(({ props }) => props.kind !== 'ipvlan') };
    await expect(shown(networkManagerFiles(without))).toMatchFileSnapshot('files/networkmanager.txt');
    expect(() => networkManagerFiles(kept)).toThrow(NetctlError);
  });
  test('ifupdown', async () => {
    await expect(shown(ifupdownFiles(kept))).toMatchFileSnapshot('files/ifupdown.txt');
  });
  test('shell', async () => {
    await expect(shown(shellFiles(kept))).toMatchFileSnapshot('files/shell.txt');
  });
});

describe('systemd', () => {
  const unitOf = (words: readonly string[], devices = true): string =>
    systemdFiles(kept, { command: words, devices })[1]?.text ?? '';

  test.each(['eth0', 'eth0.40', 'eth-1', 'br-lan_2', 'enp3s0f1'])(
    'the device of %s is as systemd-escape has it',
    (name) => {
      const args = ['--path', '--suffix=device', `/sys/subsystem/net/devices/${name}`];
      expect(deviceUnit(name)).toBe(execFileSync('systemd-escape', args, { encoding: 'utf8' }).trim());
    },
  );

  test('without udev it waits for no device', () => {
    expect(unitOf(command, false)).not.toContain('.device');
  });

  test('a path with signs of its own is one word', () => {
    expect(unitOf(['/opt/my "node"/100%/$x'])).toContain(String.raw`ExecStart="/opt/my \"node\"/100%%/$$x" apply`);
  });
});

test('what is no plain word is quoted for a shell', () => {
  const hostile = `a'b; rm -rf $HOME "c"`;
  const said = execFileSync('sh', ['-c', shellLine(['printf', '%s', hostile])], { encoding: 'utf8' });
  expect(said).toBe(hostile);
});

test('every file says in its first lines whose it is', () => {
  const files = [
    ...systemdFiles(kept, { command, devices: true }),
    ...networkdFiles(kept, () => 'x.network'),
    ...ifupdownFiles(kept),
    ...shellFiles(kept),
  ];
  for (const { text } of files) expect(stackOfFile(text)).toBe('home');
  expect(stackOfFile('# netctl persist: stack home and more\n')).toBe(undefined);
  expect(stackOfFile('\n# netctl persist: stack home\n')).toBe(undefined);
});
