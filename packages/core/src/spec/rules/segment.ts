import { formatPrefix } from '../../addresses/prefix.js';
import type { NetworkFacts } from '../facts.js';
import type { RuleContext } from './rule.js';

/** Networks whose containers reach one another by their addresses: one that is made, or all on one wire. */
export function segmentOf({ key, wire }: NetworkFacts): string {
  return wire === undefined ? `network ${key}` : `wire ${wire}`;
}

/** The subnets of a network, for each of which an engine keeps one set of addresses, whoever has it. */
export function subnetKeys({ lan, pools }: NetworkFacts): readonly string[] {
  return lan ? pools.flatMap(({ subnet }) => (subnet === undefined ? [] : [`subnet ${formatPrefix(subnet)}`])) : [];
}

const known = new WeakMap<readonly NetworkFacts[], ReadonlyMap<string, readonly NetworkFacts[]>>();

function grouped(own: readonly NetworkFacts[]): ReadonlyMap<string, readonly NetworkFacts[]> {
  const before = known.get(own);
  if (before !== undefined) return before;
  const groups = new Map<string, NetworkFacts[]>();
  for (const network of own) {
    for (const key of new Set([segmentOf(network), ...subnetKeys(network)])) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [network]);
      else group.push(network);
    }
  }
  known.set(own, groups);
  return groups;
}

/** The networks of the spec on the segment of this one, itself first. */
export function neighboursOf(network: NetworkFacts, { own }: RuleContext): readonly NetworkFacts[] {
  const group = grouped(own).get(segmentOf(network)) ?? [];
  return [network, ...group.filter((other) => other !== network)];
}

/** Those, and the ones on other wires with which it shares a set of addresses in the engine. */
export function sharersOf(network: NetworkFacts, { own }: RuleContext): readonly NetworkFacts[] {
  const groups = grouped(own);
  const all = [segmentOf(network), ...subnetKeys(network)].flatMap((key) => groups.get(key) ?? []);
  return [...new Set([network, ...all])];
}
