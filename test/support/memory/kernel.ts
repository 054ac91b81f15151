import {
  contains,
  formatAddress,
  formatPrefix,
  parseAddress,
  parsePrefix,
  prefixOf,
} from '../../../packages/core/src/addresses/prefix.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { LINK_GROUP } from '../../../packages/core/src/links.js';
import type { LinkFact, LinkProps } from '../../../packages/core/src/links.js';
import { addLink, nextNumber } from './world.js';
import type { World } from './world.js';

/** What `ip` does to the links of a world, with the kernel's checks and side effects; each is one write. */

export function linkFailed(message: string): NetctlError {
  return new NetctlError('LINK_FAILED', message);
}

export function linkOf(world: World, name: string): LinkFact {
  const link = world.links.find((one) => one.name === name);
  if (link === undefined) throw linkFailed(`there is no link ${name}`);
  return link;
}

export function changeLink(world: World, name: string, change: Partial<LinkFact>): void {
  world.links = world.links.map((link) => (link.name === name ? { ...link, ...change } : link));
}

export function makeLink(world: World, props: LinkProps): void {
  const { name, kind, mtu, vlanId } = props;
  if (world.links.some((link) => link.name === name)) throw linkFailed(`there is a link ${name} already`);
  // The kernel puts a macvlan on a macvlan on the device below both.
  const parent = baseOf(world, linkOf(world, props.parent), kind);
  if (world.kernel[kind] === 'no') throw linkFailed(`the kernel has no ${kind}`);
  if (mtu !== undefined && mtu > parent.mtu) throw linkFailed(`the MTU ${mtu} is above that of ${parent.name}`);
  const siblings = world.links.filter((link) => link.parent === parent.name);
  if (kind === 'vlan' && siblings.some((link) => link.kind === 'vlan' && link.vlan?.id === vlanId)) {
    throw linkFailed(`${parent.name} has VLAN ${vlanId ?? ''} already: File exists`);
  }
  const other = kind === 'macvlan' ? 'ipvlan' : 'macvlan';
  if (kind !== 'vlan' && (parent.master !== undefined || siblings.some((link) => link.kind === other))) {
    throw linkFailed(`${parent.name} is busy: Device or resource busy`);
  }
  const mode = props.mode ?? (kind === 'macvlan' ? 'bridge' : 'l2');
  const flag = props.flag ?? 'bridge';
  if (kind === 'ipvlan') {
    // Mode and flag are the parent's, so a new link changes the others.
    for (const link of siblings) if (link.kind === 'ipvlan') changeLink(world, link.name, { mode, flag });
  }
  addLink(world, {
    name,
    kind,
    parent: parent.name,
    mtu: mtu ?? parent.mtu,
    up: false,
    group: LINK_GROUP,
    mac: kind === 'macvlan' ? (props.mac ?? randomMac(world)) : (parent.mac ?? randomMac(world)),
    ...(kind === 'vlan' ? {} : { mode }),
    ...(kind === 'ipvlan' ? { flag } : {}),
    ...(kind === 'vlan' && vlanId !== undefined ? { vlan: { id: vlanId, protocol: '802.1q' } } : {}),
  });
}

function baseOf(world: World, parent: LinkFact, kind: string): LinkFact {
  return parent.kind === kind && kind !== 'vlan' && parent.parent !== undefined ? linkOf(world, parent.parent) : parent;
}

function randomMac(world: World): string {
  const digits = nextNumber(world).toString(16).padStart(8, '0');
  return `52:54:${digits.match(/../g)?.join(':') ?? ''}`;
}

/** The kernel takes everything stacked on a link with it, and its routes. */
export function removeLink(world: World, name: string): void {
  for (const upper of world.links.filter(({ parent }) => parent === name)) removeLink(world, upper.name);
  world.links = world.links.filter((link) => link.name !== name);
  world.routes = world.routes.filter(({ link }) => link !== name);
}

export function setUp(world: World, name: string): void {
  const link = linkOf(world, name);
  if (link.up) return;
  const parent = world.links.find((one) => one.name === link.parent);
  // vlan_dev_open; a macvlan or ipvlan link may be up on one that is down.
  if (link.kind === 'vlan' && parent?.up === false) throw linkFailed(`Cannot bring ${name} up: Network is down`);
  const linkLocal = { address: `fe80::${link.index.toString(16)}`, prefixLength: 64, scope: 'link' };
  changeLink(world, name, { up: true, addresses: [...link.addresses, linkLocal] });
  world.routes.push({ destination: 'fe80::/64', table: 'main', link: name, protocol: 'kernel' });
}

/** Routes are lost and IPv6 addresses too; a VLAN link follows. Nothing of it comes back with `up`. */
export function setDown(world: World, name: string): void {
  const link = linkOf(world, name);
  changeLink(world, name, {
    up: false,
    addresses: link.addresses.filter(({ address }) => !address.includes(':')),
  });
  world.routes = world.routes.filter((route) => route.link !== name);
  for (const upper of world.links.filter(({ parent, kind }) => parent === name && kind === 'vlan')) {
    setDown(world, upper.name);
  }
}

/** An address with its prefix length, as `ip addr replace` takes it. */
export function addAddress(world: World, name: string, text: string): void {
  const link = linkOf(world, name);
  const [address = '', length = ''] = text.split('/');
  const prefixLength = Number(length);
  const canonical = canonicalAddress(address);
  if (link.addresses.some((one) => one.address === canonical && one.prefixLength === prefixLength)) return;
  changeLink(world, name, {
    addresses: [...link.addresses, { address: canonical, prefixLength, scope: 'global' }],
  });
  // A host address of IPv4 is in the local table alone; one of IPv6 is in the main table too.
  if (link.up && text !== `${address}/32`) {
    world.routes.push({ ...connected(canonical, prefixLength), table: 'main', link: name, protocol: 'kernel' });
  }
}

function connected(address: string, length: number): { destination: string; source?: string } {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw linkFailed(`${address} is no address`);
  const destination = formatPrefix(prefixOf(parsed, length));
  return parsed.family === 4 ? { destination, source: address } : { destination };
}

/** With the last of an address go the IPv4 routes that have it as their source; IPv6 routes lose the source alone. */
export function removeAddress(world: World, name: string, text: string): void {
  const link = linkOf(world, name);
  const [address = '', length = ''] = text.split('/');
  const canonical = canonicalAddress(address);
  const left = link.addresses.filter((one) => !(one.address === canonical && one.prefixLength === Number(length)));
  if (left.length === link.addresses.length) return;
  changeLink(world, name, { addresses: left });
  const { destination } = connected(canonical, Number(length));
  world.routes = world.routes.filter(
    (route) => !(route.link === name && route.protocol === 'kernel' && route.destination === destination),
  );
  if (world.links.some(({ addresses }) => addresses.some((one) => one.address === canonical))) return;
  world.routes = world.routes.flatMap((route) => {
    if (route.source !== canonical) return [route];
    if (!canonical.includes(':')) return [];
    const { source: _lost, ...rest } = route;
    return [rest];
  });
}

/** `ip route add … proto static`, after those to the same destination by the same link are gone; any other is refused. */
export function addRoute(world: World, name: string, route: LinkProps['routes'][number]): void {
  const link = linkOf(world, name);
  const { destination, source } = route;
  if (!link.up) throw linkFailed(`Cannot route ${destination} to ${name}: Network is down`);
  const prefix = parsePrefix(destination)?.prefix;
  if (prefix === undefined) throw linkFailed(`${destination} is no prefix`);
  const known =
    source === undefined ||
    world.links.some(({ addresses }) => addresses.some((one) => one.address === canonicalAddress(source)));
  if (!known) throw linkFailed(`Cannot route ${destination} to ${name}: Invalid prefsrc address`);
  const same = world.routes.filter((one) => one.destination === destination);
  const theirs = same.find((one) => one.link !== name || one.via !== undefined);
  if (theirs !== undefined) {
    const way = `by ${theirs.link ?? 'nobody'}${theirs.via === undefined ? '' : ` via ${theirs.via}`}`;
    throw linkFailed(`Cannot route ${destination} to ${name}: somebody made a route there ${way} meanwhile`);
  }
  // IPv6 keeps the kernel's own routes apart by their metric.
  const own = same.filter((one) => one.table === 'main' && !(prefix.family === 6 && one.protocol === 'kernel'));
  if (own.some((one) => one.protocol !== 'kernel' && (source === undefined || one.source === source))) return;
  world.routes = world.routes.filter((one) => !own.includes(one));
  world.routes.push({ destination, table: 'main', link: name, protocol: 'static', ...(source && { source }) });
}

export function removeRoute(world: World, name: string, destination: string): void {
  const at = world.routes.findIndex(
    (route) => route.link === name && route.destination === destination && route.table === 'main',
  );
  if (at >= 0) world.routes.splice(at, 1);
}

/** Whether a link or a route of the host is in this prefix, as the engine looks before it chooses a subnet. */
export function inUse(world: World, text: string): boolean {
  const prefix = parsePrefix(text)?.prefix;
  if (prefix === undefined) return false;
  return world.routes.some(({ destination }) => {
    const route = parsePrefix(destination)?.prefix;
    if (route === undefined || route.length === 0 || route.family !== prefix.family) return false;
    return (
      contains(prefix, { family: route.family, value: route.first }) ||
      contains(route, { family: prefix.family, value: prefix.first })
    );
  });
}

function canonicalAddress(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}
