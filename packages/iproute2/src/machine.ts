import { join } from 'node:path';
import type { MachineFacts } from '@netctl/core';
import { ownFiles } from './files.js';

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
 * of the machine.
 */
export async function readMachine(
  folder = '/sys/class/dmi/id',
  files = ownFiles,
  signal?: AbortSignal,
): Promise<MachineFacts> {
  const paths = Object.entries(FILES).map(([fact, file]) => [fact, join(folder, file)] as const);
  const texts = await files.read(
    paths.map(([, path]) => path),
    signal,
  );
  const facts = paths.map(([fact, path]) => [fact, (texts.get(path) ?? '').trim()] as const);
  return Object.fromEntries(facts.filter(([, text]) => text !== ''));
}
