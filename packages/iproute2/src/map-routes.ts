import type { RouteFact } from '@netctl/core';
import { defined, fieldsOf, listOf, textOf } from './json.js';
import type { Fields } from './json.js';

/** Routes that the kernel makes itself for the host's own addresses and for groups. */
const NOT_ROUTES: ReadonlySet<string> = new Set(['local', 'broadcast', 'anycast', 'multicast']);

/** Routes that lead nowhere. The kernel reports `lo` for them in IPv6 and no link in IPv4; here it is none for both. */
const NOWHERE: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);

/** The answer of `ip -json route show table all`, both families. A route with several next hops gives one fact for each. */
export function toRouteFacts(items: readonly unknown[]): readonly RouteFact[] {
  return items.flatMap((item) => toFacts(fieldsOf(item)));
}

function toFacts(fields: Fields): readonly RouteFact[] {
  const type = textOf(fields['type']) ?? 'unicast';
  if (NOT_ROUTES.has(type)) return [];
  const hops = listOf(fields['nexthops']).map(fieldsOf);
  const destination = toDestination(textOf(fields['dst']), [fields, ...hops]);
  if (destination === undefined) return [];
  const one = (hop: Fields): RouteFact =>
    defined<RouteFact>({
      destination,
      // `table` is left out for main.
      table: textOf(fields['table']) ?? 'main',
      link: NOWHERE.has(type) ? undefined : textOf(hop['dev']),
      via: gatewayOf(hop),
      source: textOf(fields['prefsrc']),
      protocol: textOf(fields['protocol']) ?? 'boot',
    });
  return hops.length > 0 ? hops.map(one) : [one(fields)];
}

/** Only `default` needs its family guessed: a gateway, a source or the `pref` that only IPv6 routes have tells it. */
function toDestination(dst: string | undefined, all: readonly Fields[]): string | undefined {
  if (dst === 'default' || dst === 'all') {
    const v6 = all.some((one) => 'pref' in one || [one['gateway'], one['prefsrc']].some((text) => isV6(textOf(text))));
    return v6 ? '::/0' : '0.0.0.0/0';
  }
  if (dst === undefined) return undefined;
  if (/^[0-9a-f.:]+\/\d+$/i.test(dst)) return dst;
  if (isV6(dst)) return `${dst}/128`;
  // An MPLS label is a bare number, and no destination.
  return /^\d+\.\d+\.\d+\.\d+$/.test(dst) ? `${dst}/32` : undefined;
}

/** An IPv4 route by an IPv6 gateway has `via` in place of `gateway` (RFC 5549). */
function gatewayOf(hop: Fields): string | undefined {
  return textOf(hop['gateway']) ?? textOf(fieldsOf(hop['via'])['host']);
}

function isV6(text: string | undefined): boolean {
  return text?.includes(':') === true;
}
