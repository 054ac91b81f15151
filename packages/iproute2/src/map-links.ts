import type { LinkAddress, LinkFact } from '@netctl/core';
import { defined, fieldsOf, listOf, numberOf, textOf } from './json.js';
import type { Fields } from './json.js';

/** What `-Numeric` prints instead of names: ARPHRD_* of linux/if_arp.h, ETH_P_* of linux/if_ether.h, RT_SCOPE_*. */
const LINK_TYPES: Readonly<Record<string, string>> = {
  '[1]': 'ether',
  '[32]': 'infiniband',
  '[512]': 'ppp',
  '[768]': 'ipip',
  '[769]': 'tunnel6',
  '[772]': 'loopback',
  '[776]': 'sit',
  '[778]': 'gre',
  '[823]': 'gre6',
  '[65534]': 'none',
};
const VLAN_PROTOCOLS: Readonly<Record<string, string>> = { '[33024]': '802.1q', '[34984]': '802.1ad' };
const SCOPES: Readonly<Record<string, string>> = { '0': 'global', '200': 'site', '253': 'link', '254': 'host' };

/** Pairs, whose `link` is the other end and not what they are stacked on. */
const PAIRS: ReadonlySet<string> = new Set(['veth', 'netkit', 'vxcan']);

const IPVLAN_FLAGS = ['bridge', 'private', 'vepa'] as const;

/** The answer of `ip -json -Numeric -details addr show`. What is no link is left out; unknown fields do not matter. */
export function toLinkFacts(items: readonly unknown[]): readonly LinkFact[] {
  return items.flatMap((item) => {
    const link = toLinkFact(fieldsOf(item));
    return link === undefined ? [] : [link];
  });
}

export function toLinkFact(fields: Fields): LinkFact | undefined {
  const name = textOf(fields['ifname']);
  const index = numberOf(fields['ifindex']);
  if (name === undefined || index === undefined) return undefined;
  const info = fieldsOf(fields['linkinfo']);
  const data = fieldsOf(info['info_data']);
  const kind = textOf(info['info_kind']);
  const type = textOf(fields['link_type']) ?? 'none';
  const stacked = kind === 'macvlan' || kind === 'ipvlan';
  return defined<LinkFact>({
    name,
    index,
    kind,
    parent: parentOf(fields, kind, data),
    master: textOf(fields['master']),
    type: LINK_TYPES[type] ?? type,
    mtu: numberOf(fields['mtu']) ?? 0,
    up: listOf(fields['flags']).includes('UP'),
    mac: macOf(fields['address']),
    mode: stacked ? textOf(data['mode']) : undefined,
    flag: kind === 'ipvlan' ? IPVLAN_FLAGS.find((flag) => data[flag] === true) : undefined,
    vlan: kind === 'vlan' ? vlanOf(data) : undefined,
    alias: textOf(fields['ifalias']),
    group: fields['group'] === 'default' ? 0 : (numberOf(fields['group']) ?? 0),
    wireless: false,
    addresses: listOf(fields['addr_info']).flatMap(toAddress),
  });
}

/**
 * `link` is a name only where the parent is in the same namespace (else `link_index` and `link_netnsid`), and null for
 * tunnels. A vxlan link has it among the data of its kind.
 */
function parentOf(fields: Fields, kind: string | undefined, data: Fields): string | undefined {
  if (kind !== undefined && PAIRS.has(kind)) return undefined;
  return textOf(fields['link']) ?? (kind === 'vxlan' ? textOf(data['link']) : undefined);
}

function macOf(value: unknown): string | undefined {
  const mac = textOf(value)?.toLowerCase();
  return mac !== undefined && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : undefined;
}

function vlanOf(data: Fields): LinkFact['vlan'] {
  const id = numberOf(data['id']);
  const protocol = textOf(data['protocol']) ?? '802.1q';
  return id === undefined ? undefined : { id, protocol: VLAN_PROTOCOLS[protocol] ?? protocol.toLowerCase() };
}

function toAddress(item: unknown): readonly LinkAddress[] {
  const fields = fieldsOf(item);
  const address = textOf(fields['local']);
  const prefixLength = numberOf(fields['prefixlen']);
  if (address === undefined || prefixLength === undefined) return [];
  const scope = textOf(fields['scope']) ?? 'global';
  return [{ address, prefixLength, scope: SCOPES[scope] ?? scope }];
}
