import type { LinkChange, LinkKind, LinkProps } from '@netctl/core';
import { LINK_GROUP } from '@netctl/core';
import { checkedAddress, checkedAlias, checkedLinkName, checkedPrefix, isV6 } from './check.js';

/** One run of `ip`, or of a program in its place, and what an error about it needs to know. */
export interface IpCommand {
  /** Arguments after the program itself. */
  readonly args: readonly string[];
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

/**
 * Makes a link that carries the group mark from its first moment. Then its alias, no advertisements for a shim,
 * addresses, up, routes: a route needs a link that is up and its own source address. The parent is never touched. An address is added with `replace` and a
 * route likewise, so a second run over a half-made link does no harm.
 */
export function addCommands(props: LinkProps, alias: string): readonly IpCommand[] {
  const { name, kind, mtu } = props;
  checkedLinkName(name);
  const parent = checkedLinkName(props.parent);
  // An ipvlan link has its parent's MAC and the kernel takes no other (Documentation/networking/ipvlan.rst).
  const mac = kind === 'ipvlan' ? undefined : props.mac;
  // `name`, `group`, `address` and `mtu` belong before `type`: what follows it is read by the kind's own parser.
  const args = ['link', 'add', 'link', parent, 'name', name, 'group', String(LINK_GROUP)];
  if (mac !== undefined) args.push('address', mac);
  if (mtu !== undefined) args.push('mtu', String(mtu));
  args.push('type', kind, ...kindArguments(props));
  const does = `make the ${kind} link ${name} on ${parent}`;
  const make: IpCommand = { args, does, link: name, parent, kind, ...(mtu === undefined ? {} : { mtu }) };
  // `ip link add … alias X` returns 0 and drops the alias, hence a command of its own.
  const rest = { alias, addAddresses: props.addresses, up: true, addRoutes: props.routes } as const;
  return [
    make,
    ...setAlias(name, rest.alias),
    ...(isShim(kind) ? [ignoreAdvertisements(name)] : []),
    ...rest.addAddresses.map((address) => addAddress(name, address)),
    setUp(name, parent),
    ...rest.addRoutes.map((route) => addRoute(name, route)),
  ];
}

/**
 * Only what is named, in this order: alias, MTU, up (for a shim, which `kind` tells, after it has been made to ignore
 * advertisements: an `add` that was cut short may not have come to that), addresses away, addresses, routes away, routes. The kernel drops
 * the routes of a link that goes down, and those whose source is an address that goes: name them again in `addRoutes`.
 */
export function setCommands(name: string, change: LinkChange, kind?: string): readonly IpCommand[] {
  checkedLinkName(name);
  return [
    ...(change.alias === undefined ? [] : setAlias(name, change.alias)),
    ...(change.mtu === undefined ? [] : [setMtu(name, change.mtu)]),
    ...(change.up === undefined ? [] : [...(isShim(kind) ? [ignoreAdvertisements(name)] : []), setUp(name)]),
    ...(change.removeAddresses ?? []).map((address) => removeAddress(name, address)),
    ...(change.addAddresses ?? []).map((address) => addAddress(name, address)),
    ...(change.removeRoutes ?? []).map((destination) => removeRoute(name, destination)),
    ...(change.addRoutes ?? []).map((route) => addRoute(name, route)),
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

function setAlias(name: string, alias: string): readonly IpCommand[] {
  const args = ['link', 'set', 'dev', name, 'alias', checkedAlias(alias)];
  return [{ args, does: `set the alias of ${name}`, link: name }];
}

/** A VLAN link is no shim: whoever wants one for itself may want the addresses that its router announces. */
function isShim(kind: string | undefined): boolean {
  return kind === 'macvlan' || kind === 'ipvlan';
}

/**
 * The router of the LAN announces itself to every link, and a shim would take a global address, a route to the LAN and a
 * second default route from it. `addrgenmode none` does not prevent that (Linux 6.18 takes all three without a link-local
 * address) and `ip` cannot set accept_ra. /proc/sys/net is that of whoever opens it, so `tee`, which is where `ip` is
 * (coreutils, BusyBox), writes to the right one behind any prefix. A kernel without IPv6 has no such file.
 */
function ignoreAdvertisements(name: string): IpCommand {
  return {
    args: [`/proc/sys/net/ipv6/conf/${name}/accept_ra`],
    instead: { program: 'tee', input: '0' },
    does: `make ${name} ignore the router advertisements of IPv6`,
    link: name,
    fine: /No such file or directory/,
  };
}

function setMtu(name: string, mtu: number): IpCommand {
  const args = ['link', 'set', 'dev', name, 'mtu', String(mtu)];
  return { args, does: `set the MTU of ${name} to ${mtu}`, link: name, mtu };
}

function setUp(name: string, parent?: string): IpCommand {
  const args = ['link', 'set', 'dev', name, 'up'];
  return { args, does: `bring ${name} up`, link: name, ...(parent === undefined ? {} : { parent }) };
}

/**
 * `nodad`, since an address that duplicate address detection still checks is refused as the source of a route
 * ("Invalid source address"). Its owner has set it aside, and nobody else may use it.
 */
function addAddress(name: string, address: string): IpCommand {
  const v6 = isV6(checkedAddress(address));
  const whole = `${address}/${v6 ? 128 : 32}`;
  const args = ['addr', 'replace', whole, 'dev', name, ...(v6 ? ['nodad'] : [])];
  return { args, does: `add the address ${whole} to ${name}`, link: name };
}

function removeAddress(name: string, address: string): IpCommand {
  const args = ['addr', 'del', checkedPrefix(address), 'dev', name];
  const fine = /Address not found|Cannot assign requested address/i;
  return { args, does: `remove the address ${address} from ${name}`, link: name, fine };
}

/**
 * `proto static`, "installed by the administrator": without it a route counts as made while booting (`boot`), which
 * routing daemons purge when they start (ip-route(8)).
 */
function addRoute(name: string, route: LinkProps['routes'][number]): IpCommand {
  const source = route.source === undefined ? [] : ['src', checkedAddress(route.source)];
  const target = ['replace', checkedPrefix(route.destination), 'dev', name];
  const args = [...family(route.destination), 'route', ...target, ...source, 'proto', 'static'];
  return { args, does: `route ${route.destination} to ${name}`, link: name };
}

function removeRoute(name: string, destination: string): IpCommand {
  const args = [...family(destination), 'route', 'del', checkedPrefix(destination), 'dev', name];
  return { args, does: `remove the route ${destination} from ${name}`, link: name, fine: /No such process/ };
}

function family(destination: string): readonly string[] {
  return isV6(destination) ? ['-6'] : ['-4'];
}
