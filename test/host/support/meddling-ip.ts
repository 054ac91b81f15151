import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whatever else there is on a host that acts when links change, at the moment at which it does. */
export type Meddling = 'dhcp' | 'black-hole' | 'kill';

/**
 * A folder with an `ip` that is the real one, after which something else happens: a DHCP client takes a new link for its
 * own (`dhcp`), the way to an address goes to nobody, and a file `cut` tells of it (`black-hole`), netctl is killed between a change and the look at
 * what it did (`kill`).
 */
export async function meddlingIp(
  folder: string,
  name: string,
  what: readonly Meddling[],
  address = '',
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const acts: Readonly<Record<Meddling, string>> = {
    dhcp: 'case "$*" in "link set dev if"*up) "$real" route replace default via 192.168.1.1 dev lan-shim onlink ;; esac',
    'black-hole': `case "$*" in "link set dev if"*up) "$real" route add ${address}/32 via 192.168.1.250 dev lan-shim onlink; : > ${join(path, 'cut')} ;; esac`,
    kill: 'case "$*" in "link del dev if"*|"link set dev if"*up) kill -KILL "$PPID" ;; esac',
  };
  const lines = [
    '#!/bin/sh',
    'for real in /usr/sbin/ip /sbin/ip /usr/bin/ip; do [ -x "$real" ] && break; done',
    '"$real" "$@"',
    'status=$?',
    ...what.map((one) => acts[one]),
    'exit $status',
  ];
  await writeFile(join(path, 'ip'), `${lines.join('\n')}\n`);
  await chmod(join(path, 'ip'), 0o755);
  await chmod(path, 0o755);
  return path;
}
