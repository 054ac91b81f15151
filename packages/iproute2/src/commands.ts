import type { LinkChange, LinkFact, LinkKind, LinkProps } from '@netctl/core';
import { LINK_GROUP } from '@netctl/core';
import { isV6 } from './check.js';

/** One run of `ip`, or of a program in its place, and what an error about it needs to know. */
export interface IpCommand {
  /** Arguments after the program itself. */
  readonly args: readonly string[];
  /** What `ip` reads. */
  readonly input?: string;
  /** What is run in place of `ip`, and what it reads. */
  readonly instead?: { readonly program: string; readonly input: string };
  /** What it does, to follow "Cannot": `add the address 192.168.1.223/32 to shim0`. */
  readonly does: string;
  readonly link?: string;
  readonly parent?: string;
  readonly kind?: LinkKind;
  readonly mtu?: number;
  /** What `ip` says when the host is already as wanted, which is then no error. */
  readonly fine?: RegExp;
}

/** A link that was just looked at, by what tells it from every other. */
export type Target = Pick<LinkFact, 'name' | 'index' | 'kind'>;

/**
 * A link by its index, as every `ip` takes it (seen with 5.3, 6.1 and 7.1) where no link has such a name: what
 * iproute2's lib/ll_map.c prints for an index, it also reads. A name may be another link's between one command and the
 * next, an index is not.
 */
export function device({ index }: { readonly index: number }): string {
  return `if${index}`;
}

/** Makes a link that carries the group mark from its first moment. The parent is never touched. */
export function makeCommand(props: LinkProps, below: Pick<LinkFact, 'index'>): IpCommand {
  const { name, kind, mtu, parent } = props;
  // An ipvlan link has its parent's MAC and the kernel takes no other (Documentation/networking/ipvlan.rst).
  const mac = kind === 'ipvlan' ? undefined : props.mac;
  // `name`, `group`, `address` and `mtu` belong before `type`: what follows it is read by the kind's own parser.
  const args = ['link', 'add', 'link', device(below), 'name', name, 'group', String(LINK_GROUP)];
  if (mac !== undefined) args.push('address', mac);
  if (mtu !== undefined) args.push('mtu', String(mtu));
  args.push('type', kind, ...kindArguments(props));
  const does = `make the ${kind} link ${name} on ${parent}`;
  return { args, does, link: name, parent, kind, ...(mtu === undefined ? {} : { mtu }) };
}

/**
 * All but the routes to add, and only what is named, in this order: alias, MTU, up (for a shim after it has been made to
 * ignore advertisements: an `add` that was cut short may not have come to that), addresses away, addresses, routes away.
 * The kernel drops the routes of a link that goes down, and those whose source is an address that goes: name them again
 * in `addRoutes`. `parent` is for messages.
 */
export function changeCommands(link: Target, change: LinkChange, parent?: string): readonly IpCommand[] {
  return [
    // `ip link add … alias X` returns 0 and drops the alias, hence a command of its own.
    ...(change.alias === undefined ? [] : [setAlias(link, change.alias)]),
    ...(change.mtu === undefined ? [] : [setMtu(link, change.mtu)]),
    ...(change.up === undefined ? [] : [...(isShim(link) ? [ignoreAdvertisements(link)] : []), setUp(link, parent)]),
    ...(change.removeAddresses ?? []).map((address) => removeAddress(link, address)),
    ...(change.addAddresses ?? []).map((address) => addAddress(link, address)),
    ...(change.removeRoutes ?? []).map((destination) => removeRoute(link, destination)),
  ];
}

/**
 * The mode is always given, since the kernel's defaults (VEPA for macvlan, l3 for ipvlan) are not Docker's. The ipvlan
 * flag only when it is asked for: it belongs to the parent's port, so naming it changes every ipvlan link there.
 */
function kindArguments(props: LinkProps): readonly string[] {
  switch (props.kind) {
    case 'vlan':
      return ['id', String(props.vlanId)];
    case 'macvlan':
      return ['mode', props.mode ?? 'bridge'];
    case 'ipvlan':
      return ['mode', props.mode ?? 'l2', ...(props.flag === undefined ? [] : [props.flag])];
  }
}

function setAlias(link: Target, alias: string): IpCommand {
  const args = ['link', 'set', 'dev', device(link), 'alias', alias];
  return { args, does: `set the alias of ${link.name}`, link: link.name };
}

/** A VLAN link is no shim: whoever wants one for itself may want the addresses that its router announces. */
function isShim({ kind }: Target): boolean {
  return kind === 'macvlan' || kind === 'ipvlan';
}

/**
 * The router of the LAN announces itself to every link, and a shim would take a global address, a route to the LAN and a
 * second default route from it. `addrgenmode none` does not prevent that (Linux 6.18 takes all three without a link-local
 * address) and `ip` cannot set accept_ra. /proc/sys/net is that of whoever opens it, so `tee`, which is where `ip` is
 * (coreutils, BusyBox), writes to the right one behind any prefix. A kernel without IPv6 has no such file.
 *
 * The one command that goes by name, since the kernel has these files by name alone: another link that takes the name in
 * the moment since the look would ignore advertisements too.
 */
function ignoreAdvertisements({ name }: Target): IpCommand {
  return {
    args: [`/proc/sys/net/ipv6/conf/${name}/accept_ra`],
    instead: { program: 'tee', input: '0' },
    does: `make ${name} ignore the router advertisements of IPv6`,
    link: name,
    fine: /No such file or directory/,
  };
}

function setMtu(link: Target, mtu: number): IpCommand {
  const args = ['link', 'set', 'dev', device(link), 'mtu', String(mtu)];
  return { args, does: `set the MTU of ${link.name} to ${mtu}`, link: link.name, mtu };
}

function setUp(link: Target, parent: string | undefined): IpCommand {
  const args = ['link', 'set', 'dev', device(link), 'up'];
  return { args, does: `bring ${link.name} up`, link: link.name, ...(parent === undefined ? {} : { parent }) };
}

/**
 * `nodad`, since an address that duplicate address detection still checks is refused as the source of a route
 * ("Invalid source address"). Its owner has set it aside, and nobody else may use it. `replace` takes an address of the
 * same link alone, so a second run over a half-made link does no harm.
 */
function addAddress(link: Target, address: string): IpCommand {
  const v6 = isV6(address);
  const whole = `${address}/${v6 ? 128 : 32}`;
  const args = ['addr', 'replace', whole, 'dev', device(link), ...(v6 ? ['nodad'] : [])];
  return { args, does: `add the address ${whole} to ${link.name}`, link: link.name };
}

function removeAddress(link: Target, address: string): IpCommand {
  const args = ['addr', 'del', address, 'dev', device(link)];
  const fine = /Address not found|Cannot assign requested address/i;
  return { args, does: `remove the address ${address} from ${link.name}`, link: link.name, fine };
}

/**
 * `proto static`, "installed by the administrator": without it a route counts as made while booting (`boot`), which
 * routing daemons purge when they start (ip-route(8)).
 */
export function addRoute(link: Target, { destination, source }: LinkProps['routes'][number]): IpCommand {
  const from = source === undefined ? [] : ['src', source];
  const args = [...family(destination), 'route', 'add', destination, 'dev', device(link), ...from, 'proto', 'static'];
  return { args, does: `route ${destination} to ${link.name}`, link: link.name };
}

/** Of this link alone, and of this maker where one is named. */
export function removeRoute(link: Target, destination: string, protocol?: string): IpCommand {
  const by = protocol === undefined ? [] : ['proto', protocol];
  const args = [...family(destination), 'route', 'del', destination, 'dev', device(link), ...by];
  const does = `remove the route ${destination} from ${link.name}`;
  return { args, does, link: link.name, fine: /No such process/ };
}

function family(destination: string): readonly string[] {
  return isV6(destination) ? ['-6'] : ['-4'];
}
