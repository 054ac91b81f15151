import type { Holder, IpamEntry } from '../model.js';
import { gatewayOf, poolsOf } from './ipam.js';
import type { IpamPool } from './ipam.js';
import { formatAddress, parseAddress, parsePrefix } from './prefix.js';
import type { Address, Prefix } from './prefix.js';
import { formatRange, hostsOf, intersection, parseRange, rangeOf, rangeSize, sizeOfUnion } from './range.js';
import type { AddressRange } from './range.js';

/** One address, or several in a row, and who has them. */
export interface AddressOwner {
  /** `192.168.1.1`, `192.168.1.100-192.168.1.150` or `192.168.1.192/27`. */
  readonly range: string;
  /** `dynamic`: the engine hands them out of its own accord. */
  readonly kind: 'used' | 'reserved' | 'dynamic';
  /** `gateway`, `shim`, a container's name, a name of `reserve:` … */
  readonly who: string;
}

/** What becomes of the addresses of a subnet. Each counts once, in the first of these that it is: used, reserved, dynamic, free. */
export interface SubnetUse {
  readonly subnet: string;
  /** Addresses that a machine can have; counts are text, since IPv6 has more than a number holds. */
  readonly size: string;
  /** By containers of this host. */
  readonly used: string;
  readonly reserved: string;
  /** Which the engine may still hand out. */
  readonly dynamic: string;
  readonly free: string;
  /** The subnet from its first address to its last: `#` used, `x` reserved, `-` dynamic, `.` free; the first of these in each part. */
  readonly bar: string;
  readonly owners: readonly AddressOwner[];
}

export interface UseInput {
  readonly entries: readonly IpamEntry[];
  readonly holders: readonly Holder[];
  /** `reserve:` of the spec. */
  readonly reserve: Readonly<Record<string, string>>;
  /** The host's own, and its shim's. */
  readonly own: readonly { readonly address: string; readonly who: string }[];
  /** Whether the engine takes a gateway where none is given. */
  readonly implicitGateway: boolean;
}

interface Owned {
  readonly range: AddressRange;
  readonly kind: AddressOwner['kind'];
  readonly who: string;
}

const CELLS = 32;

const KINDS = ['used', 'reserved', 'dynamic'] as const;
const SIGNS = { used: '#', reserved: 'x', dynamic: '-' } as const;

/** The plan of each subnet of a network. */
export function subnetUses(input: UseInput): readonly SubnetUse[] {
  return poolsOf(input.entries).flatMap((pool) => {
    const subnet = pool.subnet === undefined ? undefined : parsePrefix(pool.subnet)?.prefix;
    return subnet === undefined ? [] : [subnetUse(subnet, pool, input)];
  });
}

function subnetUse(subnet: Prefix, pool: IpamPool, input: UseInput): SubnetUse {
  const whole = hostsOf(subnet);
  const owned = ownersIn(subnet, pool, input).flatMap((one): readonly Owned[] => {
    const range = intersection(whole, one.range);
    return range === undefined ? [] : [{ ...one, range }];
  });
  const count = (upTo: number): bigint =>
    sizeOfUnion(owned.filter(({ kind }) => KINDS.indexOf(kind) <= upTo).map(({ range }) => range));
  const [used, reserved, dynamic] = [count(0), count(1), count(2)];
  const size = rangeSize(whole);
  return {
    subnet: pool.subnet ?? '',
    size: String(size),
    used: String(used),
    reserved: String(reserved - used),
    dynamic: String(dynamic - reserved),
    free: String(size - dynamic),
    bar: barOf(whole, owned),
    owners: [...owned]
      .sort((a, b) => (a.range.first === b.range.first ? 0 : a.range.first < b.range.first ? -1 : 1))
      .map(({ range, kind, who }) => ({ range: textOf(range), kind, who })),
  };
}

/** Who has what of a subnet; an address that has an owner of its own is told by that one. */
function ownersIn(subnet: Prefix, pool: IpamPool, input: UseInput): readonly Owned[] {
  const single = new Map<bigint, Owned>();
  const add = (text: string | undefined, kind: Owned['kind'], who: string): void => {
    const address = text === undefined ? undefined : parseAddress(text);
    if (address?.family !== subnet.family || single.has(address.value)) return;
    single.set(address.value, { range: alone(address), kind, who });
  };
  for (const { name, ipv4, ipv6 } of input.holders) {
    add(ipv4, 'used', name);
    add(ipv6, 'used', name);
  }
  for (const gateway of gatewaysOf(pool, input)) add(gateway, 'reserved', 'gateway');
  for (const { address, who } of input.own) add(address, 'reserved', who);
  for (const [name, address] of Object.entries(pool.auxAddresses)) {
    const isOfRange = /^(.*)-\d+$/.exec(name)?.[1];
    // The addresses of a range of `reserve:` are told once, as that range.
    if (isOfRange === undefined || input.reserve[isOfRange] === undefined) add(address, 'reserved', whoOf(name));
  }
  const ranges: Owned[] = [];
  for (const [who, text] of Object.entries(input.reserve)) {
    const range = parseRange(text);
    if (range?.family !== subnet.family) continue;
    if (range.first === range.last) add(text, 'reserved', who);
    else ranges.push({ range, kind: 'reserved', who });
  }
  const dynamic = pool.ranges.length > 0 ? pool.ranges.flatMap((text) => parseRange(text) ?? []) : [rangeOf(subnet)];
  return [
    ...single.values(),
    ...ranges,
    ...dynamic.map((range): Owned => ({ range, kind: 'dynamic', who: 'handed out by Docker' })),
  ];
}

function gatewaysOf({ subnet = '', ranges: [ipRange], gateways }: IpamPool, { implicitGateway }: UseInput) {
  if (gateways.length > 0) return gateways;
  return [gatewayOf({ subnet, ...(ipRange === undefined ? {} : { ipRange }) }, implicitGateway) ?? []].flat();
}

/** What netctl calls its own reservations. */
function whoOf(name: string): string {
  return name.replace(/^netctl-shim(-\d+)?$/, 'shim').replace(/^netctl-host(-\d+)?$/, 'this host');
}

function alone({ family, value }: Address): AddressRange {
  return { family, first: value, last: value };
}

function textOf(range: AddressRange): string {
  return range.first === range.last ? formatAddress({ family: range.family, value: range.first }) : formatRange(range);
}

function barOf(whole: AddressRange, owned: readonly Owned[]): string {
  const size = rangeSize(whole);
  const cells = size < BigInt(CELLS) ? Number(size) : CELLS;
  const at = (cell: number): bigint => whole.first + (size * BigInt(cell)) / BigInt(cells);
  return Array.from({ length: cells }, (_, cell) => {
    const part = { family: whole.family, first: at(cell), last: at(cell + 1) - 1n };
    const kind = KINDS.find((one) =>
      owned.some((other) => other.kind === one && intersection(part, other.range) !== undefined),
    );
    return kind === undefined ? '.' : SIGNS[kind];
  }).join('');
}

/** `192.168.1.0/24  [xx--....]  3 used, 2 reserved, 27 dynamic, 222 free` */
export function formatUse({ subnet, bar, used, reserved, dynamic, free }: SubnetUse): string {
  return `${subnet}  [${bar}]  ${used} used, ${reserved} reserved, ${dynamic} dynamic, ${free} free`;
}

/** A table of who has what, a line for each. */
export function formatOwners({ owners }: SubnetUse): readonly string[] {
  const width = Math.max(0, ...owners.map(({ range }) => range.length));
  return owners.map(({ range, kind, who }) => `${range.padEnd(width)}  ${kind.padEnd(8)}  ${who}`);
}
