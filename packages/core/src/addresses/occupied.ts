import { groupBy } from '../group-by.js';
import { containsPrefix, lastOf, prefixOf } from './prefix.js';
import type { Family, Prefix } from './prefix.js';

/** Who has the addresses of a prefix, on a host or by the word of the spec. */
export interface Occupant {
  readonly prefix: Prefix;
  /**
   * `network`: a Docker network; `address`: one of a link, with the prefix that it is on; `route`: of any table; `pool`:
   * what a swarm takes its networks from; `avoid`: of the spec.
   */
  readonly kind: 'network' | 'address' | 'route' | 'pool' | 'avoid';
  /** Whose it is, to go after `overlaps`: `10.8.0.0/16, to which the host has a route by wg0`. */
  readonly text: string;
  /** kind network: of this host, or of the swarm */
  readonly networkId?: string;
  /** kind address and route */
  readonly link?: string;
  readonly via?: string;
}

type HasPrefix = Pick<Occupant, 'prefix'>;

/** Prefixes that are in use, by which those that overlap one are found without a look at each. */
export interface Occupied<T extends HasPrefix = Occupant> {
  /** All that overlap this prefix: those around it, the longest first, then those inside it, in ascending order. */
  overlapping(prefix: Prefix): readonly T[];
  /** The last address of what occupies this prefix or a part of it, where anything does. */
  occupiedUpTo(prefix: Prefix): bigint | undefined;
}

/**
 * Prefixes either nest or are apart: those around one are found by cutting it shorter, those inside one lie between its
 * first address and its last.
 */
export function occupied<T extends HasPrefix>(occupants: readonly T[]): Occupied<T> {
  const byPrefix = groupBy(occupants, ({ prefix }) => [keyOf(prefix)]);
  const sorted = { 4: ascending(occupants, 4), 6: ascending(occupants, 6) };
  const lengths = {
    4: [...new Set(sorted[4].map(({ prefix }) => prefix.length))].sort((a, b) => b - a),
    6: [...new Set(sorted[6].map(({ prefix }) => prefix.length))].sort((a, b) => b - a),
  };
  const around = (prefix: Prefix): readonly T[] =>
    lengths[prefix.family]
      .filter((length) => length <= prefix.length)
      .flatMap((length) => byPrefix.get(keyOf(prefixOf({ family: prefix.family, value: prefix.first }, length))) ?? []);
  const inside = (prefix: Prefix): readonly T[] => {
    const all = sorted[prefix.family];
    const found: T[] = [];
    const last = lastOf(prefix);
    for (let index = firstFrom(all, prefix.first); index < all.length; index += 1) {
      const occupant = all[index];
      if (occupant === undefined || occupant.prefix.first > last) break;
      if (occupant.prefix.length > prefix.length) found.push(occupant);
    }
    return found;
  };
  return {
    overlapping: (prefix) => [...around(prefix), ...inside(prefix)],
    occupiedUpTo: (prefix) => {
      const wide = around(prefix).at(-1);
      if (wide !== undefined) return lastOf(wide.prefix);
      const all = sorted[prefix.family];
      const next = all[firstFrom(all, prefix.first)];
      return next !== undefined && containsPrefix(prefix, next.prefix) ? lastOf(next.prefix) : undefined;
    },
  };
}

function keyOf({ family, first, length }: Prefix): string {
  return `${family} ${first} ${length}`;
}

function ascending<T extends HasPrefix>(occupants: readonly T[], family: Family): readonly T[] {
  return occupants
    .filter(({ prefix }) => prefix.family === family)
    .sort(({ prefix: a }, { prefix: b }) => (a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1));
}

/** The place of the first that does not begin before this address. */
function firstFrom(sorted: readonly HasPrefix[], first: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle];
    if (at !== undefined && at.prefix.first < first) low = middle + 1;
    else high = middle;
  }
  return low;
}
