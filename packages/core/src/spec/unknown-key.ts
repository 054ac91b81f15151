import type { Problem } from '../problem.js';
import { problem } from '../problem.js';
import { ATTACHMENT_KEYS } from './container-schema.js';
import { CONSUL_KEYS } from './discovery-schema.js';
import { fits, formatPath, shownPath } from './path.js';
import type { Segment } from './path.js';
import { NETWORK_KEYS, NETWORK_KEYS_OTHERWISE } from './network-schema.js';
import { list, quote } from './show.js';
import { suggest } from './suggest.js';

const TOP_KEYS = ['name', 'networks', 'vlans', 'containers', 'hosts', 'swarm', 'discovery', 'avoid', 'ignore'];

/** Keys by the shape of the mapping that they are in; `*` is any key. */
const KEYS: readonly { readonly shape: readonly Segment[]; readonly keys: readonly string[] }[] = [
  { shape: [], keys: TOP_KEYS },
  { shape: ['networks', '*'], keys: NETWORK_KEYS },
  { shape: ['networks', '*', 'ipam'], keys: ['driver', 'config', 'options'] },
  { shape: ['networks', '*', 'ipam', 'config', '*'], keys: ['subnet', 'ip_range', 'gateway', 'aux_addresses'] },
  { shape: ['networks', '*', 'shim'], keys: ['address', 'name'] },
  { shape: ['networks', '*', 'external'], keys: ['name'] },
  { shape: ['networks', '*', 'hosts', '*'], keys: NETWORK_KEYS_OTHERWISE },
  { shape: ['vlans', '*'], keys: ['parent', 'id', 'mtu', 'hosts'] },
  { shape: ['vlans', '*', 'hosts', '*'], keys: ['parent', 'mtu'] },
  { shape: ['hosts', '*'], keys: ['docker', 'ca', 'cert', 'key', 'insecure', 'consul'] },
  { shape: ['hosts', '*', 'consul'], keys: ['address'] },
  { shape: ['discovery'], keys: ['consul'] },
  { shape: ['discovery', 'consul'], keys: CONSUL_KEYS },
  { shape: ['containers', '*'], keys: ['select', 'host', 'networks'] },
  { shape: ['containers', '*', 'select'], keys: ['label'] },
  { shape: ['containers', '*', 'networks', '*'], keys: ATTACHMENT_KEYS },
];

/** Network keys that people bring from elsewhere, and where they belong. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  macvlan_mode: 'Write mode, or driver_opts.macvlan_mode.',
  ipvlan_mode: 'Write mode, or driver_opts.ipvlan_mode.',
  ipvlan_flag: 'Write driver_opts.ipvlan_flag.',
  aux_addresses: 'Write reserve, or ipam.config[0].aux_addresses.',
  aux_address: 'Write reserve, or ipam.config[0].aux_addresses.',
  config: 'Write subnet, gateway and ip_range here, or config under ipam.',
  options: 'Write driver_opts.',
  opt: 'Write driver_opts.',
  host_access: 'Write shim: true.',
  vlan_id: 'Write vlan.',
  ipv6: 'Write enable_ipv6.',
};

/** Whether a mapping at the top has a key of a spec, or one that was probably meant to be. */
export function looksLikeSpec(keys: readonly string[]): boolean {
  return keys.some((key) => suggest(key, TOP_KEYS) !== undefined);
}

/** The problem of a key that the format does not have, with what was probably meant. */
export function unknownKey(parent: readonly Segment[], key: string): Problem {
  const keys = KEYS.find(({ shape }) => fits(shape, parent))?.keys ?? [];
  const meant = suggest(key, keys);
  const elsewhere = parent[0] === 'networks' && parent.length === 2 ? ELSEWHERE[key.toLowerCase()] : undefined;
  const known = keys.length === 0 ? 'Remove it.' : `The keys here are ${list(keys)}.`;
  const hint = elsewhere ?? (meant === undefined ? known : `Did you mean ${meant}?`);
  const where = parent.length === 0 ? 'a spec' : shownPath(formatPath(parent));
  return problem('error', 'UNKNOWN_KEY', formatPath([...parent, key]), `${where} has no key ${quote(key)}.`, hint);
}
