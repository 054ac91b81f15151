import type { HostName, NetworkResource, Observed, Step } from '../model.js';
import { resolve } from '../resolve/resolve.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { placesOf, specOn } from '../spec/hosts.js';
import { formatPath } from '../spec/path.js';
import type { Spec } from '../spec/schema.js';
import { list } from '../spec/show.js';
import { isSwarmLan } from '../spec/swarm-lan.js';
import { networkChanges } from './compare.js';
import { describeChanges } from './describe.js';
import { matchAll } from './match.js';

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

function isConfiguration({ ref }: NetworkResource, { networks }: Spec): boolean {
  return networks[ref.replace(/^network:/, '')]?.configures !== undefined;
}
