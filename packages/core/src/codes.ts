import type { Severity } from './problem.js';

/** One lint: what it is as a rule, and what the README says of it. */
export interface Lint {
  /** As it is when nothing softens it: what is wrong with a network that is there already stops nobody. */
  readonly severity: Severity;
  /** Whether `ignore:` may name it: it is a judgement, and a user may know better. */
  readonly ignorable: boolean;
  /** Where it can be seen: in the spec alone (`netctl validate`), or on a host. */
  readonly seenIn: 'spec' | 'host';
  /** Why it matters, as one sentence without a full stop. */
  readonly reason: string;
}

/**
 * What is worth saying of a spec that could be applied as it is, or almost. The one source of what `ignore:` may name, of
 * how severe each is, and of the table in the README.
 */
export const LINTS = {
  NO_SUBNET: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'without a subnet Docker chooses one that is not that of the LAN',
  },
  NO_GATEWAY: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'without a gateway engines up to 28 invent one for the containers of a LAN, and newer ones give them none',
  },
  NO_IP_RANGE: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'without a range Docker hands out any address of the LAN, those of other machines too',
  },
  GATEWAY_IN_RANGE: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a range around the router is hardly free: only this engine keeps its address from containers',
  },
  GATEWAY_UNUSED: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'ipvlan l3 and l3s have no neighbours, so the engine stores the gateway and gives it to nobody',
  },
  L3_NEEDS_ROUTE: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'nobody on the LAN finds the containers of ipvlan l3 and l3s until the router has a route to them',
  },
  SUBNET_IN_POOL: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'a swarm gives its networks addresses of its pools without a look at the networks of its hosts',
  },
  SWARM_EVEN_MANAGERS: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a swarm can be changed while more than half of its managers are there, so an even number gains nothing',
  },
  SWARM_PORTS: {
    severity: 'note',
    ignorable: true,
    seenIn: 'host',
    reason: 'a firewall between the nodes of a swarm drops what overlays are carried by, and no engine says so',
  },
  SWARM_LAN_NODES: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'a swarm sends containers to nodes that netctl makes nothing on, and there they do not start',
  },
  STATIC_IN_RANGE: {
    severity: 'error',
    ignorable: true,
    seenIn: 'spec',
    reason: 'an address that Docker hands out is had by whoever starts first, and not by whom the spec gives it to',
  },
  HOSTS_SHARE_ADDRESSES: {
    severity: 'error',
    ignorable: true,
    seenIn: 'spec',
    reason: 'each engine knows only its own containers, so two hosts on one LAN that may hand out one address will',
  },
  CONTAINER_MISSING: {
    severity: 'note',
    ignorable: true,
    seenIn: 'host',
    reason: 'a container that does not exist yet is put on its networks by the apply after it is there',
  },
  NO_ROOM: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a container without an address of its own cannot start when none is left to hand out',
  },
  PORTS_IGNORED: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a container on macvlan or ipvlan has an address of its own on the LAN, with all ports, and publishes none',
  },
  NETWORK_UNUSED: {
    severity: 'note',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a network of a Compose file that no service is on may have a typing mistake in its name',
  },
  LEFT_TO_COMPOSE: {
    severity: 'note',
    ignorable: true,
    seenIn: 'spec',
    reason: 'of the networks in a Compose file, netctl makes those that are external and have x-netctl',
  },
  WIFI_PARENT: {
    severity: 'error',
    ignorable: true,
    seenIn: 'host',
    reason: 'an access point accepts one MAC address per station, and macvlan has one for each container',
  },
  CLOUD_FILTERS_MAC: {
    severity: 'error',
    ignorable: true,
    seenIn: 'host',
    reason: 'this cloud drops packets of any MAC address but the machine’s own, and macvlan has one for each container',
  },
  HYPERVISOR_FILTERS_MAC: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'the virtual switch drops packets of other MAC addresses unless it is told not to',
  },
  ENGINE_NOT_ON_HOST: {
    severity: 'error',
    ignorable: true,
    seenIn: 'host',
    reason: 'Docker Desktop and rootless engines run in a network of their own, away from the links of the host',
  },
  PARENT_ENSLAVED: {
    severity: 'error',
    ignorable: false,
    seenIn: 'host',
    reason: 'the port of a bridge, bond or team can carry no other link: containers on it do not start',
  },
  DOTTED_PARENT: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'Docker makes a missing eth0.30 again at boot, without a mark, and deletes it with the network',
  },
  MTU_ABOVE_PARENT: {
    severity: 'error',
    ignorable: false,
    seenIn: 'host',
    reason: 'the kernel gives a VLAN link no more than the link below has',
  },
  MTU_ABOVE_UNDERLAY: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'packets of an overlay that do not fit the link below, VXLAN and ESP around them, are cut or lost',
  },
  MTU_IGNORED: {
    severity: 'error',
    ignorable: true,
    seenIn: 'spec',
    reason: 'macvlan and ipvlan have the MTU of their parent, whatever is written',
  },
  OPTION_OF_OTHER_DRIVER: {
    severity: 'error',
    ignorable: true,
    seenIn: 'spec',
    reason: 'the engine stores an option of another driver, and does nothing with it',
  },
  UNKNOWN_OPTION: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'the engine stores an option that its driver does not know, and does nothing with it',
  },
  ENGINE_TOO_OLD: {
    severity: 'error',
    ignorable: false,
    seenIn: 'host',
    reason: 'an older engine refuses it, or stores it and does nothing',
  },
  ATTACHABLE_NO_EFFECT: {
    severity: 'note',
    ignorable: true,
    seenIn: 'spec',
    reason: 'every container can join a local network anyway',
  },
  PLUGIN_DRIVER: {
    severity: 'note',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a driver of an unknown name that is nearly that of a known one is probably a typing mistake',
  },
  SHIM_NEEDS_HAIRPIN: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'with vepa a shim works only when the switch sends packets back out of the port that they came in by',
  },
  SHIM_NOT_RESERVED: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'Docker may hand out the address of the shim, since the network was made before it',
  },
  LINK_NOT_ADOPTED: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'a link with an alias of somebody’s cannot carry the mark of netctl',
  },
  LINK_UNFINISHED: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'host',
    reason: 'a netctl that was killed left a link of which nothing says whose it is',
  },
  UNSET_VARIABLE: {
    severity: 'warning',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a variable without a value becomes empty text, as in Compose',
  },
  NAME_TOO_LONG: {
    severity: 'error',
    ignorable: false,
    seenIn: 'spec',
    reason: 'a name of more than 63 letters is refused by a swarm, and no name of DNS has room for it',
  },
  VLAN_LINK_NAME_TOO_LONG: {
    severity: 'error',
    ignorable: false,
    seenIn: 'spec',
    reason: 'the name of a link has 15 bytes at the most',
  },
  IGNORED_NOTHING: {
    severity: 'note',
    ignorable: true,
    seenIn: 'spec',
    reason: 'a code that ignores nothing now would hide the next mistake of its kind',
  },
} as const satisfies Readonly<Record<string, Lint>>;

export type LintCode = keyof typeof LINTS;

/**
 * All other codes, by why `ignore:` may not name them: half a sentence, to be read after "cannot be ignored:". What is
 * said of a text that is no spec, or of a spec in which two things contradict each other, leaves nothing to apply.
 */
export const FIRM = {
  'without it being corrected nobody can tell what the spec asks for': [
    'ADDRESS_AT_EDGE',
    'ADDRESS_TWICE',
    'AUTO_SUBNET_HERE',
    'AUTO_SUBNET_WITH_ADDRESSES',
    'BAD_MERGE',
    'BOTH_FORMS',
    'CANNOT_MERGE',
    'CONFIG_FROM_TARGET',
    'CONFIG_FROM_WITH_KEYS',
    'CONFIG_ONLY_WITH_KEYS',
    'CONTAINER_AMBIGUOUS',
    'CONTAINER_TWICE',
    'CONTROL_CHARACTER',
    'DEFAULT_BRIDGE',
    'DEFAULT_ROUTE_TWICE',
    'DOTENV_INVALID',
    'DUPLICATE_KEY',
    'DUPLICATE_LINK',
    'DUPLICATE_NAME',
    'DUPLICATE_VLAN',
    'EMPTY_FILE',
    'ENCRYPTED_FALSE',
    'EXTERNAL_WITH_KEYS',
    'HOST_BITS',
    'HOST_NEEDED',
    'HOST_TWICE',
    'INCLUDE_UNREADABLE',
    'INTERFACE_TWICE',
    'INVALID_ADDRESS',
    'INVALID_INTERPOLATION',
    'INVALID_LINK_NAME',
    'INVALID_MAC',
    'INVALID_MODE',
    'INVALID_NAME',
    'INVALID_OPTION',
    'INVALID_RANGE',
    'INVALID_SUBNET',
    'INVALID_TEXT',
    'INVALID_VALUE',
    'ISOLATED_FROM_ITSELF',
    'ISOLATED_FROM_UNKNOWN',
    'ISOLATED_SAME_WIRE',
    'KEY_NOT_FOR_DRIVER',
    'LEFT_OUT',
    'MAC_TWICE',
    'MISSING_KEY',
    'MISSING_VARIABLE',
    'NAME_LIKE_ID',
    'NETWORK_NOT_ON_HOST',
    'NON_STRING_KEY',
    'NOT_A_MAPPING',
    'NOT_EXTERNAL',
    'NOT_IGNORABLE',
    'NOT_UTF8',
    'OUTSIDE_SUBNET',
    'RECURSIVE_ALIAS',
    'RESERVED_LABEL',
    'RESERVED_NAME',
    'SAID_TWICE',
    'SEVERAL_DOCUMENTS',
    'SEVERAL_SPECS',
    'SHIM_AT_EDGE',
    'SHIM_NEEDS_RANGE',
    'SHIM_NOT_IN_MODE',
    'SPLIT_FULL',
    'SPLIT_MEETS_RESERVED',
    'SPLIT_REFUSED',
    'STATIC_FOR_SEVERAL',
    'SUBNET_REQUIRED',
    'SWARM_NO_MANAGER',
    'TOO_DEEP',
    'TOO_LARGE',
    'TOO_MANY_ALIASES',
    'UNKNOWN_ALIAS',
    'UNKNOWN_CODE',
    'UNKNOWN_HOST',
    'UNKNOWN_KEY',
    'UNKNOWN_NETWORK',
    'UNKNOWN_TAG',
    'VLAN_CYCLE',
    'VLAN_PARENT_SELF',
    'WRONG_TYPE',
    'YAML_SYNTAX',
    'YAML_VERSION',
  ],
  'the engine or the kernel would refuse it, or make something that does not work': [
    'CONTAINER_RESTARTING',
    'DRIVER_REFUSED',
    'GATEWAY_AT_EDGE',
    'GATEWAY_MODE_NOT_INTERNAL',
    'HOST_UNREACHABLE',
    'INGRESS_ATTACHABLE',
    'INGRESS_EXISTS',
    'IPV4_NOT_ENABLED',
    'IPV6_NOT_ENABLED',
    'KERNEL_LACKS',
    'LINKS_UNKNOWN',
    'MAC_IGNORED',
    'MAC_OF_PARENT',
    'MTU_NOT_MULTIPLE_OF_4',
    'MTU_TOO_LARGE',
    'MTU_TOO_SMALL',
    'NETWORK_MISSING',
    'NETWORK_TAKES_NOBODY',
    'NOT_A_MANAGER',
    'NO_FREE_SUBNET',
    'NO_NET_ADMIN',
    'OPTION_REFUSED',
    'OVERLAY_IPV6',
    'PARENT_DOWN',
    'PARENT_IN_USE',
    'PARENT_LOOPBACK',
    'PARENT_MISSING',
    'PARENT_MIXED',
    'PARENT_REQUIRED',
    'PARENT_SHARED',
    'RANGE_NOT_A_BLOCK',
    'RANGE_TOO_RAGGED',
    'RESERVED_ALL',
    'SCOPE_NOT_FOR_DRIVER',
    'SHARED_GATEWAY',
    'SWARM_ADDRESS',
    'SWARM_DROPS_ADDRESS',
    'SWARM_DROPS_AUX',
    'SWARM_ELSEWHERE',
    'SWARM_FIXED',
    'SWARM_MANAGER_AWAY',
    'SWARM_NAME',
    'SWARM_NEEDS_CONFIG_FROM',
    'SWARM_NEEDS_IPV4',
    'SWARM_NOT_READY',
    'TOO_MANY_RESERVED',
    'TOO_MANY_SUBNETS',
    'UNUSABLE_SUBNET',
    'VLAN_ID_TAKEN',
  ],
  'somebody would lose a connection, an address or a network': [
    'ADDRESS_ANSWERED',
    'ADDRESS_NOT_ASKED',
    'ADDRESS_TAKEN',
    'BRIDGE_EXISTS',
    'ENDPOINT_ADDRESS',
    'ENDPOINT_BY_ID',
    'ENDPOINT_GOING',
    'ENDPOINT_MODE',
    'ENDPOINT_STUCK',
    'HOLDERS_UNSEEN',
    'IN_USE',
    'IPVLAN_MODE',
    'LINK_IN_USE',
    'LINK_TAKEN',
    'MAC_LOST',
    'NAME_TAKEN',
    'NETWORK_NOT_WANTED',
    'NOT_RECOVERED',
    'PARENT_LEAVES',
    'PARENT_WAS_GONE',
    'RANGE_OVERLAP',
    'RECOVERED',
    'SERVICE_HOLDS',
    'SHIM_ADDRESS_TAKEN',
    'SHIM_COVERS_GATEWAY',
    'SHIM_COVERS_SUBNET',
    'SHIM_PREFIX_LENGTH',
    'SHIM_ROUTE_TAKEN',
    'SUBNET_OVERLAP',
    'SWARM_HAS_OTHERS',
  ],
  'Compose has no words for it': ['NOT_IN_COMPOSE'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Every code that a problem can have. A new one is put into one of the two tables above, or it does not compile. */
export type ProblemCode = LintCode | (typeof FIRM)[keyof typeof FIRM][number];

/** Why a code cannot be ignored; undefined where it can be, and for what is no code. */
export function whyFirm(code: string): string | undefined {
  const lint = lintOf(code);
  if (lint !== undefined) return lint.ignorable ? undefined : lint.reason;
  return Object.entries<readonly string[]>(FIRM).find(([, codes]) => codes.includes(code))?.[0];
}

/** The lint of this code, if it is one. */
export function lintOf(code: string): Lint | undefined {
  return Object.hasOwn(LINTS, code) ? LINTS[code as LintCode] : undefined;
}

/** The codes that `ignore:` may name. */
export const IGNORABLE: readonly LintCode[] = (Object.keys(LINTS) as LintCode[]).filter(
  (code) => LINTS[code].ignorable,
);
