import type { HostName, NetworkResource, Observed, Step } from '../model.js';
import { resolve } from '../resolve/resolve.js';
import { lint, problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { hostsOf, placesOf, specOn } from '../spec/hosts.js';
import { formatPath } from '../spec/path.js';
import type { Spec } from '../spec/schema.js';
import { list } from '../spec/show.js';
import { isSwarmLan } from '../spec/swarm-lan.js';
import { networkChanges } from './compare.js';
import { describeChanges } from './describe.js';
import { matchAll } from './match.js';
import { namesOf, strangers } from './swarm-members.js';

/**
 * Configuration networks that other hosts replace, by name, and why. A network of the swarm keeps on each node what it took
 * there, and an engine keeps a configuration for as long as that is so.
 */
export function staleElsewhere(spec: Spec, observed: Observed, maker: HostName): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  if (!Object.values(spec.networks).some(isSwarmLan)) return result;
  for (const [host, facts] of observed) {
    if (host === maker) continue;
    const view = specOn(spec, host);
    const matches = matchAll(resolve(view, host, facts).networks, facts, spec.name);
    for (const [want, found] of matches) {
      if (found === undefined || !isConfiguration(want, view)) continue;
      const changes = networkChanges(want, found);
      if (changes.length === 0 || result.has(found.name)) continue;
      result.set(found.name, `its configuration ${found.name} on ${host} is replaced: ${describeChanges(changes)}`);
    }
  }
  return result;
}

/** One is made when every node has its configuration, and nobody knows that of a host that could not be looked at. */
export function nodesAway(spec: Spec, observed: Observed, steps: readonly Step[]): readonly Problem[] {
  const lans = Object.entries(spec.networks).filter(([, network]) => isSwarmLan(network));
  if (lans.length === 0) return [];
  const made = new Set(steps.flatMap(({ op, ref }) => (op === 'network.create' ? [ref] : [])));
  return lans.flatMap(([key, network]) => {
    if (!made.has(`network:${key}`)) return [];
    const away = placesOf(network, spec).filter((host) => !observed.has(host));
    if (away.length === 0) return [];
    const message = `it is made when every node has its configuration, and ${list(away)} cannot be looked at`;
    const path = formatPath(['networks', key]);
    return [problem('error', 'HOST_UNREACHABLE', path, message, 'Mend that first, or write hosts: without it here.')];
  });
}

/**
 * Nodes that are none of the hosts get no configuration, and the swarm sends them tasks all the same, which never start.
 * Which nodes those are is known when all hosts were looked at.
 */
export function nodesWithout(spec: Spec, observed: Observed, maker: HostName): readonly Problem[] {
  const { nodes } = observed.get(maker)?.engine.swarm ?? {};
  if (nodes === undefined || hostsOf(spec).some((host) => !observed.has(host))) return [];
  const others = strangers(nodes, observed);
  if (others.length === 0) return [];
  return Object.entries(spec.networks).flatMap(([key, network]) => {
    if (!isSwarmLan(network)) return [];
    const [who, it] = others.length === 1 ? ['node', 'it is'] : ['nodes', 'they are'];
    const message = `the ${who} ${namesOf(others)} of the swarm cannot run what is on it: ${it} none of the hosts, and so without the configuration`;
    const hint =
      'Add what is missing to hosts: and to the swarm, or keep services away from there with a placement constraint.';
    return [lint('SWARM_LAN_NODES', formatPath(['networks', key]), message, hint)];
  });
}

function isConfiguration({ ref }: NetworkResource, { networks }: Spec): boolean {
  return networks[ref.replace(/^network:/, '')]?.configures !== undefined;
}
