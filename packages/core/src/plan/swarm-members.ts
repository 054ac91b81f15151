import type { HostFacts, HostName, Observed } from '../model.js';
import { list } from '../spec/show.js';
import type { SwarmNode } from '../swarm-facts.js';

/** The nodes that no host of the spec is, or was. */
export function strangers(nodes: readonly SwarmNode[], observed: Observed): readonly SwarmNode[] {
  const ours = new Set([...observed.values()].map(({ engine }) => engine.swarm.nodeId));
  const former = formerNodes(nodes, observed);
  return nodes.filter(({ id }) => !ours.has(id) && !former.has(id));
}

/** The nodes that hosts were before they left, by their ids: a swarm keeps such a one on its list until somebody takes it off. */
export function formerNodes(nodes: readonly SwarmNode[], observed: Observed): ReadonlyMap<string, HostName> {
  const ours = new Set([...observed.values()].map(({ engine }) => engine.swarm.nodeId));
  return new Map(
    nodes.flatMap((node) => {
      const host = ours.has(node.id) ? undefined : [...observed].find(([, facts]) => wasOnce(node, facts))?.[0];
      return host === undefined ? [] : [[node.id, host] as const];
    }),
  );
}

/** Names may be the same on several hosts; addresses tell them apart. */
function wasOnce({ hostname, address }: SwarmNode, { engine, links }: HostFacts): boolean {
  if (engine.swarm.state !== 'inactive' || engine.name !== hostname) return false;
  if (address === undefined || links === undefined) return true;
  return links.links.some(({ addresses }) => addresses.some((one) => one.address === address));
}

export function namesOf(nodes: readonly SwarmNode[]): string {
  return list(nodes.map(({ hostname, id }) => (hostname === '' ? id : hostname)));
}
