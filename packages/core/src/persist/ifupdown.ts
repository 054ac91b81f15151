import { markedText } from './files.js';
import type { PersistFile } from './files.js';
import { caseOfOurs, furnishLink, makeLink, shellLine } from './ip-commands.js';
import type { PersistedLink, PersistedLinks } from './persisted-links.js';
import { ignoreAdvertisements } from './shell.js';

/**
 * Stanzas of interfaces(5), in a file that `source /etc/network/interfaces.d/*` of Debian reads. `ifup -a` goes by the order
 * of the file, after that of /etc/network/interfaces, where the parents are.
 */
export function ifupdownFiles({ stack, links, parents }: PersistedLinks): readonly PersistFile[] {
  const lines = [
    `# Read by \`source /etc/network/interfaces.d/*\` of /etc/network/interfaces, after ${parents.join(', ')}.`,
    ...links.flatMap((link) => ['', ...stanza(stack, link)]),
  ];
  return [{ path: `/etc/network/interfaces.d/netctl-${stack}`, mode: 0o644, text: markedText(stack, lines) }];
}

function stanza(stack: string, link: PersistedLink): readonly string[] {
  const { name } = link.props;
  const [alias = [], ...rest] = furnishLink(link);
  return [
    `auto ${name}`,
    `iface ${name} inet manual`,
    `    pre-up [ -e /sys/class/net/${name} ] || ${shellLine(makeLink(link))}`,
    `    pre-up ${caseOfOurs(stack, name, shellLine(alias))}`,
    ...(link.role === 'shim' ? [`    pre-up ${ignoreAdvertisements(link)}`] : []),
    ...rest.map((words) => `    up ${shellLine(words)}`),
    `    post-down ${caseOfOurs(stack, name, `ip link del dev ${name}`)}`,
  ];
}
