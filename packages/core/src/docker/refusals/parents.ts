import type { RefusalClass } from './refusal.js';

/** The links that networks are on, and what the kernel has for them. */
export const PARENTS: readonly RefusalClass[] = [
  {
    code: 'PARENT_MISSING',
    pattern:
      /parent interface .*was not found on the host:? ?(?<parent>\S*)|invalid subinterface vlan name (?<name>[^\s,]+)|parent interface .*was not found/i,
    hint: 'The parent is not a link of the host that the engine runs on.',
    cause: (named) =>
      `There is no link ${named('parent', named('name', 'of that name'))} where the engine runs: it is not made yet, has another name, or the engine is in a machine of its own (Docker Desktop, rootless, WSL2).`,
    cure: (named) => [
      'ip link show',
      `ip link add link eth0 name ${named('parent', named('name', 'eth0.30'))} type vlan id 30   # for a VLAN; netctl makes it with \`vlan: 30\``,
    ],
  },
  {
    code: 'PARENT_SHARED',
    pattern: /already using parent interface (?<parent>\S+)|already using parent interface/i,
    hint: 'One parent carries one ipvlan network, and before engine 27 one macvlan network; use a VLAN or another parent.',
    cause: (named) =>
      `${named('parent', 'The parent')} has a network already: one parent carries one ipvlan network, and before engine 27 one macvlan network.`,
    cure: () => [
      'Put one of the two on a VLAN, give one network several subnets, or for macvlan upgrade to engine 27.',
    ],
  },
  {
    code: 'PARENT_BUSY',
    pattern: /failed to create the (?<driver>\w+) port: device or resource busy|device or resource busy/i,
    hint: 'The parent is a port of a bridge or bond, or carries macvlan and ipvlan at once.',
    cause: () =>
      'The parent is a port of a bridge, bond, team or switch, or it carries links of the other kind: the kernel allows macvlan or ipvlan on a link, not both.',
    cure: () => [
      'ip -details link show dev PARENT   # `master` is the bridge or bond; name that as the parent',
      'ip -details link show type macvlan; ip -details link show type ipvlan',
    ],
  },
  {
    code: 'KERNEL_UNSUPPORTED',
    pattern:
      /failed to create (?:the )?(?<what>[\w.]+ ?\w*) (?:port|link|interface)?:? ?operation not supported|operation not supported/i,
    hint: 'The kernel lacks the module of this driver; install the package that holds it (Ubuntu: linux-modules-extra-…) or load it.',
    cause: () =>
      'The kernel lacks the module of this driver: it is in a package of its own, or the kernel was upgraded and not booted yet.',
    cure: () => [
      'netctl doctor   # which kinds of link this kernel can make',
      'modprobe --all macvlan ipvlan 8021q vxlan dummy',
      'apt install linux-modules-extra-$(uname -r)   # Ubuntu; on a Raspberry Pi linux-modules-extra-raspi',
    ],
  },
];
