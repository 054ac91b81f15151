import type { HostFacts } from '../model.js';

/** How many nodes the swarm of a host has: those that its managers know, and those hosts of the spec that are in one. */
export function hasSeveralNodes({ engine, peers }: HostFacts): boolean {
  const { nodes = [] } = engine.swarm;
  return nodes.length > 1 || [...(peers ?? [])].some(([, peer]) => peer.engine.swarm.state !== 'inactive');
}
