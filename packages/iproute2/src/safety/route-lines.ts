import { fieldsOf, listOf, numberOf, textOf } from '../json.js';
import type { Fields } from '../json.js';
import { batchLine } from './words.js';

/** RTN_UNICAST and RT_TABLE_LOCAL of linux/rtnetlink.h, as `ip -Numeric` prints them. */
const UNICAST = '1';
const LOCAL_TABLE = '255';

/**
 * The lines that give back every route that goes when a link or one of its addresses does: those by the link, and those
 * whose source is an address of it (the kernel's fib_sync_down_addr). `replace` leaves what is there as it is. Routes
 * without a router come first, for the others are checked against them.
 *
 * @param routes the answer of `ip -json -Numeric -details route show table all`
 */
export function routeLines(routes: readonly unknown[], link: string, addresses: readonly string[]): readonly string[] {
  const all = routes.map(fieldsOf).filter((route) => isTheirs(route, link, addresses));
  const direct = all.filter((route) => !hasRouter(route));
  return [...direct, ...all.filter(hasRouter)].flatMap(routeLine);
}

/**
 * The lines that give back every default route: whoever takes a new link for the way out of the host may have put his own
 * in the place of the one that was there. One that a router announces comes by itself.
 */
export function defaultLines(routes: readonly unknown[]): readonly string[] {
  const all = routes.map(fieldsOf).filter((route) => route['dst'] === 'default' && route['type'] === UNICAST);
  return all.filter((route) => !('expires' in route)).flatMap(routeLine);
}

function isTheirs(route: Fields, link: string, addresses: readonly string[]): boolean {
  if (route['type'] !== UNICAST || route['table'] === LOCAL_TABLE || isOwnScope(route)) return false;
  const by = [route, ...hopsOf(route)].map((hop) => textOf(hop['dev']));
  return by.includes(link) || addresses.includes(textOf(route['prefsrc']) ?? '');
}

/** The kernel makes it for every link that is up. */
function isOwnScope(route: Fields): boolean {
  return route['dst'] === 'fe80::/64';
}

function hasRouter(route: Fields): boolean {
  return [route, ...hopsOf(route)].some((hop) => gatewayWords(hop).length > 0);
}

function routeLine(route: Fields): readonly string[] {
  const hops = hopsOf(route);
  const expires = numberOf(route['expires']);
  return batchLine([
    ...['route', 'replace', destinationOf(route)],
    ...optional('table', route['table']),
    ...optional('proto', route['protocol']),
    // IPv6 has no scopes of routes, and takes none.
    ...(isV6(route) ? [] : optional('scope', route['scope'])),
    ...optional('src', route['prefsrc']),
    ...optional('metric', route['metric']),
    ...listOf(route['metrics']).flatMap((metric) => optional('mtu', fieldsOf(metric)['mtu'])),
    ...(expires === undefined ? [] : ['expires', expires]),
    ...(hops.length === 0 ? hopWords(route) : hops.flatMap((hop) => ['nexthop', ...hopWords(hop)])),
  ]);
}

/** A line has no `-6`: the family is that of the destination, of which `default` says nothing. */
function destinationOf(route: Fields): string {
  const destination = textOf(route['dst']) ?? '';
  if (destination !== 'default') return destination;
  return isV6(route) ? '::/0' : '0.0.0.0/0';
}

function hopWords(hop: Fields): readonly (string | number)[] {
  const onlink = listOf(hop['flags']).includes('onlink') ? ['onlink'] : [];
  return [...gatewayWords(hop), ...optional('dev', hop['dev']), ...optional('weight', hop['weight']), ...onlink];
}

function gatewayWords(hop: Fields): readonly string[] {
  const gateway = textOf(hop['gateway']);
  if (gateway !== undefined) return ['via', gateway];
  // An IPv4 route by an IPv6 router (RFC 5549).
  const host = textOf(fieldsOf(hop['via'])['host']);
  return host === undefined ? [] : ['via', 'inet6', host];
}

function hopsOf(route: Fields): readonly Fields[] {
  return listOf(route['nexthops']).map(fieldsOf);
}

function optional(word: string, value: unknown): readonly (string | number)[] {
  const given = textOf(value) ?? numberOf(value);
  return given === undefined ? [] : [word, given];
}

/** IPv6 routes alone have a preference; `default` says nothing of its family. */
function isV6(route: Fields): boolean {
  return 'pref' in route || (textOf(route['dst']) ?? '').includes(':');
}
