import { createHash } from 'node:crypto';

import { firstFrom, occupied } from './occupied.js';
import type { HasPrefix, Occupied } from './occupied.js';
import { containsPrefix, formatPrefix, lastOf, overlaps, parsePrefix, sizeOf } from './prefix.js';
import type { Family, Prefix } from './prefix.js';

/** What `subnet:` asks netctl to choose: a prefix of some length, from anywhere or from a prefix of the user's. */
export interface AutoSubnet {
  /** IPv4 unless `from` is IPv6. */
  readonly family: Family;
  /** Undefined where the user does not mind. */
  readonly length?: number;
  readonly from?: Prefix;
}

/** Bits of the subnets that netctl chooses when it may: enough for any one network, and an IPv6 subnet has always 64. */
export const AUTO_LENGTH = { 4: 24, 6: 64 } as const;

/** Where IPv4 subnets come from, in this order: the part of Docker's own default range that Docker reaches last, then more. */
const POOLS: readonly Prefix[] = ['172.28.0.0/14', '192.168.192.0/18', '10.192.0.0/10'].flatMap(
  (text) => parsePrefix(text)?.prefix ?? [],
);

/** Reads `auto`, `auto/26`, `auto from 10.200.0.0/16` and `auto/26 from 10.200.0.0/16`; undefined for anything else. */
export function parseAuto(text: string): AutoSubnet | undefined {
  const match = /^auto(?:\/(\d{1,3}))?(?:\s+from\s+(\S+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, lengthText, fromText] = match;
  const from = fromText === undefined ? undefined : parsePrefix(fromText);
  if (fromText !== undefined && (from === undefined || from.hostBits)) return undefined;
  const family = from?.prefix.family ?? 4;
  const length = lengthText === undefined ? undefined : Number(lengthText);
  const longest = family === 4 ? 30 : 126;
  if (length !== undefined && (length > longest || length < (from?.prefix.length ?? 8))) return undefined;
  return {
    family,
    ...(length === undefined ? {} : { length }),
    ...(from === undefined ? {} : { from: from.prefix }),
  };
}

/** Whether `subnet:` leaves the choice to netctl, however it is written. */
export function isAuto(text: string | undefined): text is string {
  return text !== undefined && /^\s*auto\b/.test(text);
}

/** Whether a subnet that a network has is one that this asks for. */
export function suits(wanted: AutoSubnet, prefix: Prefix): boolean {
  return (
    wanted.family === prefix.family &&
    (wanted.length === undefined || wanted.length === prefix.length) &&
    (wanted.from === undefined || containsPrefix(wanted.from, prefix))
  );
}

/** Whether a subnet is one that netctl may have chosen by itself: in its own pools, which an engine uses otherwise or last. */
export function isOwnChoice(subnet: Prefix): boolean {
  return POOLS.some((pool) => containsPrefix(pool, subnet));
}

/**
 * The prefix of this host's own IPv6 networks: fd00::/8 and 40 bits that come from the engine's id, so that two hosts
 * have two of them and one host has one for ever (RFC 4193 §3.2 asks for bits that nobody else has).
 */
export function uniqueLocalPrefix(engineId: string): Prefix {
  const bits = createHash('sha256').update(`netctl ula ${engineId}`).digest().readUIntBE(0, 5);
  return { family: 6, first: (0xfdn << 120n) | (BigInt(bits) << 80n), length: 48 };
}

/** Hands out free prefixes, each once. */
export interface FreeSubnets {
  /**
   * The first prefix of this kind that is clear of everything; undefined when there is none. `everywhere`: clear of what
   * is on other hosts as well.
   */
  next(wanted: AutoSubnet, everywhere?: boolean): Prefix | undefined;
}

export function freeSubnets(
  before: Occupied,
  engineId: string,
  elsewhere: () => Occupied = () => occupied([]),
): FreeSubnets {
  // What is given is given for good, so nothing before the place where a search ended is ever free again, and of one pool
  // and length each comes after those before it.
  const given = new Map<string, HasPrefix[]>();
  const places = new Map<string, bigint>();
  return {
    next: (wanted, everywhere = false) => {
      const taken = everywhere ? [before, elsewhere()] : [before];
      for (const pool of poolsFor(wanted, engineId)) {
        const length = wanted.length ?? Math.max(AUTO_LENGTH[pool.family], pool.length);
        const key = `${formatPrefix(pool)} ${length} ${everywhere}`;
        // Those of the same pool and length lie before the place.
        const others = [...given].flatMap(([other, prefixes]) => (other === key ? [] : [prefixes]));
        const found = firstFree(pool, length, places.get(key) ?? pool.first, taken, others);
        places.set(key, found === undefined ? lastOf(pool) + 1n : lastOf(found) + 1n);
        if (found === undefined) continue;
        const mine = given.get(key) ?? [];
        mine.push({ prefix: found });
        given.set(key, mine);
        return found;
      }
      return undefined;
    },
  };
}

function poolsFor({ family, length, from }: AutoSubnet, engineId: string): readonly Prefix[] {
  if (from !== undefined) return [from];
  const pools = family === 4 ? POOLS : [uniqueLocalPrefix(engineId)];
  return pools.filter((pool) => length === undefined || pool.length <= length);
}

function firstFree(
  pool: Prefix,
  length: number,
  start: bigint,
  taken: readonly Occupied[],
  others: readonly (readonly HasPrefix[])[],
): Prefix | undefined {
  const step = sizeOf({ ...pool, length });
  let first = start;
  while (first + step - 1n <= lastOf(pool)) {
    const candidate: Prefix = { family: pool.family, first, length };
    const other = others.flatMap((prefixes) => lastOverlapping(prefixes, candidate) ?? [])[0];
    const by = taken.find((one) => one.occupiedUpTo(candidate) !== undefined);
    const end = by?.occupiedUpTo(candidate) ?? (other === undefined ? undefined : lastOf(other));
    if (end === undefined) return candidate;
    // The next place where one may begin, after all of what is in the way.
    first = ((end - pool.first) / step + 1n) * step + pool.first;
  }
  return undefined;
}

/** Of prefixes that are apart, in ascending order. */
function lastOverlapping(prefixes: readonly HasPrefix[], prefix: Prefix): Prefix | undefined {
  const last = prefixes[firstFrom(prefixes, lastOf(prefix) + 1n) - 1]?.prefix;
  return last !== undefined && overlaps(last, prefix) ? last : undefined;
}
