import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stackOfFile, unitName, watchUnitName } from '@netctl/core';

/** Every file that netctl has written for a stack, in any format, as its path on the host; `root` is where that is. */
export async function ownFiles(root: string, stack: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [folder, isOne] of places(stack)) {
    for (const name of await namesIn(join(root, folder))) {
      const path = join(folder, name);
      if (isOne(name) && (await readOwn(join(root, path))) === stack) found.push(path);
    }
  }
  for (const [folder, ending] of DROP_INS) {
    for (const name of await namesIn(join(root, folder))) {
      const path = join(folder, name, `netctl-${stack}.conf`);
      if (name.endsWith(ending) && (await readOwn(join(root, path))) === stack) found.push(path);
    }
  }
  return found.sort();
}

const NETWORKD = '/etc/systemd/network';
const UNITS = '/etc/systemd/system';

const DROP_INS = [
  [NETWORKD, '.network.d'],
  [UNITS, '.device.d'],
] as const;

type Place = readonly [folder: string, isOne: (name: string) => boolean];

function places(stack: string): readonly Place[] {
  const named = `netctl-${stack}`;
  return [
    [`/etc/netctl/${stack}`, (name) => name.startsWith('links.')],
    [UNITS, (name) => [unitName(stack), watchUnitName(stack)].includes(name)],
    [NETWORKD, (name) => name.startsWith(`05-${named}-`)],
    ['/etc/NetworkManager/system-connections', (name) => name.startsWith(`${named}-`)],
    ['/etc/NetworkManager/dispatcher.d', (name) => name === `50-${named}`],
    ['/etc/network/interfaces.d', (name) => name === named],
  ];
}

/** The stack that a file was written for; `other` for one that netctl did not write, undefined where there is none. */
export async function readOwn(path: string): Promise<string | { readonly other: true } | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) return { other: true };
  return stackOfFile(await readFile(path, 'utf8')) ?? { other: true };
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
