import type { LinkSafety } from './safety.js';

/**
 * The port to the links of a host: what an adapter such as `@netctl/iproute2` gives. Only plain data crosses it.
 * Prefixes and addresses are text in canonical form (`192.168.1.0/24`, `fd00::1`), without host bits in a route.
 */

/** An address on a link, as the kernel has it. */
export interface LinkAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
}

/** A route of any table of the host, local and broadcast ones left out. `default` is `0.0.0.0/0` or `::/0`. */
export interface RouteFact {
  readonly destination: string;
  readonly table: string;
  readonly link?: string;
  readonly via?: string;
  readonly source?: string;
  /** Who made it: `kernel` (it comes and goes with an address), `static`, `boot`, `dhcp` and so on. */
  readonly protocol?: string;
}

/** A link of the host as it is. */
export interface LinkFact {
  readonly name: string;
  readonly index: number;
  /** `macvlan`, `ipvlan`, `vlan`, `bridge`, `veth` and so on; undefined for hardware. */
  readonly kind?: string;
  /** The link it is stacked on. */
  readonly parent?: string;
  /** The bridge, bond or team it is a port of. */
  readonly master?: string;
  /** `ether`, `loopback` and so on. */
  readonly type: string;
  readonly mtu: number;
  /** Administratively up. */
  readonly up: boolean;
  readonly mac?: string;
  /** macvlan and ipvlan: the mode in Docker's words. */
  readonly mode?: string;
  /** ipvlan: `bridge`, `private` or `vepa`. */
  readonly flag?: string;
  /** 802.1Q id; `protocol` is lower case, `802.1q` as a rule. */
  readonly vlan?: { readonly id: number; readonly protocol: string };
  readonly alias?: string;
  /** The link group as a number; 0 is the kernel's default. */
  readonly group: number;
  readonly wireless: boolean;
  readonly addresses: readonly LinkAddress[];
}

/** What to make: a VLAN subinterface, or the host's shim on the parent of a macvlan or ipvlan network. */
export interface LinkProps {
  readonly name: string;
  readonly kind: 'vlan' | 'macvlan' | 'ipvlan';
  readonly parent: string;
  /** kind vlan: 1 to 4094 */
  readonly vlanId?: number;
  /** kind macvlan: bridge, vepa, private; kind ipvlan: l2, l3, l3s */
  readonly mode?: string;
  /** kind ipvlan: bridge, private, vepa */
  readonly flag?: string;
  /** Fixed MAC, so that neighbours' caches survive a new shim. Never for ipvlan, which has its parent's. */
  readonly mac?: string;
  /** Bytes; the parent's where it is not given. */
  readonly mtu?: number;
  /** Host addresses (/32 or /128 by construction), without a length. */
  readonly addresses: readonly string[];
  /** Destinations that leave by this link, each with the source address to use. */
  readonly routes: readonly { readonly destination: string; readonly source?: string }[];
}

/** What to change on a link that exists; absent keys stay as they are. */
export interface LinkChange {
  readonly alias?: string;
  readonly mtu?: number;
  readonly up?: true;
  readonly addAddresses?: readonly string[];
  /** with their prefix lengths, since that is what the kernel removes by: `192.168.1.223/24` */
  readonly removeAddresses?: readonly string[];
  readonly addRoutes?: LinkProps['routes'];
  readonly removeRoutes?: readonly string[];
}

/** What the firmware of a machine says of it (DMI, SMBIOS), as it is written there. */
export interface MachineFacts {
  readonly systemVendor?: string;
  readonly productName?: string;
  readonly boardVendor?: string;
  readonly biosVersion?: string;
  readonly chassisAssetTag?: string;
}

/** A file by which `netctl persist` has the host make links of a stack at boot. */
export interface PersistedFile {
  readonly stack: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** All that the planner needs to know about the links of a host. */
export interface LinkFacts {
  readonly links: readonly LinkFact[];
  readonly routes: readonly RouteFact[];
  /** Whether this process may change links (CAP_NET_ADMIN where the links are). */
  readonly mayChange: boolean;
  /** By what it may: as root, by capabilities of the process itself, or by `sudo -n ip`. Absent where that is not known. */
  readonly privilege?: Privilege;
  /** The addresses of those who are logged in by ssh and run this. The way to them is kept. */
  readonly clients?: readonly string[];
  /** Absent where the links are those of another machine. */
  readonly machine?: MachineFacts;
  /** Absent where nobody has looked, which is so on another machine. */
  readonly persisted?: readonly PersistedFile[];
}

/** By what right links are changed: as root, by ambient capabilities, or by `sudo -n`. */
export type Privilege = 'root' | 'capabilities' | 'sudo';

/** A kind of link that the kernel must know before Docker or netctl can make one. */
export type LinkKind = 'macvlan' | 'ipvlan' | 'vlan' | 'vxlan' | 'dummy';

/** What a kernel may lack; `esp`: IPsec with the cipher by which an engine encrypts an overlay. */
export type KernelKind = LinkKind | 'esp';

/**
 * Where to ask who has an address: on a link that is there, or on VLANs above it that are not there yet, the lowest first.
 */
export interface Segment {
  readonly link: string;
  /** 802.1Q ids */
  readonly vlans: readonly number[];
  /** What the addresses are for: a macvlan link speaks with a MAC of its own, an ipvlan link with that of its parent. */
  readonly kind: 'macvlan' | 'ipvlan';
}

/** What came of asking. An address that is in neither list is one for which nobody answered. */
export interface WireAnswers {
  readonly taken: readonly { readonly address: string; readonly mac: string }[];
  /** Addresses that could not be asked for. */
  readonly unasked: readonly string[];
  /** What was missing, as whole sentences without a full stop: what was done instead, or why nobody could be asked. */
  readonly notes: readonly string[];
}

/** Something of the links, addresses or routes of a host has changed: a reason to look, and no state to go by. */
export interface LinkEvent {
  readonly type: 'link' | 'address' | 'route' | 'unknown';
  /** The link that it is about, where that is told. */
  readonly link?: string;
}

/**
 * Reads and changes the links of one host. Every call has a deadline of its own and obeys the signal; all throw
 * NetctlError (IPROUTE2_MISSING, PERMISSION, LINK_FAILED, LINK_TIMEOUT).
 */
export interface LinkBackend {
  /** Reads links, addresses and the routes of every table; changes nothing. */
  observe(signal?: AbortSignal): Promise<LinkFacts>;
  /**
   * What else would let netctl change links, where `mayChange` says no: asked only when there is something to change.
   * Absent where there is nothing else.
   */
  otherPrivilege?(signal?: AbortSignal): Promise<Privilege | undefined>;
  /**
   * Tells of changes, for as long as the signal allows; a moment may pass until it begins. Resolves when it is aborted, and
   * what it has started is gone then, also when this process is killed. Rejects when it can tell nothing, or no more.
   */
  watch(onChange: (event: LinkEvent) => void, signal: AbortSignal): Promise<void>;
  /**
   * Which of these kinds the kernel can make, found by making one in a scratch network namespace that is gone
   * afterwards. `unknown` where that cannot be tried (no privilege).
   */
  probe(
    kinds: readonly KernelKind[],
    signal?: AbortSignal,
  ): Promise<Readonly<Partial<Record<KernelKind, 'yes' | 'no' | 'unknown'>>>>;
  /**
   * Asks who has these addresses, all at once, with probes that claim none for themselves (RFC 5227: sender 0.0.0.0), so
   * that nobody's caches change. Nothing stays on the host, also after a kill. What cannot be asked is told and thrown
   * by none but an abort and LINK_TIMEOUT while the links are read.
   */
  ask(segment: Segment, addresses: readonly string[], signal?: AbortSignal): Promise<WireAnswers>;
  /**
   * Makes the link with the group mark in the same command, then alias, up, addresses, routes, one by one. An address or
   * a route to the same destination that another link has stays there, and that is LINK_FAILED. So is a parent of another
   * index than this one, where it is given; the parent is never touched.
   */
  add(props: LinkProps, alias: string, parentIndex?: number, signal?: AbortSignal): Promise<void>;
  /**
   * Changes only what is named, if the link's index is still this one: LINK_FAILED when it is gone or another link has
   * the name by now. Addresses and routes of others stay, as in `add`; what is as wanted already is no error.
   */
  set(name: string, index: number, change: LinkChange, signal?: AbortSignal): Promise<void>;
  /**
   * Removes the link if its index is still this one; a link that is gone already is no error. Another link that has the
   * name by now stays, and that is LINK_FAILED.
   */
  remove(name: string, index: number, signal?: AbortSignal): Promise<void>;
  /** Absent where nobody can be cut off: the links of a test. */
  readonly safety?: LinkSafety;
}

/** The link group that netctl gives in `ip link add` itself, so that a link is never without a mark ("nc" in ASCII). */
export const LINK_GROUP = 0x6e63;
