import type { LinkFact, LinkPlan } from '@netctl/core';
import { fieldsOf, listOf, numberOf, textOf } from '../json.js';
import type { Fields } from '../json.js';
import { toLinkFact } from '../map-links.js';
import { isV6 } from '../check.js';
import { defaultLines, routeLines } from './route-lines.js';
import { batchLine } from './words.js';

/** The links and routes of a host as `ip` prints them, with all that it takes to make them again. */
export interface Snapshot {
  /** The answer of `ip -json -Numeric -details addr show`. */
  readonly links: readonly unknown[];
  /** The answer of `ip -json -Numeric -details route show table all`. */
  readonly routes: readonly unknown[];
}

/**
 * What undoes the changes, as lines for `ip -force -batch`, the last change first. Each is right also where its change
 * was not made, or by half: then it fails, or changes nothing.
 */
export function undoLines(plans: readonly LinkPlan[], snapshot: Snapshot): readonly string[] {
  const lines = plans.toReversed().flatMap((plan) => {
    const before = snapshot.links.map(fieldsOf).find((item) => item['ifname'] === plan.name);
    // Nobody's link goes that was there before.
    if (plan.op === 'add') return before === undefined ? batchLine(['link', 'del', 'dev', plan.name]) : [];
    const link = before === undefined ? undefined : toLinkFact(before);
    if (before === undefined || link === undefined) return [];
    return plan.op === 'remove'
      ? [...makeLines(link), ...contentLines(before, link, snapshot)]
      : [...takeLines(plan, link), ...contentLines(before, link, snapshot)];
  });
  return [...lines, ...defaultLines(snapshot.routes), ...forgetNeighbours(snapshot)];
}

/** So that they are asked for, and learn from that by which MAC the host is reached now. */
function forgetNeighbours({ links }: Snapshot): readonly string[] {
  return links.map(fieldsOf).flatMap((item) => {
    const hasAddress = item['link_type'] === '[1]' && listOf(item['addr_info']).length > 0;
    return hasAddress ? batchLine(['neigh', 'flush', 'dev', textOf(item['ifname']) ?? '']) : [];
  });
}

function makeLines(link: LinkFact): readonly string[] {
  const { name, parent, kind, mac } = link;
  if (parent === undefined || kind === undefined) return [];
  return batchLine([
    ...['link', 'add', 'link', parent, 'name', name, 'group', link.group],
    // An ipvlan link has its parent's.
    ...(mac === undefined || kind === 'ipvlan' ? [] : ['address', mac]),
    ...['mtu', link.mtu, 'type', kind],
    ...kindWords(link),
    ...(link.flag === undefined ? [] : [link.flag]),
  ]);
}

function kindWords({ vlan, mode }: LinkFact): readonly (string | number)[] {
  if (vlan !== undefined) return ['protocol', vlan.protocol, 'id', vlan.id];
  return mode === undefined ? [] : ['mode', mode];
}

/** What the change adds goes, before what was there comes back. */
function takeLines({ change }: LinkPlan & { op: 'set' }, link: LinkFact): readonly string[] {
  const { addAddresses = [], addRoutes = [] } = change;
  const had = new Set(link.addresses.map(({ address }) => address));
  return [
    ...addRoutes.flatMap(({ destination }) =>
      batchLine(['route', 'del', destination, 'dev', link.name, 'proto', 'static']),
    ),
    ...addAddresses
      .filter((address) => !had.has(address))
      .flatMap((address) => batchLine(['addr', 'del', `${address}/${isV6(address) ? 128 : 32}`, 'dev', link.name])),
  ];
}

/** Alias, MTU, master, state, addresses and routes of a link. */
function contentLines(item: Fields, link: LinkFact, { routes }: Snapshot): readonly string[] {
  const { name, alias, mtu, master, up, addresses } = link;
  const set = ['link', 'set', 'dev', name];
  const sources = addresses.map(({ address }) => address);
  return [
    ...(alias === undefined ? [] : batchLine([...set, 'alias', alias])),
    ...batchLine([...set, 'mtu', mtu]),
    ...(master === undefined ? [] : batchLine([...set, 'master', master])),
    ...(up ? batchLine([...set, 'up']) : []),
    ...listOf(item['addr_info']).flatMap((one) => addressLine(fieldsOf(one), name)),
    ...(up ? routeLines(routes, name, sources) : []),
  ];
}

/** INFINITY_LIFE_TIME of the kernel, as a number of seconds. */
const FOREVER = 0xffff_ffff;

function addressLine(fields: Fields, link: string): readonly string[] {
  const [local = '', peer] = [textOf(fields['local']), textOf(fields['address'])];
  const length = numberOf(fields['prefixlen']) ?? (isV6(local) ? 128 : 32);
  const lifetime = (key: string): string | number => {
    const seconds = numberOf(fields[key]) ?? FOREVER;
    return seconds === FOREVER ? 'forever' : seconds;
  };
  return batchLine([
    ...['addr', 'replace'],
    ...(peer === undefined ? [`${local}/${length}`] : [local, 'peer', `${peer}/${length}`]),
    ...(textOf(fields['broadcast']) === undefined ? [] : ['broadcast', textOf(fields['broadcast']) ?? '']),
    ...['scope', textOf(fields['scope']) ?? '0', 'dev', link],
    ...['valid_lft', lifetime('valid_life_time'), 'preferred_lft', lifetime('preferred_life_time')],
    ...(fields['noprefixroute'] === true ? ['noprefixroute'] : []),
    // It was checked when it was first given.
    ...(isV6(local) ? ['nodad'] : []),
  ]);
}
