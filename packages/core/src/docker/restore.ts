import { isAtWork, isGoing, mayBeStopped } from '../endpoints.js';
import type { Endpoint, EndpointState } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { StepArgs } from '../model.js';
import type { ApiContainerDetails } from './api.js';
import type { EngineClient } from './client.js';
import { connectContainer } from './connect-container.js';
import { disconnect, inspect, start } from './containers.js';
import { interfacesOf, newcomer } from './interfaces.js';
import { isWhole } from './is-attached.js';
import { endpointOn, statusOf, toState } from './map-endpoint.js';
import type { NetworkName } from './map-endpoint.js';
import { wordFor } from './network-word.js';

/** How a parked endpoint came back. */
export interface Restored {
  /** `attached`: somebody else connected it before, and that is left as it is. */
  readonly result: 'restored' | 'attached' | 'gone';
  /** What it has now. */
  readonly has?: EndpointState;
  /** When it was on the network, by the monotonic clock. */
  readonly at: number;
}

/** What may be done to bring an endpoint back. */
export interface RestoreOptions {
  /** Restart a container of which the engine keeps half an endpoint: nothing else cures that. */
  readonly restartStuck?: boolean;
}

/**
 * Gives a container its place on a network, and starts it when it was at work and is not. A connection that somebody
 * else made meanwhile stays as it is.
 * @throws NetctlError ENDPOINT_STUCK when the engine keeps half an endpoint, and what the engine refuses
 */
export async function restoreEndpoint(
  client: EngineClient,
  { endpoint, network, networkId, open }: StepArgs['endpoint.restore'] & { readonly networkId: string },
  options: RestoreOptions = {},
  signal?: AbortSignal,
): Promise<Restored> {
  const name = { id: networkId, name: network };
  const container = await inspect(client, endpoint.container, signal);
  if (container === undefined || isGoing(statusOf(container))) return { result: 'gone', at: performance.now() };
  const before = await interfacesOf(container);
  const taken = endpointOn(container, name) !== undefined;
  const attached = taken
    ? { result: 'attached' as const, now: container }
    : await connectContainer(client, container, endpoint, name, signal).catch((error: unknown) => {
        if (open !== true || !isNotAttached(error)) throw error;
        return connectContainer(client, container, withoutAddress(endpoint), name, signal);
      });
  if (attached === undefined) return { result: 'gone', at: performance.now() };
  let { result, now } = attached;
  if (result === 'attached' && !(await isWhole(client, now, name, signal))) {
    now = await cure(client, endpoint, name, options, signal);
    result = 'restored';
  }
  const at = performance.now();
  if (!isAtWork(statusOf(now)) && hasToRun(endpoint, result, now)) {
    await start(client, endpoint, signal).catch(async (error: unknown) => {
      if (result === 'restored' && !mayBeStopped(endpoint))
        await offAgain(client, endpoint, name).catch(() => undefined);
      throw error;
    });
    now = (await inspect(client, endpoint.container, signal)) ?? now;
  }
  const entry = endpointOn(now, name);
  if (entry === undefined) return { result, at };
  const made = newcomer(before, await interfacesOf(now));
  return { result, at, has: { ...toState(now, entry), ...(made === undefined ? {} : { interface: made }) } };
}

/**
 * Whoever has his place and does not run is taken for one who was put back: so he is off it until he can be started too. An
 * engine that comes back does not find the networks of its swarm for a moment, and starts nobody who is on one.
 */
async function offAgain(client: EngineClient, { container }: Endpoint, network: NetworkName): Promise<void> {
  const now = await inspect(client, container);
  if (now === undefined || isAtWork(statusOf(now))) return;
  await disconnect(client, wordFor(network, statusOf(now)), container);
}

/** What an engine says of all that keeps a swarm from attaching a container, after 20 s. */
function isNotAttached(error: unknown): boolean {
  return error instanceof NetctlError && error.message.includes('attaching to network failed');
}

function withoutAddress(endpoint: Endpoint): Endpoint {
  const { ipv4: _chosen, ...config } = endpoint.config;
  return { ...endpoint, config };
}

/**
 * Whoever was stopped to be moved runs again, and so does whoever ended badly while he was off. Who ended well had done
 * what he was for, and is not to do it twice.
 */
function hasToRun(endpoint: Endpoint, result: Restored['result'], now: ApiContainerDetails): boolean {
  const endedBadly = isAtWork(endpoint.state) && result === 'restored' && now.State?.ExitCode !== 0;
  return mayBeStopped(endpoint) || endedBadly;
}

async function cure(
  client: EngineClient,
  endpoint: Endpoint,
  network: NetworkName,
  { restartStuck }: RestoreOptions,
  signal?: AbortSignal,
): Promise<ApiContainerDetails> {
  if (restartStuck === true) {
    await client.call('POST', `/containers/${endpoint.container}/restart`, { signal });
    const now = await inspect(client, endpoint.container, signal);
    if (now !== undefined && (await isWhole(client, now, network, signal))) return now;
  }
  throw new NetctlError(
    'ENDPOINT_STUCK',
    `Container ${endpoint.name} is half connected to network ${network.name}: the engine kept the address and made no interface`,
    {
      hint: `Free what it needs (a host port that was taken meanwhile, as a rule) and restart it: docker restart ${endpoint.name}, or --restart-stuck.`,
    },
  );
}
