import type { ErrorCode, LinkKind } from '@netctl/core';
import type { IpCommand } from './commands.js';
import { LOOK_ANEW } from './look.js';

export interface Cause {
  readonly code: ErrorCode;
  readonly cause: string;
  readonly hint: string;
}

/** Text of the kernel (`RTNETLINK answers: …`, or `Error: …` where it explains itself) and when it has this cause. */
interface Rule {
  readonly text: RegExp;
  readonly when?: (command: IpCommand) => boolean;
  readonly code?: ErrorCode;
  readonly cause: (command: IpCommand, match: RegExpExecArray) => string;
  readonly hint: (command: IpCommand, match: RegExpExecArray) => string;
}

/** The kernel has no driver for the kind: EOPNOTSUPP, with words of its own since Linux 5.3 or so. */
export const UNKNOWN_KIND = /Unknown device type|Operation not supported/;

const MODULES: Readonly<Record<LinkKind, string>> = {
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: '8021q',
  vxlan: 'vxlan',
  dummy: 'dummy',
};

const makes = (command: IpCommand): boolean => command.kind !== undefined;
const makesVlan = (command: IpCommand): boolean => command.kind === 'vlan';
const bringsUp = ({ args }: IpCommand): boolean => args.at(-1) === 'up';
const hasMtu = (command: IpCommand): boolean => command.mtu !== undefined;
const isV6 = ({ args }: IpCommand): boolean => args.some((arg) => /^[0-9a-f.]*:[0-9a-f:.]*\/\d+$/i.test(arg));
const parentOf = (command: IpCommand): string => command.parent ?? 'the link below it';
/** Where the parent is seen: a change knows its own link alone, which is shown as `vlan30@eth0`. */
const parentShown = ({ parent, link = 'LINK' }: IpCommand): string =>
  parent === undefined ? `the name after the @ in 'ip link show dev ${link}'` : `'ip link show dev ${parent}'`;

/** The first rule that fits is the cause; special ones come before general ones. */
const RULES: readonly Rule[] = [
  {
    text: /IPv6 is disabled/i,
    cause: ({ link = 'the link' }) => `IPv6 is switched off on ${link}`,
    hint: ({ link = 'LINK' }) => `Switch it on (sysctl net/ipv6/conf/${link}/disable_ipv6=0), or leave out IPv6.`,
  },
  {
    // Kernels of old, in place of the words above.
    text: /RTNETLINK answers: Permission denied/,
    when: isV6,
    cause: ({ link = 'the link' }) => `IPv6 is switched off on ${link}`,
    hint: ({ link = 'LINK' }) => `Switch it on (sysctl net/ipv6/conf/${link}/disable_ipv6=0), or leave out IPv6.`,
  },
  {
    text: /Read-only file system/,
    cause: () => 'the settings of the kernel (/proc/sys) are read-only here, as they are in a container',
    hint: () => 'Run it on the host itself, or in a container that is privileged.',
  },
  {
    text: /^sudo: (?:a password is required|a terminal is required)|Sorry, user .* is not allowed to execute/m,
    code: 'PERMISSION',
    cause: () => 'sudo does not let this user run that without a password',
    hint: () => 'A shim takes `tee` beside `ip`: the line for sudoers is in docs/host-safety.md.',
  },
  {
    text: /Operation not permitted|Permission denied/,
    code: 'PERMISSION',
    cause: () => 'this process may not change the links of the host',
    hint: () => 'Run it as root, or with CAP_NET_ADMIN in the network namespace of the host.',
  },
  {
    text: UNKNOWN_KIND,
    when: makes,
    cause: ({ kind = 'vlan' }) => `this kernel has no ${kind} links, for which it needs its module ${MODULES[kind]}`,
    hint: ({ kind = 'vlan' }) =>
      `Try 'modprobe ${MODULES[kind]}'. If there is no such module, install the package that has it ` +
      '(Ubuntu: linux-modules-extra-$(uname -r), on a Raspberry Pi linux-modules-extra-raspi).',
  },
  {
    text: /Device or resource busy/,
    when: makes,
    cause: (command) =>
      `${parentOf(command)} is taken: it is a port of a bridge, bond or team, or it carries links of the other kind ` +
      '(one parent cannot have both macvlan and ipvlan)',
    hint: (command) =>
      `See 'ip -details link show dev ${parentOf(command)}'; for a port, name its bridge or bond as the parent.`,
  },
  {
    text: /Address already in use|Device or resource busy/,
    when: bringsUp,
    cause: () => 'its MAC address is taken by another link on the same parent',
    hint: () => 'Give one of the two another MAC address.',
  },
  {
    text: /Address already (in use|assigned to an ipvlan)/i,
    cause: () => 'another ipvlan link on the same parent has this address',
    hint: () => 'Use an address that no container and no other link on this parent has.',
  },
  {
    // Names are compared before: with a link of this name it is `File exists`.
    text: /VLAN device already exists/,
    when: makesVlan,
    cause: (command) => `this VLAN has a link of another name on ${parentOf(command)} already`,
    hint: (command) => `See 'ip -details link show type vlan'; a VLAN can have one link on ${parentOf(command)}.`,
  },
  {
    text: /VLANs not supported on device/,
    when: makesVlan,
    cause: (command) => `${parentOf(command)} cannot carry VLANs: it is the loopback or an ipvlan link, or no Ethernet`,
    hint: () => 'Choose the link that goes to the switch.',
  },
  {
    text: /File exists|already exists/,
    when: makesVlan,
    cause: ({ link = '' }) => `there is a link ${link} already, or this VLAN has a link of another name on its parent`,
    hint: (command) => `See 'ip -details link show type vlan'; a VLAN can have one link on ${parentOf(command)}.`,
  },
  {
    text: /File exists|already exists/,
    when: makes,
    cause: ({ link = '' }) => `there is a link ${link} already`,
    hint: ({ link = '' }) => `See 'ip -details link show dev ${link}'; remove it or choose another name.`,
  },
  {
    text: /(?:Cannot find device|Device) "([^"]*)"/,
    cause: (_, [, name = '']) => `there is no link ${name} on this host`,
    hint: () => "See 'ip link' for the links that there are; a name may change with the hardware or after a reboot.",
  },
  {
    // Commands go by the index of a link that was there a moment ago.
    text: /No such device|Device not found|Unable to find the interface/,
    cause: ({ kind, parent, link = 'the link' }) =>
      `${(kind === undefined ? undefined : parent) ?? link} was removed meanwhile`,
    hint: () => LOOK_ANEW,
  },
  {
    text: /mtu (less|greater) than device/i,
    when: hasMtu,
    cause: ({ mtu = 0 }, [, which = '']) => `an MTU of ${mtu} is ${which} than this kind of link can have`,
    hint: () => 'Choose another MTU, or leave it out for that of the parent.',
  },
  {
    // A VLAN link gives the last of them, and only when it has been made already.
    text: /Invalid argument|Invalid MTU|Numerical result out of range/i,
    when: hasMtu,
    cause: (command) => `the MTU ${command.mtu ?? 0} is probably above that of ${parentOf(command)}`,
    hint: (command) => `See ${parentShown(command)}; a link cannot have a larger MTU than its parent.`,
  },
  {
    text: /Invalid argument/,
    when: makes,
    cause: (command) =>
      `${parentOf(command)} cannot carry it: it is the loopback link or no Ethernet, or a passthru link has it whole`,
    hint: (command) => `See 'ip -details link show dev ${parentOf(command)}' and choose another parent.`,
  },
  {
    text: /Cannot assign requested address|invalid lladdr/i,
    when: makes,
    cause: () => 'a link cannot have this MAC address',
    hint: () => 'Use an address such as 02:… of which the first byte is even.',
  },
  {
    text: /Invalid (prefsrc|source) address/i,
    cause: () => 'its source is not an address of this host that is ready for use',
    hint: () => 'Add the address first; one that another machine has as well never gets ready in IPv6.',
  },
  {
    text: /Invalid prefix for given prefix length/i,
    cause: () => 'the destination has bits set beyond its prefix length',
    hint: () => 'Use the first address of the range, such as 192.168.1.192/27.',
  },
  {
    text: /Network is down|not up/i,
    when: bringsUp,
    cause: (command) => `${parentOf(command)} is down`,
    hint: (command) =>
      command.parent === undefined
        ? `Bring that one up: see ${parentShown(command)}; netctl does not touch a parent.`
        : `Bring it up ('ip link set dev ${command.parent} up'); netctl does not touch a parent.`,
  },
  {
    text: /Network is down|not up/i,
    cause: ({ link = 'the link' }) => `${link} is down`,
    hint: ({ link = 'LINK' }) => `Bring it up ('ip link set dev ${link} up').`,
  },
];

/** Why the kernel, or `ip` itself, refused; undefined where nothing better can be said than what it said. */
export function causeOf(command: IpCommand, stderr: string): Cause | undefined {
  for (const rule of RULES) {
    const match = rule.text.exec(stderr);
    if (match === null || rule.when?.(command) === false) continue;
    return { code: rule.code ?? 'LINK_FAILED', cause: rule.cause(command, match), hint: rule.hint(command, match) };
  }
  return undefined;
}
