import { poolsOf } from '../addresses/ipam.js';
import { parsePrefix } from '../addresses/prefix.js';
import { kindOf } from '../kinds/index.js';
import type { FoundNetwork, IpamEntry, NetworkProps, NetworkResource } from '../model.js';

/** One field that is not as wanted; an absent side is "not there". */
export interface Change {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * How a network differs from what is wanted. Two tests, both needed: what is asked for must be there, and what was asked
 * when it was made (its label) and is not asked now must be gone. What an engine fills in, and what netctl derived, is
 * in neither, and so is never a reason to replace a network.
 */
export function networkChanges(want: NetworkResource, have: FoundNetwork): readonly Change[] {
  const { asked } = want;
  const changes: Change[] = [];
  if (want.name !== have.name) changes.push({ field: 'name', from: have.name, to: want.name });
  // An engine reports no driver for a configuration network.
  if (asked.configOnly !== true) scalar(changes, 'driver', have.props.driver, asked.driver);
  flags(changes, want, have);
  if (asked.configFrom !== undefined || have.props.configFrom !== undefined) {
    scalar(changes, 'config_from', have.props.configFrom, asked.configFrom);
    return changes;
  }
  // The cluster's record of a swarm network that is not an overlay holds no more than this.
  if (have.props.scope === 'swarm' && asked.driver !== 'overlay') return changes;
  addressing(changes, want, have);
  options(changes, want, have);
  record(changes, 'labels', asked.labels, have.props.labels, have.asked?.labels ?? {});
  return changes;
}

const FLAGS = [
  ['internal', 'internal', false],
  ['attachable', 'attachable', false],
  ['ingress', 'ingress', false],
  ['enableIPv4', 'enable_ipv4', true],
  ['enableIPv6', 'enable_ipv6', false],
  ['configOnly', 'config_only', false],
] as const;

function flags(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  for (const [key, field, byDefault] of FLAGS) {
    // These it takes from its configuration.
    if (want.asked.configFrom !== undefined && key.startsWith('enableIPv')) continue;
    const to = want.asked[key] ?? byDefault;
    const from = have.props[key] ?? byDefault;
    // Swarm overlay networks report attachable and the like as given; IPv6 never.
    if (to !== from && !(key === 'enableIPv6' && have.props.scope === 'swarm')) {
      changes.push({ field, from: String(from), to: String(to) });
    }
  }
  if (want.asked.scope !== undefined) scalar(changes, 'scope', have.props.scope, want.asked.scope);
  else if (have.asked?.scope === 'swarm' && want.asked.driver !== 'overlay') scalar(changes, 'scope', 'swarm', 'local');
}

function scalar(changes: Change[], field: string, from: string | undefined, to: string | undefined): void {
  if (from === to) return;
  changes.push({ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
}

/** Every wanted entry must be there, and every entry that was wanted once and is not now must be gone. */
function record(
  changes: Change[],
  field: string,
  asked: Readonly<Record<string, string>>,
  have: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
  same: (key: string, a: string | undefined, b: string | undefined) => boolean = (_key, a, b) => a === b,
): void {
  for (const [key, value] of Object.entries(asked)) {
    if (!same(key, have[key], value)) scalar(changes, `${field}.${key}`, have[key], value);
  }
  for (const key of Object.keys(before)) {
    const value = have[key];
    if (asked[key] === undefined && value !== undefined && !same(key, value, undefined)) {
      changes.push({ field: `${field}.${key}`, from: value });
    }
  }
}

function options(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  const { defaults } = kindOf(want.asked.driver);
  const derived = want.props.options;
  const same = (key: string, a: string | undefined, b: string | undefined): boolean => {
    if (key === 'encrypted') return (a === undefined) === (b === undefined);
    const [left, right] = [a, b ?? derived[key]].map((value) => normalised(value ?? defaults[key]));
    return left === right;
  };
  record(changes, 'driver_opts', want.asked.options, have.props.options, have.asked?.options ?? {}, same);
  record(
    changes,
    'ipam.options',
    want.asked.ipam.options ?? {},
    have.props.ipam.options ?? {},
    have.asked?.ipam.options ?? {},
  );
}

/** Engines keep a boolean as it was written, by Go's rules (`1`, `t`, `TRUE`), and a number with its zeros. */
function normalised(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (/^(1|t|true)$/i.test(value)) return 'true';
  if (/^(0|f|false)$/i.test(value)) return 'false';
  return /^\d+$/.test(value) ? String(Number(value)) : value;
}

interface Pool {
  readonly subnet: string;
  readonly ranges: string;
  readonly gateways: readonly string[];
  readonly aux: Readonly<Record<string, string>>;
}

/** Ranges and not blocks, so that what a change says can be read. */
function pools(entries: readonly IpamEntry[], props: NetworkProps): readonly Pool[] {
  return (
    poolsOf(entries)
      .map(({ subnet = '', ranges, gateways, auxAddresses }) => ({
        subnet,
        ranges: ranges.join(' '),
        gateways,
        aux: auxAddresses,
      }))
      // Engines keep an IPv6 subnet of a network without IPv6, to no effect.
      .filter(({ subnet }) => !subnet.includes(':') || props.enableIPv6 === true)
  );
}

function addressing(changes: Change[], want: NetworkResource, have: FoundNetwork): void {
  scalar(changes, 'ipam.driver', have.props.ipam.driver ?? 'default', want.asked.ipam.driver ?? 'default');
  const wanted = pools(want.asked.ipam.config, want.asked);
  const effective = pools(want.props.ipam.config, want.props);
  const before = pools(have.asked?.ipam.config ?? [], have.asked ?? have.props);
  const there = pools(have.props.ipam.config, have.props);
  const left = new Set(there);
  for (const pool of wanted) {
    const twin = there.find(({ subnet }) => subnet === pool.subnet);
    const match =
      twin ??
      [...left].find((one) => family(one) === family(pool) && !wanted.some(({ subnet }) => subnet === one.subnet));
    if (match !== undefined) left.delete(match);
    pair(changes, pool, match, before);
  }
  for (const pool of left) {
    // Where no subnet of a family is asked for, it is the engine's or netctl's to choose, unless one was asked for once.
    const chosen = !wanted.some((one) => family(one) === family(pool));
    const kept = effective.some(({ subnet }) => subnet === pool.subnet);
    const asked = before.some(({ subnet }) => subnet === pool.subnet);
    // What `auto` chose stays until the spec gives it to another network.
    const anew = want.autoSubnet && !kept ? effective.find((one) => family(one) === family(pool))?.subnet : undefined;
    if (anew !== undefined) scalar(changes, 'subnet', pool.subnet, anew);
    if (anew !== undefined || (chosen && (kept || !asked))) continue;
    changes.push({ field: 'subnet', from: pool.subnet });
  }
}

function pair(changes: Change[], want: Pool, have: Pool | undefined, before: readonly Pool[]): void {
  scalar(changes, 'subnet', have?.subnet, want.subnet);
  if (have?.subnet !== want.subnet) return;
  const then = before.find(({ subnet }) => subnet === want.subnet);
  scalar(
    changes,
    'ip_range',
    have.ranges === '' ? undefined : have.ranges,
    want.ranges === '' ? undefined : want.ranges,
  );
  // A gateway that nobody asked for is the engine's: it appears after a restart, on every engine up to 28.
  const [gateway] = want.gateways;
  if (gateway === undefined) {
    if (then?.gateways[0] !== undefined) scalar(changes, 'gateway', have.gateways[0], undefined);
  } else if (!have.gateways.includes(gateway)) scalar(changes, 'gateway', have.gateways[0], gateway);
  record(changes, 'aux_addresses', want.aux, have.aux, then?.aux ?? {});
}

function family(pool: Pool): 4 | 6 {
  return parsePrefix(pool.subnet)?.prefix.family ?? 4;
}
