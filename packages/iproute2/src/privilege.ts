import { basename } from 'node:path';
import type { Privilege } from '@netctl/core';
import type { HostFiles } from './files.js';
import type { Place } from './place.js';

/** CAP_NET_ADMIN in capabilities(7): the bit that changing links, addresses and routes takes. */
const CAP_NET_ADMIN = 12n;

/** The user and the capabilities of whoever reads it. */
export const OWN_STATUS = '/proc/self/status';

/**
 * By what programs that are run where the links are may change them, without anybody being asked. For a plain `ip`, or one
 * behind `nsenter`, they have what the process that reads files there hands on. Behind anything else that says nothing, and
 * neither does a machine without /proc: then `unknown`, and the first change is what finds out.
 */
export async function ownPrivilege(
  command: readonly string[],
  files: HostFiles,
  signal?: AbortSignal,
): Promise<Privilege | 'unknown' | 'none'> {
  const program = basename(command[0] ?? '');
  if (command.length > 1 && program !== 'nsenter') return 'unknown';
  return privilegeIn((await files.read([OWN_STATUS], signal)).get(OWN_STATUS) ?? '');
}

/**
 * Reads `CapEff` and `CapAmb` of /proc/self/status (proc(5)), masks in hexadecimal. Who is not root hands on to the
 * programs that he runs what is ambient alone: a file capability of his own program (`setcap`) is not (capabilities(7)),
 * and `ip` gives up one of its own.
 */
export function privilegeIn(status: string): Privilege | 'unknown' | 'none' {
  const effective = maskOf(status, 'CapEff');
  if (effective === undefined) return 'unknown';
  if (userIn(status) === '0') return has(effective) ? 'root' : 'none';
  return has(maskOf(status, 'CapAmb') ?? 0n) ? 'capabilities' : 'none';
}

/** The effective user id of `Uid:`, which has the real one before it. */
export function userIn(status: string): string | undefined {
  return /^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1];
}

/** By sudo where it asks for no password; the arguments stay arguments, and no shell is between. */
export function withSudo(command: readonly string[]): readonly string[] {
  return ['sudo', '-n', '--', ...command];
}

/** Tries `sudo -n ip -V`, which changes nothing: what sudo lists (`sudo -l`) does not tell whether it asks. */
export async function maySudo(command: readonly string[], place: Place, signal?: AbortSignal): Promise<boolean> {
  const options = { timeout: SUDO_MS, ...(signal === undefined ? {} : { signal }) };
  return (await place.run([...withSudo(command), '-V'], options)).exit === 0;
}

/** It may have to ask a directory service. */
const SUDO_MS = 10_000;

function maskOf(status: string, name: string): bigint | undefined {
  const mask = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'im').exec(status)?.[1];
  return mask === undefined ? undefined : BigInt(`0x${mask}`);
}

function has(mask: bigint): boolean {
  return ((mask >> CAP_NET_ADMIN) & 1n) === 1n;
}
