import { isDeepStrictEqual } from 'node:util';

import { NetctlError } from '../errors.js';
import type { StepArgs } from '../model.js';
import type { EngineClient } from './client.js';
import { disconnect, inspect, stop } from './containers.js';
import { interfacesOf, newcomer } from './interfaces.js';
import { endpointOn, statusOf, toConfig } from './map-endpoint.js';
import { wordFor } from './network-word.js';

/** `gone`: the container is no more; `away`: somebody else took it off the network before. */
export interface Parked {
  readonly result: 'parked' | 'gone' | 'away';
  /** Its name inside the container, where that can be seen. */
  readonly interface?: string;
}

/**
 * Takes a container off a network, in any state that it may be in.
 * @throws NetctlError CHANGED_MEANWHILE when its place is not the one that was read, and what the engine refuses
 */
export async function parkEndpoint(
  client: EngineClient,
  { endpoint, networkId, network }: StepArgs['endpoint.park'],
  signal?: AbortSignal,
): Promise<Parked> {
  const name = { id: networkId, name: network };
  const container = await inspect(client, endpoint.container, signal);
  if (container === undefined) return { result: 'gone' };
  const entry = endpointOn(container, name);
  if (entry === undefined) return { result: 'away' };
  const { mac: _mac, ...planned } = endpoint.config;
  if (!isDeepStrictEqual(toConfig(container, entry), planned)) {
    throw new NetctlError(
      'CHANGED_MEANWHILE',
      `Container ${endpoint.name} is on network ${network} otherwise than when this was planned`,
      { hint: 'Somebody else connected it anew; run the same command again.' },
    );
  }
  if (statusOf(container) === 'restarting') await stop(client, endpoint, container, signal);
  const before = await interfacesOf(container);
  try {
    const state = statusOf(container) === 'restarting' ? 'exited' : statusOf(container);
    await disconnect(client, wordFor(name, state), endpoint.container, signal);
    const lost = newcomer(await interfacesOf(container), before);
    return { result: 'parked', ...(lost === undefined ? {} : { interface: lost }) };
  } catch (error) {
    const now = await inspect(client, endpoint.container, signal);
    if (now === undefined) return { result: 'gone' };
    if (endpointOn(now, name) === undefined) return { result: 'parked' };
    // Between two tries to start it no engine lets it be disconnected; it was in one a moment ago, or is now.
    if (statusOf(now) !== 'restarting') throw error;
    await stop(client, endpoint, now, signal);
    await disconnect(client, wordFor(name, 'exited'), endpoint.container, signal);
  }
  return { result: 'parked' };
}
