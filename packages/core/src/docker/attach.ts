import { hasProcess, isAtWork, mayBeStopped } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { StepArgs } from '../model.js';
import type { EngineClient } from './client.js';
import { disconnect, inspect, start } from './containers.js';
import { parkEndpoint } from './park.js';
import { restoreEndpoint } from './restore.js';
import type { Restored } from './restore.js';
import { statusOf } from './map-endpoint.js';

type Attach = Pick<StepArgs['endpoint.attach'], 'network' | 'endpoint'> & { readonly networkId: string };

/**
 * Connects a container to a network that it was not on. What it does is its own: it is neither stopped nor started.
 * @throws NetctlError CHANGED_MEANWHILE between two tries of a restart policy, and what the engine refuses
 */
export async function attachEndpoint(client: EngineClient, step: Attach, signal?: AbortSignal): Promise<Restored> {
  const { endpoint } = step;
  const container = await inspect(client, endpoint.container, signal);
  if (container === undefined) return { result: 'gone', at: performance.now() };
  const state = statusOf(container);
  if (state === 'restarting') {
    throw new NetctlError(
      'CHANGED_MEANWHILE',
      `Container ${endpoint.name} is restarting, and was not when this was planned`,
      {
        hint: 'No engine connects such a one; wait until it runs, or stop it.',
      },
    );
  }
  const { restarts: _restarts, ...rest } = endpoint;
  try {
    return await restoreEndpoint(client, { ...step, endpoint: { ...rest, state } }, {}, signal);
  } catch (error) {
    await withdraw(client, step, signal);
    throw error;
  }
}

/**
 * A connect that fails on a running container leaves an entry without an endpoint, for which the container cannot be
 * restarted; only another connect takes its place, which can then be undone (measured on 20.10 to 28.5).
 */
async function withdraw(
  client: EngineClient,
  { endpoint, network, networkId }: Attach,
  signal?: AbortSignal,
): Promise<void> {
  const { container } = endpoint;
  try {
    const now = await inspect(client, container, signal);
    const entry = now?.NetworkSettings?.Networks?.[network];
    if (now === undefined || !hasProcess(statusOf(now)) || !entry || (entry.EndpointID ?? '') !== '') return;
    await client.call('POST', `/networks/${networkId}/connect`, { body: { Container: container }, signal });
    await disconnect(client, networkId, container, signal);
  } catch {
    // What is told is why it could not be connected.
  }
}

/** Takes a container off a network for good; whoever had to be stopped for that runs again. */
export async function detachEndpoint(
  client: EngineClient,
  step: StepArgs['endpoint.detach'],
  signal?: AbortSignal,
): Promise<void> {
  const { endpoint } = step;
  const { result } = await parkEndpoint(client, step, signal);
  if (result !== 'parked' || !mayBeStopped(endpoint)) return;
  const now = await inspect(client, endpoint.container, signal);
  if (now !== undefined && !isAtWork(statusOf(now))) await start(client, endpoint, signal);
}
