import { NetctlError } from '../errors.js';
import { pause } from '../pause.js';
import type { ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { read } from './read.js';

/** How long the swarm's allocator, or the removal of a swarm network, may take; measured: below 1.5 s. */
export const SWARM_SETTLE_MS = 15_000;
const POLL_MS = 100;

/**
 * Waits until a swarm has given a network that was just made its addresses: it answers 201 before it has looked for them,
 * and when it finds none the network stays without driver and subnet for ever. One that has none is taken back, also when
 * nobody waits any longer.
 * @throws NetctlError ENGINE_ERROR when there are none, and what a look at the network throws
 */
export async function allocated(
  client: EngineClient,
  { name, id }: { readonly name: string; readonly id: string },
  signal?: AbortSignal,
  within = SWARM_SETTLE_MS,
): Promise<void> {
  let failure: unknown;
  try {
    const done = async (): Promise<boolean> => isAllocated(await read<ApiNetwork>(client, `/networks/${id}`, signal));
    if (await settled(done, signal, within)) return;
    failure = new NetctlError('ENGINE_ERROR', `The swarm could not allocate addresses for network ${name}`, {
      hint: 'Its subnet overlaps another overlay network, or it has an IPv6 subnet; the log of the leading manager says which.',
    });
  } catch (error) {
    failure = error;
  }
  throw await takenBack(client, id, failure);
}

function isAllocated({ Driver, IPAM, ConfigFrom }: ApiNetwork): boolean {
  // One that is made from a configuration has its addresses on the nodes.
  const isNodes = (ConfigFrom?.Network ?? '') !== '';
  return Driver !== '' && (isNodes || (IPAM?.Config ?? []).length > 0);
}

/** Nobody is on it yet. Without the signal, which may be why it is taken back. */
async function takenBack(client: EngineClient, id: string, failure: unknown): Promise<unknown> {
  try {
    await client.call('DELETE', `/networks/${id}`);
    return failure;
  } catch (cause) {
    if (isGone(cause)) return failure;
    // Where nobody answers, that is what is told; the next apply finds the network, and makes it anew.
    if (!(failure instanceof NetctlError) || failure.code !== 'ENGINE_ERROR') return failure;
    return new NetctlError('ENGINE_ERROR', `${failure.message}; it could not be removed again`, {
      hint: `Remove it by its id: docker network rm ${id}. ${failure.hint ?? ''}`.trim(),
      cause,
    });
  }
}

function isGone(error: unknown): boolean {
  return error instanceof NetctlError && error.message.includes(' (404): ');
}

/** Looks until it is done; false when it is not within the time that a swarm may take. */
export async function settled(
  done: () => Promise<boolean>,
  signal?: AbortSignal,
  within = SWARM_SETTLE_MS,
): Promise<boolean> {
  const end = performance.now() + within;
  for (;;) {
    if (await done()) return true;
    if (performance.now() > end) return false;
    await pause(POLL_MS, signal);
  }
}
