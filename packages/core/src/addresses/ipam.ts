import type { IpamEntry } from '../model.js';
import type { NetworkSpec } from '../spec/schema.js';
import { formatAddress, formatPrefix, parseAddress, parsePrefix } from './prefix.js';
import type { Address } from './prefix.js';
import { blocksOf, inRange, parseRange } from './range.js';
import type { AddressRange } from './range.js';

/**
 * The IPAM entries that a spec asks for, with canonical text. A range that is several blocks becomes one entry for each,
 * all with the same subnet (measured to work on macvlan on every engine); the gateway goes with the first.
 */
export function askedIpam(spec: NetworkSpec): readonly IpamEntry[] {
  const short = spec.subnet === undefined || spec.subnet === 'auto' ? [] : [shorthand(spec, spec.subnet)];
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
    if (range === undefined) return [{ ...base, ...first }];
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

/** The addresses that the engine hands out by itself, for each entry: the range where there is one, else the subnet. */
export function dynamicRange(entry: IpamEntry): AddressRange | undefined {
  const text = entry.ipRange ?? entry.subnet;
  return text === undefined ? undefined : parseRange(text);
}

/** A single address to keep the engine from handing out. */
export interface Reservation {
  readonly name: string;
  readonly address: Address;
}

/** More auxiliary addresses than this take engine 20.10 many seconds. */
const MAX_RESERVATIONS = 1000;

/** The single addresses of `reserve:` that lie inside a dynamic range; those outside need no reservation. */
export function reservations(spec: NetworkSpec, entries: readonly IpamEntry[]): readonly Reservation[] {
  const dynamic = entries.flatMap((entry) => dynamicRange(entry) ?? []);
  const result: Reservation[] = [];
  for (const [name, text] of Object.entries(spec.reserve ?? {})) {
    const wanted = parseRange(text);
    if (wanted === undefined) continue;
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
  const taken = new Set(entries.flatMap((entry) => takenBy(entry, implicitGateway)));
  const added = new Map<number, Record<string, string>>();
  for (const { name, address } of wanted) {
    const index = entries.findIndex((entry) => {
      const range = dynamicRange(entry);
      return range !== undefined && inRange(range, address);
    });
    const text = formatAddress(address);
    if (index === -1 || taken.has(text)) continue;
    taken.add(text);
    added.set(index, { ...added.get(index), [name]: text });
  }
  return entries.map((entry, index) => {
    const extra = added.get(index);
    return extra === undefined ? entry : { ...entry, auxAddresses: { ...extra, ...entry.auxAddresses } };
  });
}

function takenBy(entry: IpamEntry, implicitGateway: boolean): readonly string[] {
  const gateway = entry.gateway ?? (implicitGateway ? firstAddress(entry) : undefined);
  return [...(gateway === undefined ? [] : [gateway]), ...Object.values(entry.auxAddresses ?? {})];
}

/** The address that an engine takes as the gateway when none is given: the first of the range, else of the subnet. */
function firstAddress(entry: IpamEntry): string | undefined {
  const range = dynamicRange(entry);
  if (range === undefined) return undefined;
  return formatAddress({ family: range.family, value: entry.ipRange === undefined ? range.first + 1n : range.first });
}

function intersection(a: AddressRange, b: AddressRange): AddressRange | undefined {
  const first = a.first > b.first ? a.first : b.first;
  const last = a.last < b.last ? a.last : b.last;
  return a.family === b.family && first <= last ? { family: a.family, first, last } : undefined;
}

/** The text as it is where it is no prefix: the rules of the spec have reported that. */
function canonicalPrefix(text: string): string {
  const parsed = parsePrefix(text);
  return parsed === undefined ? text : formatPrefix(parsed.prefix);
}

function canonicalAddress(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}
