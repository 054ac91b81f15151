import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** CAP_NET_ADMIN in capabilities(7): the bit that changing links, addresses and routes takes. */
const CAP_NET_ADMIN = 12n;

/**
 * Whether this process may change links. For a plain `ip`, or one behind `nsenter`, these are our own capabilities.
 * Behind anything else (`ssh`, `sudo`) they say nothing, and neither does a machine without /proc: then true, and the
 * first change is what finds out.
 */
export async function mayChangeLinks(command: readonly string[]): Promise<boolean> {
  const program = basename(command[0] ?? '');
  if (command.length > 1 && program !== 'nsenter') return true;
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return hasNetAdmin(status);
}

/** Reads `CapEff` of /proc/self/status (proc(5)): a mask in hexadecimal. */
export function hasNetAdmin(status: string): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/im.exec(status)?.[1];
  return mask === undefined || ((BigInt(`0x${mask}`) >> CAP_NET_ADMIN) & 1n) === 1n;
}
