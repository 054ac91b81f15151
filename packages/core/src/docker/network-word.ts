import { isAtWork } from '../endpoints.js';
import { SWARM_ID } from './map.js';
import type { NetworkName } from './map-endpoint.js';

/**
 * By which a network is named to the engine. A container that does not run has its place by whatever the engine was told,
 * and no node finds a network of the swarm by its id then (measured on 20.10 to 28.5).
 */
export function wordFor({ id, name }: NetworkName, state: string): string {
  return SWARM_ID.test(id) && !isAtWork(state) ? name : id;
}
