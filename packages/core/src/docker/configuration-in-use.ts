import { messageOf } from '../errors.js';
import { pause } from '../pause.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { readList } from './read.js';

/** How long a node may take to drop its copy of a network of the swarm; measured: below 1.5 s. */
const SETTLE_MS = 15_000;
const POLL_MS = 100;

/**
 * Removes a configuration network that the engine would not remove a moment ago. A node drops its copy of a network of the
 * swarm only after the last container has left it, and keeps the configuration until then. Throws `refusal` where that is not it.
 */
export async function removeWhenUnused(
  client: EngineClient,
  { id, name }: { readonly id: string; readonly name: string },
  refusal: unknown,
  signal?: AbortSignal,
): Promise<void> {
  const networks = await readList<ApiNetwork>(client, '/networks', signal);
  const stays = networks.some(({ ConfigFrom, Scope }) => ConfigFrom?.Network === name && Scope !== 'swarm');
  if (!isInUse(refusal) || stays) throw refusal;
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    await pause(POLL_MS, signal);
    try {
      await client.call('DELETE', `/networks/${id}`, { signal });
      return;
    } catch (error) {
      if (!isInUse(error) || performance.now() > end) throw error;
    }
  }
}

/** moby, libnetwork/network.go Delete */
function isInUse(error: unknown): boolean {
  return /configuration network .* is in use/.test(messageOf(error));
}
