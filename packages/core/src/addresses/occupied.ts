import { containsPrefix, lastOf } from './prefix.js';
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

export type HasPrefix = Pick<Occupant, 'prefix'>;

/** Prefixes that are in use, by which those that overlap one are found without a look at each. */
export interface Occupied<T extends HasPrefix = Occupant> {
  /** All that overlap this prefix: those around it, the longest first, then those inside it, in ascending order. */
  overlapping(prefix: Prefix): readonly T[];
  /** The last address of what occupies this prefix or a part of it, where anything does. */
  occupiedUpTo(prefix: Prefix): bigint | undefined;
}

/** All that have one prefix, in the order in which they come. */
interface Place<T> {
  readonly prefix: Prefix;
  readonly occupants: T[];
  /** The next shorter prefix around it. */
  readonly outer: Place<T> | undefined;
}

/**
 * Prefixes either nest or are apart: in ascending order those inside one follow it at once, and those around one are
 * around the last that does not begin after it.
 */
export function occupied<T extends HasPrefix>(occupants: readonly T[]): Occupied<T> {
  const places = { 4: placesOf(occupants, 4), 6: placesOf(occupants, 6) };
  const around = (prefix: Prefix): Place<T> | undefined => {
    const all = places[prefix.family];
    let place = all[firstFrom(all, prefix.first + 1n) - 1];
    while (place !== undefined && !containsPrefix(place.prefix, prefix)) place = place.outer;
    return place;
  };
  return {
    overlapping: (prefix) => {
      const found: T[] = [];
      for (let place = around(prefix); place !== undefined; place = place.outer)
        for (const one of place.occupants) found.push(one);
      const all = places[prefix.family];
      const last = lastOf(prefix);
      for (let index = firstFrom(all, prefix.first); index < all.length; index += 1) {
        const place = all[index];
        if (place === undefined || place.prefix.first > last) break;
        if (place.prefix.length > prefix.length) for (const one of place.occupants) found.push(one);
      }
      return found;
    },
    occupiedUpTo: (prefix) => {
      let wide = around(prefix);
      while (wide?.outer !== undefined) wide = wide.outer;
      if (wide !== undefined) return lastOf(wide.prefix);
      const all = places[prefix.family];
      const next = all[firstFrom(all, prefix.first)];
      return next !== undefined && containsPrefix(prefix, next.prefix) ? lastOf(next.prefix) : undefined;
    },
  };
}

/** In ascending order, and of those with the same first address the shortest first. */
function placesOf<T extends HasPrefix>(occupants: readonly T[], family: Family): readonly Place<T>[] {
  const sorted = occupants
    .filter(({ prefix }) => prefix.family === family)
    .sort(({ prefix: a }, { prefix: b }) => (a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1));
  const places: Place<T>[] = [];
  let before: Place<T> | undefined;
  for (const occupant of sorted) {
    const { prefix } = occupant;
    if (before?.prefix.first === prefix.first && before.prefix.length === prefix.length) {
      before.occupants.push(occupant);
      continue;
    }
    let outer = before;
    while (outer !== undefined && !containsPrefix(outer.prefix, prefix)) outer = outer.outer;
    before = { prefix, occupants: [occupant], outer };
    places.push(before);
  }
  return places;
}

/** The place of the first that does not begin before this address, in ascending order. */
export function firstFrom(sorted: readonly HasPrefix[], first: bigint): number {
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
