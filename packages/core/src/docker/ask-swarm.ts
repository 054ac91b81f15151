import { NetctlError } from '../errors.js';
import type { SwarmFacts } from '../swarm-facts.js';
import type { ApiNode, ApiService } from './api.js';
import type { EngineClient } from './client.js';
import { toSwarmNodes } from './map-swarm.js';
import { readList } from './read.js';

/** What a manager knows of its swarm beyond what it says of itself. */
export interface Asked {
  readonly swarm: SwarmFacts;
  readonly services: readonly ApiService[];
}

/**
 * Asks a manager for services and nodes; no worker answers, and no manager whose swarm has no leader. That one says why in
 * `GET /info` already (moby, daemon/cluster Info), which alone is no proof: there may be a leader again by now.
 */
export async function askSwarm(client: EngineClient, swarm: SwarmFacts, signal?: AbortSignal): Promise<Asked> {
  if (!swarm.manager) return { swarm, services: [] };
  try {
    const [services, nodes] = await Promise.all([
      readList<ApiService>(client, '/services', signal),
      readList<ApiNode>(client, '/nodes', signal),
    ]);
    return { swarm: { ...swarm, nodes: toSwarmNodes(nodes) }, services };
  } catch (error) {
    const isRefusal = error instanceof NetctlError && error.code === 'ENGINE_ERROR';
    if (swarm.error === undefined || !isRefusal) throw error;
    return { swarm: { ...swarm, manager: false, leaderless: true }, services: [] };
  }
}
