import { isDeepStrictEqual } from 'node:util';

import { hasProcess, isAtWork, isGoing, mayBeStopped } from '../endpoints.js';
import type { Endpoint, EndpointState, Place } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { StepArgs } from '../model.js';
import type { ApiContainerDetails, ApiNetwork } from './api.js';
import type { EngineClient } from './client.js';
import { disconnect, inspect, start, stop } from './containers.js';
import { interfacesOf, newcomer } from './interfaces.js';
import { SWARM_ID } from './map.js';
import { endpointOn, statusOf, toConfig, toConnectBody, toEndpoint, toState } from './map-endpoint.js';
import type { NetworkName } from './map-endpoint.js';
import { read } from './read.js';
import { settled } from './swarm-settle.js';
import { networksOf } from './unique-name.js';

/** `gone`: the container is no more; `away`: somebody else took it off the network before. */
export interface Parked {
  readonly result: 'parked' | 'gone' | 'away';
  /** Its name inside the container, where that can be seen. */
  readonly interface?: string;
}

export interface Restored {
  /** `attached`: somebody else connected it before, and that is left as it is. */
  readonly result: 'restored' | 'attached' | 'gone';
  /** What it has now. */
  readonly has?: EndpointState;
  /** When it was on the network, by the monotonic clock. */
  readonly at: number;
}

export interface RestoreOptions {
  /** Restart a container of which the engine keeps half an endpoint: nothing else cures that. */
  readonly restartStuck?: boolean;
}

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
        found.push({ networkId: network.id, endpoint: toEndpoint(container, entry, network, engineVersion) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found.sort((a, b) => (a.endpoint.name < b.endpoint.name ? -1 : 1));
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
    : await attach(client, container, endpoint, name, signal).catch((error: unknown) => {
        if (open !== true || !isNotAttached(error)) throw error;
        return attach(client, container, withoutAddress(endpoint), name, signal);
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
 * Whoever was stopped to be moved runs again, and so does whoever ended badly while he was off. Who ended well had done
 * what he was for, and is not to do it twice.
 */
function hasToRun(endpoint: Endpoint, result: Restored['result'], now: ApiContainerDetails): boolean {
  const endedBadly = isAtWork(endpoint.state) && result === 'restored' && now.State?.ExitCode !== 0;
  return mayBeStopped(endpoint) || endedBadly;
}

/** Undefined when the container is gone. */
async function attach(
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
 * By which a network is named to the engine. A container that does not run has its place by whatever the engine was told,
 * and no node finds a network of the swarm by its id then (measured on 20.10 to 28.5).
 */
function wordFor({ id, name }: NetworkName, state: string): string {
  return SWARM_ID.test(id) && !isAtWork(state) ? name : id;
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

/**
 * Whether the engine's network knows of a running container too. After a connect that failed (a host port was taken) the
 * container shows an address and the network does not show the container, and no disconnect or connect changes that
 * (measured on 20.10 to 28.5).
 */
async function isWhole(
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
