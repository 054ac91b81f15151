import type { PersistedFile } from '../links.js';
import { parseSpec } from '../spec/load.js';
import { shellLine } from './ip-commands.js';
import { storedSpecPath } from './systemd.js';

/** Whether the host makes a link of this stack at boot: one of the files by which it does that has it. */
export function isKeptAtBoot(files: readonly PersistedFile[], stack: string, link: string): boolean {
  return files.some((file) => file.stack === stack && has(file, link));
}

function has({ stack, path, text }: PersistedFile, link: string): boolean {
  if (path === storedSpecPath(stack)) return Object.hasOwn(vlansOf(text), link);
  if (path.endsWith('/links.sh')) return text.includes(` ${shellLine(['name', link])} `);
  if (path.startsWith('/etc/network/interfaces.d/')) return text.split('\n').includes(`auto ${link}`);
  // systemd-networkd and NetworkManager have a file for each link.
  return path.endsWith(`-${link}.netdev`) || path.endsWith(`-${link}.nmconnection`);
}

/** Of a stored spec, as far as it can be read: somebody may have changed it. */
function vlansOf(text: string): object {
  try {
    return parseSpec({ bytes: text, file: 'the stored spec', env: {} }).spec.vlans;
  } catch {
    return {};
  }
}
