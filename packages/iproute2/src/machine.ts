import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineFacts } from '@netctl/core';

/** Files of /sys/class/dmi/id that anybody may read; a machine without DMI (most of ARM) has none of them. */
const FILES = {
  systemVendor: 'sys_vendor',
  productName: 'product_name',
  boardVendor: 'board_vendor',
  biosVersion: 'bios_version',
  chassisAssetTag: 'chassis_asset_tag',
} as const satisfies Record<keyof MachineFacts, string>;

/**
 * What the firmware says of the machine: clouds and hypervisors put their names there. It is the same in every namespace
 * of the machine, so it is asked only where `ip` runs as it is: behind `ssh` it would be that of another machine.
 */
export async function readMachine(folder = '/sys/class/dmi/id'): Promise<MachineFacts> {
  const read = Object.entries(FILES).map(async ([fact, file]) => {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    return [fact, text.trim()] as const;
  });
  return Object.fromEntries((await Promise.all(read)).filter(([, text]) => text !== ''));
}
