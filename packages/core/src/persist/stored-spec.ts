import { stringify } from 'yaml';

import { formatAddress } from '../addresses/prefix.js';
import { NetctlError } from '../errors.js';
import type { HostFacts, HostName, LinkResource } from '../model.js';
import { vlanLinks } from '../resolve/parents.js';
import { resolve } from '../resolve/resolve.js';
import { attachmentsByNetwork } from '../spec/containers.js';
import { LOCAL } from '../spec/hosts.js';
import { parseSpec } from '../spec/load.js';
import type { NetworkSpec, Spec } from '../spec/schema.js';

/**
 * A spec of the links alone, for `apply --links-only`: the VLAN links by name, and of the networks with a shim what that
 * follows from. It is read back and compared, so that what is kept is what is there now.
 */
export function storedSpec(spec: Spec, host: HostName, facts: HostFacts, links: readonly LinkResource[]): string {
  const vlans = links.flatMap(({ role, props }) => {
    const { name, parent, vlanId: id, mtu } = props;
    return role === 'vlan' ? [[name, { parent, id, ...(mtu === undefined ? {} : { mtu }) }] as const] : [];
  });
  const placed = vlanLinks(spec, host, facts, false);
  const shimmed = Object.entries(spec.networks).flatMap(([key, network]) => {
    const { parent } = placed.parentOf(network);
    const isThere = network.external !== true && network.shim !== undefined && network.shim !== false;
    return isThere && parent !== undefined ? [[network.configures ?? key, network, parent] as const] : [];
  });
  const attachments = attachmentsByNetwork(spec);
  // Who has them is nobody's business here: the shim leads to the addresses.
  const places = shimmed.flatMap(([key]) => {
    const statics = (attachments.get(key) ?? [])
      .flatMap(({ statics: all }) => all)
      .map(({ address }) => formatAddress(address));
    return [...new Set(statics)].map((address) => ({
      [key]: { [address.includes(':') ? 'ipv6_address' : 'ipv4_address']: address },
    }));
  });
  const value = {
    name: spec.name,
    networks: Object.fromEntries(shimmed.map(([key, network, parent]) => [key, shimOf(network, parent)])),
    ...(vlans.length === 0 ? {} : { vlans: Object.fromEntries(vlans) }),
    ...(places.length === 0
      ? {}
      : { containers: Object.fromEntries(places.map((networks, at) => [`address-${at + 1}`, { networks }])) }),
    ...(spec.ignore.length === 0 ? {} : { ignore: spec.ignore }),
  };
  // A spec has variables, and this one needs none.
  const text = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).replaceAll('$', '$$$$');
  refuseOther(text, facts, links);
  return text;
}

/** Of a network, what its shim follows from. */
function shimOf(network: NetworkSpec, parent: string): object {
  const { driver, driver_opts = {}, mode, enable_ipv4, enable_ipv6, internal } = network;
  const { subnet, gateway, ip_range, ipam, shim } = network;
  const options = Object.entries(driver_opts).filter(([key]) => /^(macvlan|ipvlan)_(mode|flag)$/.test(key));
  const given = {
    driver,
    parent,
    mode,
    driver_opts: options.length === 0 ? undefined : Object.fromEntries(options),
    enable_ipv4,
    enable_ipv6,
    internal,
    subnet,
    gateway,
    ip_range,
    ipam: ipam?.config === undefined ? undefined : { config: ipam.config },
    shim,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function refuseOther(text: string, facts: HostFacts, links: readonly LinkResource[]): void {
  const { spec } = parseSpec({ bytes: text, file: 'the stored spec', env: {} });
  const again = resolve(spec, LOCAL, facts).links;
  const textOf = (all: readonly LinkResource[]): string =>
    JSON.stringify([...all].sort((a, b) => (a.ref < b.ref ? -1 : 1)).map(({ ref, role, props }) => [ref, role, props]));
  if (textOf(again) === textOf(links)) return;
  throw new NetctlError('REFUSED', 'Nothing was written: what would be stored does not mean the same links', {
    hint: 'That is a fault of netctl: please report it, with the spec.',
  });
}
