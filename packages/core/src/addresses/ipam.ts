import { groupBy } from '../group-by.js';
import type { IpamEntry, NetworkProps } from '../model.js';
import { remembered } from '../remembered.js';
import type { NetworkSpec } from '../spec/schema.js';
import { unique } from '../unique.js';
import { compareVersions } from '../versions.js';
import { isAuto } from './auto.js';
import { contains, formatAddress, formatPrefix, parsePrefix } from './prefix.js';
import type { Address, Prefix } from './prefix.js';
import { blocksOf, formatRange, inRange, intersection, parseRange, rangeOf } from './range.js';
import type { AddressRange } from './range.js';
import { canonicalAddress, canonicalPrefix } from './text.js';

/**
 * The IPAM entries that a spec asks for, with canonical text. A pool that says nothing, as `subnet: ${SUBNET:-}` may leave
 * it, is none: engines from 25 on would refuse it. A range that is several blocks becomes one entry for each, all with the
 * same subnet (measured to work on macvlan on every engine); the gateway goes with the first.
 */
export function askedIpam(spec: NetworkSpec): readonly IpamEntry[] {
  const short = spec.subnet === undefined || isAuto(spec.subnet) ? [] : [shorthand(spec, spec.subnet)];
  const long = (spec.ipam?.config ?? []).map(({ subnet, ip_range, gateway, aux_addresses }) => ({
    subnet,
    ip_range,
    gateway,
    aux_addresses,
  }));
  return [...short, ...long].flatMap(({ subnet, ip_range, gateway, aux_addresses }) => {
    const aux = Object.entries(aux_addresses ?? {}).map(([name, text]) => [name, canonicalAddress(text)] as const);
    const base = subnet === undefined ? {} : { subnet: canonicalPrefix(subnet) };
    const first = {
      ...(gateway === undefined ? {} : { gateway: canonicalAddress(gateway) }),
      ...(aux.length === 0 ? {} : { auxAddresses: Object.fromEntries(aux) }),
    };
    const range = ip_range === undefined ? undefined : parseRange(ip_range);
    if (range === undefined) return [{ ...base, ...first }].filter((entry) => Object.keys(entry).length > 0);
    return blocksOf(range).map((block, index) => ({
      ...base,
      ipRange: formatPrefix(block),
      ...(index === 0 ? first : {}),
    }));
  });
}

interface LongEntry {
  readonly subnet: string | undefined;
  readonly ip_range: string | undefined;
  readonly gateway: string | undefined;
  readonly aux_addresses: Readonly<Record<string, string>> | undefined;
}

function shorthand(spec: NetworkSpec, subnet: string): LongEntry {
  return { subnet, ip_range: spec.ip_range, gateway: spec.gateway, aux_addresses: undefined };
}

/** The addresses that the engine hands out by itself: the range where there is one, else the subnet. */
export function handedOut(subnet: Prefix | undefined, range: AddressRange | undefined): AddressRange | undefined {
  return range ?? (subnet === undefined ? undefined : rangeOf(subnet));
}

/** What the engine hands out of one entry. */
export function dynamicRange({ subnet, ipRange }: IpamEntry): AddressRange | undefined {
  return handedOut(subnetOf(subnet), ipRange === undefined ? undefined : parseRange(ipRange));
}

/** The subnets of a network, as numbers; several entries may have the same one. */
export function subnetsOf({ ipam }: Pick<NetworkProps, 'ipam'>): readonly Prefix[] {
  return ipam.config.flatMap(({ subnet }) => subnetOf(subnet) ?? []);
}

function subnetOf(text: string | undefined): Prefix | undefined {
  return text === undefined ? undefined : parsePrefix(text)?.prefix;
}

/** All entries of one subnet as one, since the blocks of a range come one to an entry. */
export interface IpamPool {
  readonly subnet?: string;
  /** Adjacent blocks are one range here: `192.168.1.100-192.168.1.130`. Empty where the whole subnet is handed out. */
  readonly ranges: readonly string[];
  /** More than one only where the engine has chosen one for each block. */
  readonly gateways: readonly string[];
  readonly auxAddresses: Readonly<Record<string, string>>;
}

/** The pools of a network, in the order of their first entries. */
export function poolsOf(entries: readonly IpamEntry[]): readonly IpamPool[] {
  const groups = groupBy(entries, ({ subnet }) => [subnet]);
  return [...groups].map(([subnet, group]) => ({
    ...(subnet === undefined ? {} : { subnet }),
    ranges: joined(group.flatMap(({ ipRange }) => ipRange ?? [])),
    gateways: unique(group.flatMap(({ gateway }) => gateway ?? [])),
    auxAddresses: Object.fromEntries(group.flatMap(({ auxAddresses }) => Object.entries(auxAddresses ?? {}))),
  }));
}

function joined(blocks: readonly string[]): readonly string[] {
  if (blocks.length === 0) return blocks;
  const ranges = blocks.map(parseRange).filter((range) => range !== undefined);
  if (ranges.length < blocks.length) return blocks;
  const result: AddressRange[] = [];
  for (const range of ranges.sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = result.at(-1);
    if (before !== undefined && before.last + 1n === range.first) result.splice(-1, 1, { ...before, last: range.last });
    else result.push(range);
  }
  return result.map(formatRange);
}

/** A single address to keep the engine from handing out. */
export interface Reservation {
  readonly name: string;
  readonly address: Address;
}

/** Each is an auxiliary address of its own, and more than this take engine 20.10 many seconds. */
export const MAX_RESERVATIONS = 1000;

const rangesOf = remembered((reserve: Readonly<Record<string, string>>) =>
  Object.entries(reserve).flatMap(([name, text]) => {
    const wanted = parseRange(text);
    return wanted === undefined ? [] : [{ name, wanted }];
  }),
);

/** The single addresses of `reserve:` that lie inside these dynamic ranges; those outside need no reservation. */
export function reservations(
  reserve: Readonly<Record<string, string>>,
  dynamic: readonly AddressRange[],
): readonly Reservation[] {
  const result: Reservation[] = [];
  for (const { name, wanted } of rangesOf(reserve)) {
    const overlapping = dynamic.flatMap((range) => intersection(range, wanted) ?? []);
    const single = wanted.first === wanted.last;
    let index = 0;
    for (const range of overlapping) {
      for (let value = range.first; value <= range.last && result.length < MAX_RESERVATIONS; value += 1n) {
        index += 1;
        result.push({ name: single ? name : `${name}-${index}`, address: { family: range.family, value } });
      }
    }
  }
  return result;
}

/**
 * The entries with what netctl reserves besides: an address is added to the entry in whose subnet it is, unless it is
 * outside the dynamic range, is the gateway, or is an auxiliary address already (engines refuse an address twice).
 */
export function withReservations(
  entries: readonly IpamEntry[],
  wanted: readonly Reservation[],
  implicitGateway: boolean,
): readonly IpamEntry[] {
  if (wanted.length === 0) return entries;
  const taken = new Set(entries.flatMap((entry) => takenBy(entry, implicitGateway)));
  const names = new Set(entries.flatMap(({ auxAddresses }) => Object.keys(auxAddresses ?? {})));
  const ranges = entries.map(dynamicRange);
  const added = new Map<number, Record<string, string>>();
  for (const { name, address } of wanted) {
    const index = ranges.findIndex((range) => range !== undefined && inRange(range, address));
    const text = formatAddress(address);
    if (index === -1 || taken.has(text)) continue;
    taken.add(text);
    const free = freeName(name, names);
    names.add(free);
    const extra = added.get(index) ?? {};
    extra[free] = text;
    added.set(index, extra);
  }
  return entries.map((entry, index) => {
    const extra = added.get(index);
    return extra === undefined ? entry : { ...entry, auxAddresses: { ...extra, ...entry.auxAddresses } };
  });
}

/** Of two addresses of one name the engine would be told one: the other would be handed out. */
function freeName(name: string, names: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; names.has(free); number += 1) free = `${name}-${number}`;
  return free;
}

function takenBy(entry: IpamEntry, implicitGateway: boolean): readonly string[] {
  const gateway = gatewayOf(entry, implicitGateway);
  return [...(gateway === undefined ? [] : [gateway]), ...Object.values(entry.auxAddresses ?? {})];
}

/** The gateway of an entry: the one that is given, else the one that the engine takes where it takes one. */
export function gatewayOf({ subnet, ipRange, gateway: given }: IpamEntry, implicit: boolean): string | undefined {
  if (given !== undefined || !implicit) return given;
  const prefix = subnetOf(subnet);
  const range = ipRange === undefined ? undefined : parseRange(ipRange);
  const gateway = prefix === undefined ? undefined : impliedGateway(prefix, range);
  return gateway === undefined ? undefined : formatAddress(gateway);
}

/** Whether an engine takes a gateway address where none is given: up to 28 for every network, 29 for bridges alone. */
export function takesGateway(driver: string, engineVersion: string): boolean {
  return driver === 'bridge' || compareVersions(engineVersion, '29.0') < 0;
}

/**
 * The address that an engine takes as the gateway when none is given: the first that it may hand out of the range, else
 * of the subnet. The first address of a subnet is nobody's, but in an IPv4 subnet of one or two addresses. A bridge
 * takes one always; which other drivers do is a matter of the engine.
 */
export function impliedGateway(subnet: Prefix, range: AddressRange | undefined): Address | undefined {
  const { family, first } = subnet;
  const start = range?.first ?? first;
  const edge = start === first && !(family === 4 && subnet.length >= 31);
  const address = { family, value: edge ? start + 1n : start };
  return contains(subnet, address) ? address : undefined;
}
