import { hasProcess } from '../endpoints.js';
import type { ApiContainerDetails, ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { inspect } from './containers.js';
import { endpointOn, statusOf } from './map-endpoint.js';
import type { NetworkName } from './map-endpoint.js';
import { read } from './read.js';

/** Whether a container is on a network, and the network knows of it too. */
export async function isAttached(
  client: EngineClient,
  network: NetworkName,
  container: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const now = await inspect(client, container, signal);
  return now !== undefined && endpointOn(now, network) !== undefined && isWhole(client, now, network, signal);
}

/**
 * Whether the engine's network knows of a running container too. After a connect that failed (a host port was taken) the
 * container shows an address and the network does not show the container, and no disconnect or connect changes that
 * (measured on 20.10 to 28.5).
 */
export async function isWhole(
  client: EngineClient,
  container: ApiContainerDetails,
  network: NetworkName,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!hasProcess(statusOf(container))) return true;
  const { Containers } = await read<ApiNetwork>(client, `/networks/${network.id}`, signal);
  if (Object.hasOwn(Containers ?? {}, container.Id ?? '')) return true;
  // One that ended between the two looks is on no list either; and a start cures, whoever asked for it.
  const now = await inspect(client, container.Id ?? '', signal);
  return now === undefined || !hasProcess(statusOf(now)) || now.State?.StartedAt !== container.State?.StartedAt;
}
