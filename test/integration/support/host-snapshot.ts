import type { Host } from '@netctl/lab';
import { askEngine } from './engine-client.js';
import type { Inspected } from './engine-client.js';

/** What a host has that netctl could change, as lines to compare; interface indexes and network ids are in it. */
export interface HostSnapshot {
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  readonly networks: readonly string[];
}

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly link?: string | null;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly address?: string;
  readonly master?: string;
  readonly ifalias?: string;
  readonly group?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly mode?: string } };
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

interface IpRoute {
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
  readonly table?: string;
  readonly protocol?: string;
}

/**
 * Networks as the engine lists them, which is without containers. What IPv6 does by itself on every link is left out: it
 * comes a moment after the link.
 */
export async function snapshotOf(host: Host): Promise<HostSnapshot> {
  const [{ stdout: links }, { stdout: routes }] = await Promise.all([
    host.run('ip', ['-json', '-details', 'address', 'show']),
    host.run('ip', ['-json', 'route', 'show', 'table', 'all']),
  ]);
  const all = JSON.parse(links) as readonly IpLink[];
  const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
  return {
    links: all.map(linkLine).sort(),
    addresses: all.flatMap(addressLines).sort(),
    routes: (JSON.parse(routes) as readonly IpRoute[])
      .filter(({ dst }) => !/^(fe80|ff00):/.test(dst))
      .map(routeLine)
      .sort(),
    networks: networks.map((network) => JSON.stringify(network)).sort(),
  };
}

/** The part of a snapshot that is about one link: itself, its addresses, its routes. */
export function partOf(snapshot: HostSnapshot, link: string): readonly string[] {
  return [...snapshot.links, ...snapshot.addresses, ...snapshot.routes].filter((line) =>
    line.split(' ').includes(link),
  );
}

/** Whether the link is up administratively, not whether its carrier is: that comes a moment later. */
function linkLine({ ifindex, ifname, link, flags, mtu, address, master, ifalias, group, linkinfo }: IpLink): string {
  const kind = [linkinfo?.info_kind, linkinfo?.info_data?.mode].filter(Boolean).join(':');
  return [
    `${String(ifindex)}: ${ifname}`,
    kind,
    link ?? '',
    `mtu ${String(mtu)}`,
    flags.includes('UP') ? 'up' : 'down',
    address ?? '',
    master ?? '',
    ifalias ?? '',
    group ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function addressLines({ ifname, addr_info }: IpLink): readonly string[] {
  return addr_info
    .filter(({ scope }) => scope !== 'link')
    .map(({ local, prefixlen }) => `${local}/${String(prefixlen)} on ${ifname}`);
}

function routeLine({ dst, dev = '', gateway, prefsrc, table = 'main', protocol = '' }: IpRoute): string {
  return [
    `${dst} dev ${dev} table ${table}`,
    gateway === undefined ? '' : `via ${gateway}`,
    prefsrc === undefined ? '' : `src ${prefsrc}`,
    protocol,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
