import ipaddr from 'ipaddr.js';

/** The version of IP. */
export type Family = 4 | 6;

/** One IP address as a number, so that ranges and sizes are plain arithmetic. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A network: the first address (no host bits) and the length of the prefix in bits. */
export interface Prefix {
  readonly family: Family;
  readonly first: bigint;
  readonly length: number;
}

/** The destination of a default route, as the kernel's routes are told of. */
export const EVERYWHERE = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** Bits in an address of this family. */
export function bitsOf(family: Family): number {
  return family === 4 ? 32 : 128;
}

/**
 * Reads an address as people write it: dotted IPv4 with four decimal parts, or IPv6 without a zone.
 * Undefined for everything else: octal and short forms (`010.1.1.1`, `10.1`), because programs disagree on them, and IPv4
 * in the form of IPv6 (`::ffff:10.1.1.1`, RFC 4291 §2.5.5.2), which is on no wire.
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseIPv4(text);
  if (!ipaddr.IPv6.isValid(text) || text.includes('%') || /[:.]0\d+(\.|$)/.test(dottedTail(text))) return undefined;
  const value = ipaddr.IPv6.parse(text).parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);
  return value >> 32n === 0xffffn ? undefined : { family: 6, value };
}

/** A plan reads thousands of addresses, and this takes a fraction of the time of ipaddr.js, which knows octal and more. */
function parseIPv4(text: string): Address | undefined {
  let value = 0;
  let parts = 0;
  let digits = 0;
  let byte = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || byte > 255) return undefined;
      value = value * 256 + byte;
      parts += 1;
      digits = 0;
      byte = 0;
    } else {
      const digit = code - ZERO;
      // No part has a leading zero.
      if (digit < 0 || digit > 9 || digits === 3 || (digits > 0 && byte === 0)) return undefined;
      byte = byte * 10 + digit;
      digits += 1;
    }
  }
  return parts === 4 ? { family: 4, value: BigInt(value) } : undefined;
}

const [DOT, ZERO] = [46, 48];

/** The IPv4 part at the end of an IPv6 address (`:10.0.0.1`), where there is one. */
function dottedTail(text: string): string {
  return text.includes('.') ? text.slice(text.lastIndexOf(':')) : '';
}

/** The canonical text of an address: dotted IPv4, or compressed lower-case IPv6 (RFC 5952). */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    const value = Number(address.value);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  const bytes: number[] = [];
  for (let shift = bitsOf(address.family) - 8; shift >= 0; shift -= 8) {
    bytes.push(Number((address.value >> BigInt(shift)) & 0xffn));
  }
  const parsed = ipaddr.fromByteArray(bytes);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** By the number of host bits: all of them set. A plan asks for these all the time. */
const HOST_BITS: readonly bigint[] = Array.from({ length: 129 }, (_, bits) => (1n << BigInt(bits)) - 1n);

function hostBitsOf({ family, length }: Pick<Prefix, 'family' | 'length'>): bigint {
  return HOST_BITS[bitsOf(family) - length] ?? 0n;
}

/** Number of addresses in a prefix of this length. */
export function sizeOf(prefix: Prefix): bigint {
  return hostBitsOf(prefix) + 1n;
}

export function lastOf(prefix: Prefix): bigint {
  return prefix.first + hostBitsOf(prefix);
}

/** The network of this length that an address is in. */
export function prefixOf({ family, value }: Address, length: number): Prefix {
  return { family, first: value - (value & hostBitsOf({ family, length })), length };
}

/** Reads `address/length`. `hostBits` says that the address is not the first of its network. */
export function parsePrefix(text: string): { readonly prefix: Prefix; readonly hostBits: boolean } | undefined {
  const slash = text.indexOf('/');
  const lengthText = text.slice(slash + 1);
  if (slash < 0 || !LENGTH.test(lengthText)) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const length = Number(lengthText);
  if (address === undefined || length > bitsOf(address.family)) return undefined;
  const prefix = prefixOf(address, length);
  return { prefix, hostBits: prefix.first !== address.value };
}

const LENGTH = /^(0|[1-9]\d{0,2})$/;

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress({ family: prefix.family, value: prefix.first })}/${prefix.length}`;
}

export function contains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && has(prefix, address.value);
}

export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.family === inner.family && outer.length <= inner.length && has(outer, inner.first);
}

export function overlaps(a: Prefix, b: Prefix): boolean {
  return containsPrefix(a, b) || containsPrefix(b, a);
}

function has(prefix: Prefix, value: bigint): boolean {
  return prefix.first <= value && value <= lastOf(prefix);
}
