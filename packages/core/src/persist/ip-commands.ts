import { LINK_GROUP } from '../links.js';
import type { PersistedLink } from './persisted-links.js';

/** Makes a link with its mark, as `apply` does (ip-link(8)); the parent is not touched. */
export function makeLink({ props }: PersistedLink): readonly string[] {
  const { name, parent, kind, mac, mtu, vlanId, mode, flag } = props;
  return [
    ...['ip', 'link', 'add', 'link', parent, 'name', name, 'group', String(LINK_GROUP)],
    ...(mac === undefined || kind === 'ipvlan' ? [] : ['address', mac]),
    ...(mtu === undefined ? [] : ['mtu', String(mtu)]),
    ...['type', kind],
    ...(kind === 'vlan' ? ['id', String(vlanId)] : []),
    ...(kind === 'macvlan' ? ['mode', mode ?? 'bridge'] : []),
    ...(kind === 'ipvlan' ? ['mode', mode ?? 'l2', ...(flag === undefined ? [] : [flag])] : []),
  ];
}

/** What a link has beside: each can be said again and changes nothing then. */
export function furnishLink({ props, alias }: PersistedLink): readonly (readonly string[])[] {
  const { name, addresses, routes } = props;
  const isV6 = (text: string): boolean => text.includes(':');
  return [
    ['ip', 'link', 'set', 'dev', name, 'alias', alias],
    ['ip', 'link', 'set', 'dev', name, 'up'],
    ...addresses.map((address) => {
      const whole = `${address}/${isV6(address) ? 128 : 32}`;
      return ['ip', 'addr', 'replace', whole, 'dev', name, ...(isV6(address) ? ['nodad'] : [])];
    }),
    ...routes.map(({ destination, source }) => {
      const from = source === undefined ? [] : ['src', source];
      const family = isV6(destination) ? '-6' : '-4';
      return ['ip', family, 'route', 'replace', destination, 'dev', name, ...from, 'proto', 'static'];
    }),
  ];
}

/**
 * A `case` of a shell by which a link is told from one that somebody else made under its name: ours has the alias of the
 * stack, or netctl's group and no alias yet. `otherwise` is what is done with somebody else's, by default a word on stderr.
 */
export function caseOfOurs(stack: string, name: string, then: string, otherwise = refusal(stack, name)): string {
  const at = (file: string): string => `$(cat ${shellLine([`/sys/class/net/${name}/${file}`])})`;
  const ours = `${shellLine([`netctl:${stack}/`])}*|' ${String(LINK_GROUP)}'`;
  return `case "${at('ifalias')} ${at('netdev_group')}" in ${ours}) ${then} ;; *) ${otherwise} ;; esac`;
}

/** A word on stderr, and a failure. */
export function refusal(stack: string, name: string): string {
  return `echo ${shellLine([`netctl: the link ${name} is not of the stack ${stack}, and stays as it is`])} >&2; false`;
}

/** The file by which a shim is told to ignore the router of the LAN; a kernel without IPv6 has none. */
export function advertisementsOf({ props }: PersistedLink): string {
  return `/proc/sys/net/ipv6/conf/${props.name}/accept_ra`;
}

/**
 * Words of a command line for a shell. What netctl puts there (names of links, addresses, an alias) needs no quotes by the
 * rules of the spec; whatever else came here would get them.
 */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_./:=@+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
