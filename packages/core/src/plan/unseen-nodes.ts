import type { HostFacts } from '../model.js';
import type { SwarmNode } from '../swarm-facts.js';
import { formerNodes } from './swarm-members.js';

/**
 * The nodes of the swarm that are none of the hosts that were looked at; undefined where nobody who was knows them all.
 * Whoever is on a network there is seen by nobody, whatever state the node is in: one that is down may come back with
 * its containers.
 */
export function unseenNodes({ engine, peers }: HostFacts): readonly SwarmNode[] | undefined {
  const { manager, nodeId, nodes } = engine.swarm;
  if (!manager || nodes === undefined) return undefined;
  const seen = new Set([nodeId, ...[...(peers ?? [])].map(([, peer]) => peer.engine.swarm.nodeId)]);
  const former = formerNodes(nodes, new Map(peers));
  return nodes.filter(({ id }) => !seen.has(id) && !former.has(id));
}
