import type { Endpoint } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { ApiContainerDetails } from './api.js';
import type { EngineClient } from './client.js';
import { disconnect, inspect } from './containers.js';
import { SWARM_ID } from './map.js';
import { endpointOn, statusOf, toConnectBody } from './map-endpoint.js';
import type { NetworkName } from './map-endpoint.js';
import { wordFor } from './network-word.js';
import { settled } from './swarm-settle.js';
import { networksOf } from './unique-name.js';

/** Undefined when the container is gone. */
export async function connectContainer(
  client: EngineClient,
  container: ApiContainerDetails,
  endpoint: Endpoint,
  network: NetworkName,
  signal?: AbortSignal,
): Promise<{ result: 'restored' | 'attached'; now: ApiContainerDetails } | undefined> {
  await dropStale(client, container, network, signal);
  if (SWARM_ID.test(network.id)) await namesakesGone(client, network, signal);
  try {
    await client.call('POST', `/networks/${wordFor(network, statusOf(container))}/connect`, {
      body: toConnectBody(endpoint.container, endpoint.config),
      signal,
    });
  } catch (error) {
    const now = await inspect(client, endpoint.container, signal);
    if (now === undefined) return undefined;
    // Somebody else was quicker, or the engine failed half-way; the caller finds out which.
    if (endpointOn(now, network) !== undefined) return { result: 'attached', now };
    throw error;
  }
  const now = await inspect(client, endpoint.container, signal);
  if (now === undefined) return undefined;
  await refuseGone(client, now, endpoint, network, signal);
  return { result: 'restored', now };
}

/**
 * A node keeps its copy of a network of the swarm for a moment after it went, and until then it makes none of that name:
 * an attachment would fail after 20 s.
 */
async function namesakesGone(client: EngineClient, { id, name }: NetworkName, signal?: AbortSignal): Promise<void> {
  const isAlone = async (): Promise<boolean> =>
    (await networksOf(client, name, signal)).every(({ Id, Scope }) => Id === id || Scope !== 'swarm');
  await settled(isAlone, signal);
}

/**
 * An engine connects a container that does not run to whatever it is told, and takes the id of a network that is gone for
 * its name (measured on 20.10 to 28.5). With that the container would never start again.
 */
async function refuseGone(
  client: EngineClient,
  now: ApiContainerDetails,
  { container, name }: Endpoint,
  network: NetworkName,
  signal?: AbortSignal,
): Promise<void> {
  if (now.NetworkSettings?.Networks?.[network.id] === undefined) return;
  await disconnect(client, network.id, container, signal);
  throw new NetctlError(
    'CHANGED_MEANWHILE',
    `Network ${network.name} was removed before container ${name} was on it again`,
    { hint: 'Somebody else removed it; run the same command again.' },
  );
}

/**
 * What is left of another connection under the name goes: that of a network that is gone, in a stopped container, or of a
 * connect that failed. An engine that keeps nothing of it refuses, and nothing is lost by that.
 */
async function dropStale(
  client: EngineClient,
  container: ApiContainerDetails,
  network: NetworkName,
  signal?: AbortSignal,
): Promise<void> {
  if (container.NetworkSettings?.Networks?.[network.name] === undefined) return;
  const body = { Container: container.Id, Force: true };
  await client.call('POST', `/networks/${network.id}/disconnect`, { body, signal }).catch((error: unknown) => {
    if (!(error instanceof NetctlError) || error.code !== 'ENGINE_ERROR') throw error;
  });
}
