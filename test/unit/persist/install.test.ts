import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { install } from '../../../packages/cli/src/persist/install.js';
import { markedText } from '../../../packages/core/src/persist/files.js';
import type { PersistFile } from '../../../packages/core/src/persist/files.js';

const units = '/etc/systemd/system';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'netctl-install-'));
});
afterEach(() => rm(root, { recursive: true }));

function unit(wantedBy: string): PersistFile {
  const lines = ['[Service]', 'Type=oneshot', 'ExecStart=/bin/true', '[Install]', `WantedBy=${wantedBy}`];
  return { path: `${units}/netctl-home.service`, mode: 0o644, text: markedText('home', lines) };
}

const inUnits = async (): Promise<readonly string[]> => (await readdir(join(root, units), { recursive: true })).sort();

test('when the files of another format cannot be written, those before are still what a boot runs', async () => {
  await install(root, 'home', [unit('multi-user.target')]);
  const before = await inUnits();
  expect(before).toContain('multi-user.target.wants/netctl-home.service');
  // What a full disk does to it, a file in the place of its folder does too.
  await mkdir(join(root, 'etc/network'));
  await writeFile(join(root, 'etc/network/interfaces.d'), '');
  const next = { path: '/etc/network/interfaces.d/netctl-home', mode: 0o644, text: markedText('home', []) };
  await expect(install(root, 'home', [next])).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await inUnits()).toEqual(before);
});

test('a unit is wanted by nothing that it named before', async () => {
  await install(root, 'home', [unit('multi-user.target sys-subsystem-net-devices-eth0.device')]);
  await install(root, 'home', [unit('multi-user.target sys-subsystem-net-devices-eth1.device')]);
  const wanted = (await inUnits()).filter((path) => path.endsWith('/netctl-home.service'));
  expect(wanted).toEqual([
    'multi-user.target.wants/netctl-home.service',
    'sys-subsystem-net-devices-eth1.device.wants/netctl-home.service',
  ]);
});
