import { freeSubnets } from '../../addresses/auto.js';
import { occupantsToAvoid } from '../../addresses/occupants.js';
import { occupied } from '../../addresses/occupied.js';
import type { Occupant } from '../../addresses/occupied.js';
import { containsPrefix, formatPrefix } from '../../addresses/prefix.js';
import type { Prefix } from '../../addresses/prefix.js';
import { formatRange } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import type { Problem } from '../../problem.js';
import type { NetworkFacts, Pool } from '../facts.js';
import { formatPath } from '../path.js';
import { error } from './rule.js';
import type { Rule } from './rule.js';

interface Used {
  readonly network: NetworkFacts;
  readonly pool: Pool;
  readonly subnet: Prefix;
  /** The place in the file: of two that clash, the one further down is to blame. */
  readonly order: number;
}

/**
 * No address in two networks. The engine checks this only in part: not between overlays (the network then never
 * works), not between those of the host and those of the swarm, and not where an ip_range is given.
 */
const subnetsAreApart: Rule = ({ own }) => apart(own);

function apart(networks: readonly NetworkFacts[]): readonly Problem[] {
  // Prefixes either nest or are apart: in order of address, those around one are on a stack.
  const around: Used[] = [];
  const problems: Problem[] = [];
  for (const used of sorted(networks)) {
    while (around.length > 0 && !containsPrefix(around.at(-1)?.subnet ?? used.subnet, used.subnet)) around.pop();
    for (const other of around) {
      const found = conflict(other, used);
      if (found === undefined) continue;
      problems.push(found);
      break;
    }
    around.push(used);
  }
  return problems;
}

function sorted(networks: readonly NetworkFacts[]): readonly Used[] {
  let order = 0;
  const used = networks.flatMap((network): Used[] =>
    // A configuration network uses nothing, and another IPAM driver keeps its own books.
    (network.spec.config_only === true && network.spec.configures === undefined) ||
    (network.spec.ipam?.driver ?? 'default') !== 'default'
      ? []
      : network.pools.flatMap((pool) =>
          pool.subnet === undefined ? [] : [{ network, pool, subnet: pool.subnet, order: (order += 1) }],
        ),
  );
  return used.sort((a, b) => {
    if (a.subnet.family !== b.subnet.family) return a.subnet.family - b.subnet.family;
    if (a.subnet.first !== b.subnet.first) return a.subnet.first < b.subnet.first ? -1 : 1;
    return a.subnet.length - b.subnet.length;
  });
}

function conflict(one: Used, other: Used): Problem | undefined {
  const [a, b] = one.order < other.order ? [one, other] : [other, one];
  const path = formatPath([...b.pool.at, 'subnet']);
  const both = `${formatPrefix(b.subnet)} overlaps ${formatPrefix(a.subnet)} of ${formatPath(a.pool.at)}`;
  const shareable = a.network.lan && b.network.lan && a.subnet.length === b.subnet.length;
  if (!shareable) return error('SUBNET_OVERLAP', path, `${both}.`, 'Give one of them another subnet.');
  if (a.pool.range === undefined || b.pool.range === undefined) {
    if (isUnreadable(a.pool) || isUnreadable(b.pool)) return undefined;
    const hint = 'Networks may share the subnet of a LAN if each has its own ip_range.';
    return error('SUBNET_OVERLAP', path, `${both}, and not both have an ip_range.`, hint);
  }
  if (meet(a.pool.range, b.pool.range)) {
    const message = `The ranges ${formatRange(a.pool.range)} of ${formatPath(a.pool.at)} and ${formatRange(b.pool.range)} overlap.`;
    return error(
      'RANGE_OVERLAP',
      formatPath([...b.pool.at, 'ip_range']),
      message,
      'Give each network its own part of the subnet.',
    );
  }
  if (a.network === b.network || a.pool.gateway === undefined || a.pool.gateway.value !== b.pool.gateway?.value)
    return undefined;
  const message = `The gateway is that of ${formatPath(a.pool.at)} too, and the engine lets only one network have it.`;
  const hint = 'Make one network of the two, or leave the gateway out of one of them.';
  return error('SHARED_GATEWAY', formatPath([...b.pool.at, 'gateway']), message, hint);
}

function isUnreadable({ range, written }: Pool): boolean {
  return range === undefined && written.ip_range !== undefined;
}

function meet(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** What the user says is in use elsewhere, so that no host has to see it. */
const avoidedIsAvoided: Rule = ({ spec, own }) => {
  const avoid = occupantsToAvoid(spec.avoid);
  const avoided = occupied(avoid);
  const subnets = own.flatMap(({ pools }) => pools.flatMap(({ subnet }) => subnet ?? []));
  const offer = (like: Prefix): string => {
    // Where IPv6 ones come from depends on the engine, which is not asked yet.
    if (like.family === 6) return 'Give it another subnet.';
    const used = [...avoid, ...subnets.map((prefix): Occupant => ({ prefix, kind: 'network', text: '' }))];
    const free = freeSubnets(occupied(used), '').next({ family: 4, length: like.length });
    return free === undefined ? 'Give it another subnet.' : `${formatPrefix(free)} is clear of all that the file says.`;
  };
  return own.flatMap(({ pools }) =>
    pools.flatMap(({ at, subnet }) => {
      const [found] = subnet === undefined ? [] : avoided.overlapping(subnet);
      if (subnet === undefined || found === undefined) return [];
      const message = `${formatPrefix(subnet)} overlaps ${found.text}.`;
      return [error('SUBNET_OVERLAP', formatPath([...at, 'subnet']), message, offer(subnet))];
    }),
  );
};

export const overlapRules: readonly Rule[] = [subnetsAreApart, avoidedIsAvoided];
