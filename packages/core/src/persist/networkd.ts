import { LINK_GROUP } from '../links.js';
import { markedText } from './files.js';
import type { PersistFile } from './files.js';
import type { PersistedLink, PersistedLinks } from './persisted-links.js';

const FOLDER = '/etc/systemd/network';

/** Before what a host has as a rule (`10-netplan-…`): a file there that matches all links would take these too. */
const FIRST = '05-netctl';

/**
 * Files of systemd-networkd, 246 or newer: a .netdev for each link, a .network with its addresses, routes and group, and a
 * .link by which udev gives it the alias. A link is stacked by the .network file of its parent, so that gets a drop-in;
 * `fileOf` names the .network file of a link that is not ours, without a folder.
 */
export function networkdFiles(
  { stack, links, parents }: PersistedLinks,
  fileOf: (parent: string) => string,
): readonly PersistFile[] {
  const base = (name: string): string => `${FOLDER}/${FIRST}-${stack}-${name}`;
  const file = (path: string, lines: readonly string[]): PersistFile => {
    return { path, mode: 0o644, text: markedText(stack, lines) };
  };
  return [
    ...parents.map((parent) =>
      file(`${FOLDER}/${fileOf(parent)}.d/netctl-${stack}.conf`, ['[Network]', ...stackedOn(parent, links)]),
    ),
    ...links.flatMap((link) => {
      const { name } = link.props;
      return [
        file(`${base(name)}.netdev`, netdev(link)),
        file(`${base(name)}.network`, network(link, links)),
        file(`${base(name)}.link`, ['[Match]', `OriginalName=${name}`, '', '[Link]', `Alias=${link.alias}`]),
      ];
    }),
  ];
}

/** `VLAN=eth0-v30` for each link on this one (systemd.network(5)). */
function stackedOn(parent: string, links: readonly PersistedLink[]): readonly string[] {
  return links.flatMap(({ props }) => (props.parent === parent ? [`${props.kind.toUpperCase()}=${props.name}`] : []));
}

function netdev({ props }: PersistedLink): readonly string[] {
  const { name, kind, mac, mtu, vlanId, mode, flag } = props;
  const own = {
    vlan: ['[VLAN]', `Id=${String(vlanId)}`],
    macvlan: ['[MACVLAN]', `Mode=${mode ?? 'bridge'}`],
    ipvlan: ['[IPVLAN]', `Mode=${(mode ?? 'l2').toUpperCase()}`, ...(flag === undefined ? [] : [`Flags=${flag}`])],
  };
  return [
    '[NetDev]',
    `Name=${name}`,
    `Kind=${kind}`,
    ...(mac === undefined || kind === 'ipvlan' ? [] : [`MACAddress=${mac}`]),
    ...(mtu === undefined ? [] : [`MTUBytes=${String(mtu)}`]),
    '',
    ...own[kind],
  ];
}

function network(link: PersistedLink, links: readonly PersistedLink[]): readonly string[] {
  const { name, addresses, routes } = link.props;
  const isV6 = (text: string): boolean => text.includes(':');
  return [
    '[Match]',
    `Name=${name}`,
    '',
    '[Link]',
    `Group=${String(LINK_GROUP)}`,
    'RequiredForOnline=no',
    '',
    '[Network]',
    'DHCP=no',
    'LinkLocalAddressing=ipv6',
    // The router of the LAN is not that of a shim; whoever wants it on a VLAN says so in a drop-in.
    'IPv6AcceptRA=no',
    'ConfigureWithoutCarrier=yes',
    ...stackedOn(name, links),
    ...addresses.flatMap((address) => [
      '',
      '[Address]',
      `Address=${address}/${isV6(address) ? '128' : '32'}`,
      ...(isV6(address) ? ['DuplicateAddressDetection=none'] : []),
    ]),
    ...routes.flatMap(({ destination, source }) => [
      '',
      '[Route]',
      `Destination=${destination}`,
      'Scope=link',
      ...(source === undefined ? [] : [`PreferredSource=${source}`]),
    ]),
  ];
}
