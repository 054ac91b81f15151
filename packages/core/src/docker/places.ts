import type { Endpoint, Place } from '../endpoints.js';
import type { EngineClient } from './client.js';
import { inspect } from './containers.js';
import { endpointOn, toEndpoint } from './map-endpoint.js';
import type { NetworkName } from './map-endpoint.js';

/** More at once gain nothing. */
const AT_ONCE = 4;

/** The places of containers on a network; those that are gone meanwhile, or not on it any more, are left out. */
export async function readEndpoints(
  client: EngineClient,
  network: NetworkName,
  containers: readonly string[],
  engineVersion: string,
  signal?: AbortSignal,
): Promise<readonly Endpoint[]> {
  const places = await readPlaces(client, containers, [network], engineVersion, signal);
  return places.map(({ endpoint }) => endpoint);
}

/** The places of containers on these networks, by name; those that are gone meanwhile are left out. */
export async function readPlaces(
  client: EngineClient,
  containers: readonly string[],
  networks: readonly NetworkName[],
  engineVersion: string,
  signal?: AbortSignal,
): Promise<readonly Place[]> {
  const queue = [...containers];
  const found: Place[] = [];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const container = await inspect(client, id, signal);
      if (container === undefined) continue;
      for (const network of networks) {
        const entry = endpointOn(container, network);
        if (entry === undefined) continue;
        const pid = container.State?.Pid ?? 0;
        const endpoint = toEndpoint(container, entry, network, engineVersion);
        found.push({ networkId: network.id, endpoint, ...(pid > 0 ? { pid } : {}) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found.sort((a, b) => (a.endpoint.name < b.endpoint.name ? -1 : 1));
}
