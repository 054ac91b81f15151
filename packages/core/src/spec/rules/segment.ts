import { formatPrefix } from '../../addresses/prefix.js';
import { groupBy } from '../../group-by.js';
import { remembered } from '../../remembered.js';
import type { NetworkFacts } from '../facts.js';
import type { RuleContext } from './rule.js';

/** Networks whose containers reach one another by their addresses: one that is made, or all on one wire. */
export function segmentOf({ key, wire }: NetworkFacts): string {
  return wire === undefined ? `network ${key}` : `wire ${wire}`;
}

/** The subnets of a network, for each of which an engine keeps one set of addresses, whoever has it. */
function subnetKeys({ lan, pools }: NetworkFacts): readonly string[] {
  return lan ? pools.flatMap(({ subnet }) => (subnet === undefined ? [] : [`subnet ${formatPrefix(subnet)}`])) : [];
}

/** The segment of a network, and its subnets: whoever is in one of them can meet its addresses. */
export const groupsOf = remembered((network: NetworkFacts): readonly string[] => [
  ...new Set([segmentOf(network), ...subnetKeys(network)]),
]);

const grouped = remembered((own: readonly NetworkFacts[]) => groupBy(own, groupsOf));

/** The networks of the spec on the segment of this one, itself first. */
export function neighboursOf(network: NetworkFacts, { own }: RuleContext): readonly NetworkFacts[] {
  const group = grouped(own).get(segmentOf(network)) ?? [];
  return [network, ...group.filter((other) => other !== network)];
}

/** Those, and the ones on other wires with which it shares a set of addresses in the engine. */
export function sharersOf(network: NetworkFacts, { own }: RuleContext): readonly NetworkFacts[] {
  const groups = grouped(own);
  const all = groupsOf(network).flatMap((key) => groups.get(key) ?? []);
  return [...new Set([network, ...all])];
}
