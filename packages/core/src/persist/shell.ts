import { markLine } from './files.js';
import type { PersistFile } from './files.js';
import { advertisementsOf, caseOfOurs, furnishLink, makeLink, shellLine } from './ip-commands.js';
import type { PersistedLink, PersistedLinks } from './persisted-links.js';

/** A POSIX script for hosts without any of the others (a NAS, OpenRC, busybox): to be run as root, before Docker. */
export function shellFiles({ stack, links, parents }: PersistedLinks): readonly PersistFile[] {
  const lines = [
    '#!/bin/sh',
    markLine(stack),
    '# Run as root at boot, before Docker starts, and again when a parent was made again: what is there already stays.',
    'set -u',
    'failed=0',
    '# That of iproute2: the one of BusyBox, which its shell prefers, gives a link neither group nor alias.',
    'for ip in /usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip; do [ -x "$ip" ] && break; done',
    '',
    '# A parent may come a moment later than this. What is on one that does not come fails by itself.',
    'tries=0',
    ...parents.flatMap((parent) => [
      `until [ -e ${shellLine([`/sys/class/net/${parent}`])} ]; do`,
      '  tries=$((tries + 1))',
      `  [ "$tries" -le 60 ] || { echo ${shellLine([`netctl: there is no link ${parent}`])} >&2; failed=1; break; }`,
      '  sleep 1',
      'done',
    ]),
    ...links.flatMap((link) => ['', ...linkLines(stack, link)]),
    '',
    'exit "$failed"',
  ];
  return [{ path: `/etc/netctl/${stack}/links.sh`, mode: 0o755, text: `${lines.join('\n')}\n` }];
}

/** Each link for itself: one that cannot be made does not keep the next from being made. */
function linkLines(stack: string, link: PersistedLink): readonly string[] {
  const { name } = link.props;
  const [alias = [], ...rest] = furnishLink(link);
  const commands = [
    `{ [ -e ${shellLine([`/sys/class/net/${name}`])} ] || ${ipLine(makeLink(link))}; }`,
    caseOfOurs(stack, name, ipLine(alias)),
    ...(link.role === 'shim' ? [ignoreAdvertisements(link)] : []),
    ...rest.map(ipLine),
  ];
  return [...commands.map((one) => `${one} &&`), ': || failed=1'];
}

function ipLine([, ...args]: readonly string[]): string {
  return `"$ip" ${shellLine(args)}`;
}

/** For a line of a shell, whatever comes before and after it. */
export function ignoreAdvertisements(link: PersistedLink): string {
  const file = shellLine([advertisementsOf(link)]);
  return `if [ -e ${file} ]; then echo 0 >${file}; fi`;
}
