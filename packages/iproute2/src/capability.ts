import { basename } from 'node:path';
import type { HostFiles } from './files.js';

/** CAP_NET_ADMIN in capabilities(7): the bit that changing links, addresses and routes takes. */
const CAP_NET_ADMIN = 12n;

/** The capabilities of whoever reads it. */
const OWN_STATUS = '/proc/self/status';

/**
 * Whether programs that are run where the links are may change them. For a plain `ip`, or one behind `nsenter`, they have
 * the capabilities of the process that reads files there. Behind anything else (`sudo`) these say nothing, and neither
 * does a machine without /proc: then true, and the first change is what finds out.
 */
export async function mayChangeLinks(
  command: readonly string[],
  files: HostFiles,
  signal?: AbortSignal,
): Promise<boolean> {
  const program = basename(command[0] ?? '');
  if (command.length > 1 && program !== 'nsenter') return true;
  return hasNetAdmin((await files.read([OWN_STATUS], signal)).get(OWN_STATUS) ?? '');
}

/** Reads `CapEff` of /proc/self/status (proc(5)): a mask in hexadecimal. */
export function hasNetAdmin(status: string): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/im.exec(status)?.[1];
  return mask === undefined || ((BigInt(`0x${mask}`) >> CAP_NET_ADMIN) & 1n) === 1n;
}
