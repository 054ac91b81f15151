import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMachine } from '../../../packages/iproute2/src/machine.js';

test('what the firmware says is read as it is written, without the line end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netctl-dmi-'));
  try {
    // The files of an instance of Amazon EC2; two of them are empty on many machines.
    await writeFile(join(folder, 'sys_vendor'), 'Amazon EC2\n');
    await writeFile(join(folder, 'product_name'), 't3.micro\n');
    await writeFile(join(folder, 'bios_version'), '1.0\n');
    await writeFile(join(folder, 'chassis_asset_tag'), ' \n');
    expect(await readMachine(folder)).toEqual({
      systemVendor: 'Amazon EC2',
      productName: 't3.micro',
      biosVersion: '1.0',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a machine without DMI says nothing', async () => {
  expect(await readMachine(join(tmpdir(), 'netctl-no-such-folder'))).toEqual({});
});

test('this machine is read like any other', async () => {
  const file = '/sys/class/dmi/id/sys_vendor';
  const vendor = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  expect((await readMachine()).systemVendor ?? '').toBe(vendor);
});
