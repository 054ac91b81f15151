import { contains, formatAddress, parseAddress } from '../addresses/prefix.js';
import type { Family, Prefix } from '../addresses/prefix.js';
import { hostsOf, inRange, parseRange } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import { attachmentsByNetwork } from '../spec/containers.js';
import type { Spec } from '../spec/schema.js';
import type { StandInLink } from './prober.js';
import type { Subject } from './subject.js';

/** Of each family so many are tried, so that one that somebody has is no end. */
const CANDIDATES = 4;

/**
 * Addresses of a network that nobody has as far as is known here, from the last that the engine would hand out on: free
 * ones that it gives a new container come from the other end.
 */
export function freeAddresses(subject: Subject, spec: Spec): readonly string[] {
  const { found, facts, key } = subject;
  const taken = new Set<string>();
  const take = (text: string | undefined): void => {
    const address = text === undefined ? undefined : parseAddress(text);
    if (address !== undefined) taken.add(formatAddress(address));
  };
  for (const { ipv4, ipv6 } of found.holders) [ipv4, ipv6].forEach(take);
  for (const { gateway, auxAddresses } of found.props.ipam.config)
    [gateway, ...Object.values(auxAddresses ?? {})].forEach(take);
  Object.values(subject.gateways).forEach(take);
  for (const { addresses } of facts.links?.links ?? []) addresses.forEach(({ address }) => take(address));
  subject.shim?.props.addresses.forEach(take);
  for (const { statics } of attachmentsByNetwork(spec).get(key) ?? [])
    statics.forEach(({ address }) => taken.add(formatAddress(address)));
  const reserved = Object.values(spec.networks[key]?.reserve ?? {}).flatMap((text) => parseRange(text) ?? []);
  return subject.subnets.flatMap((subnet) => candidates(subnet, subject, taken, reserved));
}

function candidates(
  subnet: Prefix,
  { found: { props }, isLan }: Subject,
  taken: ReadonlySet<string>,
  reserved: readonly AddressRange[],
): readonly string[] {
  if (subnet.family === 4 ? props.enableIPv4 === false : props.enableIPv6 !== true) return [];
  const ranges = props.ipam.config
    .flatMap(({ ipRange }) => (ipRange === undefined ? [] : (parseRange(ipRange) ?? [])))
    .filter((range) => contains(subnet, { family: range.family, value: range.first }));
  // On a LAN others have what is outside of the range.
  const [range = hostsOf(subnet)] = isLan ? ranges.slice(-1) : [];
  const found: string[] = [];
  const last = hostsOf(subnet);
  for (
    let value = range.last < last.last ? range.last : last.last;
    value >= range.first && found.length < CANDIDATES;
    value -= 1n
  ) {
    const address = { family: subnet.family, value };
    const text = formatAddress(address);
    const kept = reserved.find((one) => inRange(one, address));
    // Such a range may have 2^64 addresses.
    if (kept !== undefined) value = kept.first;
    else if (inRange(last, address) && !taken.has(text)) found.push(text);
  }
  return found;
}

/** The link of a stand-in with the first free address of each family; undefined where there is none. */
export function standInLink(subject: Subject, free: readonly string[]): StandInLink | undefined {
  const { driver, link, mode, subnets, mtu, found } = subject;
  if (link === undefined || (driver !== 'bridge' && driver !== 'macvlan' && driver !== 'ipvlan')) return undefined;
  const addresses = ([4, 6] as const).flatMap((family) => firstOf(family, free, subnets));
  if (addresses.length === 0) return undefined;
  const flag = found.props.options['ipvlan_flag'];
  // An internal bridge has an address too, by which nobody must get out.
  const own = driver === 'bridge' && subject.internal ? ownAddresses(subject) : Object.values(subject.gateways);
  // A way to one is there only with an address of its family.
  const gateways = own.filter((gateway) => addresses.some((one) => one.includes(':') === gateway.includes(':')));
  return {
    kind: driver,
    on: link,
    ...(mode === '' ? {} : { mode }),
    ...(flag === undefined ? {} : { flag }),
    ...(mtu === undefined ? {} : { mtu }),
    addresses,
    gateways,
  };
}

function firstOf(family: Family, free: readonly string[], subnets: readonly Prefix[]): readonly string[] {
  for (const text of free) {
    const address = parseAddress(text);
    const subnet = address?.family === family ? subnets.find((one) => contains(one, address)) : undefined;
    if (subnet !== undefined) return [`${text}/${subnet.length}`];
  }
  return [];
}

function ownAddresses({ link, subnets }: Subject): readonly string[] {
  return (link?.addresses ?? []).flatMap(({ address }) => {
    const parsed = parseAddress(address);
    return parsed !== undefined && subnets.some((subnet) => contains(subnet, parsed)) ? [address] : [];
  });
}
