import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What makes links at boot, as scripts/setup unpacked it: udev, ifupdown, NetworkManager. */
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'netctl/boot');

/** A program of the cache, wherever its package has it: `udevadm`. */
export function bootProgram(name: string): string {
  const folders = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'lib/systemd', 'usr/lib/systemd'];
  const found = folders.map((folder) => join(cache, folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no ${name} in ${cache}: run scripts/setup`);
  return found;
}

/** For the programs that come with a library of their own. */
export const bootLibraries = { LD_LIBRARY_PATH: join(cache, 'usr/lib/x86_64-linux-gnu') };
