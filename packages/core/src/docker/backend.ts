import { setTimeout as sleep } from 'node:timers/promises';

import { NetctlError } from '../errors.js';
import type { EngineFacts, FoundNetwork, Owner, StepArgs } from '../model.js';
import type { ApiContainer, ApiInfo, ApiNetwork, ApiService } from './api.js';
import type { EngineClient } from './client.js';
import { connect } from './connect.js';
import type { ConnectOptions } from './connect.js';
import { createBody, engineDefaults } from './create.js';
import type { DefaultsCalls } from './create.js';
import { holdersOf, toEngineFacts, toFoundNetwork } from './map.js';
import { claimName, keepsNamesUnique } from './unique-name.js';

/** How long the swarm's allocator, or the removal of a swarm network, may take; measured: below 1.5 s. */
const SWARM_SETTLE_MS = 15_000;
const POLL_MS = 100;

export interface EngineObservation {
  readonly engine: EngineFacts;
  readonly networks: readonly FoundNetwork[];
}

/** Reads and changes the networks of one Docker Engine. All calls throw NetctlError and obey the signal. */
export interface EngineBackend extends AsyncDisposable {
  /** Reads; changes nothing. */
  observe(signal?: AbortSignal): Promise<EngineObservation>;
  createNetwork(step: StepArgs['network.create'], owner: Owner, signal?: AbortSignal): Promise<void>;
  /** A network that is gone already is no error. */
  removeNetwork(step: StepArgs['network.remove'], signal?: AbortSignal): Promise<void>;
}

/**
 * Reaches a Docker Engine by its socket and agrees on an API version with it.
 * @throws NetctlError ENGINE_UNREACHABLE, ENGINE_NOT_DOCKER, ENGINE_TOO_OLD, ENGINE_TOO_NEW, ENGINE_TIMEOUT, PERMISSION,
 * USAGE
 */
export async function connectDocker(options: ConnectOptions = {}): Promise<EngineBackend> {
  const { client, apiVersion } = await connect(options);
  const lookAgain = () => engineDefaults(apiVersion, defaultsCalls(client));
  let defaultsOf = lookAgain();
  return {
    observe: (signal) => {
      // The engine may have been restarted with others since the last time.
      defaultsOf = lookAgain();
      return observe(client, apiVersion, signal);
    },
    createNetwork: async (step, owner, signal) => {
      signal?.throwIfAborted();
      const body = await createBody(step, owner, defaultsOf);
      await createNetwork(client, apiVersion, step, body, signal);
    },
    removeNetwork: (step, signal) => removeNetwork(client, step, signal),
    [Symbol.asyncDispose]: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

async function observe(client: EngineClient, apiVersion: string, signal?: AbortSignal): Promise<EngineObservation> {
  const [info, networks, containers] = await Promise.all([
    read<ApiInfo>(client, '/info', signal),
    readList<ApiNetwork>(client, '/networks', signal),
    // Stopped containers too: removing their network would break them, and only this list has them all.
    readList<ApiContainer>(client, '/containers/json', signal, { all: '1' }),
  ]);
  const engine = toEngineFacts(info, apiVersion);
  const services = engine.swarm.manager ? await readList<ApiService>(client, '/services', signal) : [];
  return {
    engine,
    // Engines list them in random order, and a plan that is made twice has to be the same.
    networks: [...networks]
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
      .map((network) => toFoundNetwork(network, holdersOf(network, containers, services))),
  };
}

function sortKey({ Name = '', Id = '' }: ApiNetwork): string {
  return `${Name}\0${Id}`;
}

function defaultsCalls(client: EngineClient): DefaultsCalls {
  return {
    create: (body) => postNetwork(client, body),
    optionsOf: async (id) => {
      const network = await listed(client, id);
      if (network !== undefined) return network.Options ?? {};
      throw new NetctlError('ENGINE_ERROR', 'A network that netctl made to see what the engine adds is gone', {
        hint: 'Somebody else removed it; run the same command again.',
      });
    },
    remove: (id) => removeNetwork(client, { name: id, id, scope: 'local' }),
  };
}

async function createNetwork(
  client: EngineClient,
  apiVersion: string,
  { name, props }: StepArgs['network.create'],
  body: object,
  signal?: AbortSignal,
): Promise<void> {
  const id = await postNetwork(client, body, signal);
  if (!keepsNamesUnique(apiVersion)) await claimName(client, name, id, signal);
  if (props.driver === 'overlay' && props.configOnly !== true) await allocated(client, name, id, signal);
}

async function postNetwork(client: EngineClient, body: object, signal?: AbortSignal): Promise<string> {
  const { json } = await client.call('POST', '/networks/create', { body, signal });
  const id = (json as { Id?: string } | undefined)?.Id;
  if (id === undefined) throw unexpected(client, 'POST /networks/create');
  return id;
}

/**
 * A swarm answers 201 before it has looked for addresses, and when it finds none the network stays without driver and
 * subnet for ever.
 */
async function allocated(client: EngineClient, name: string, id: string, signal?: AbortSignal): Promise<void> {
  const done = await poll(async () => {
    const network = await read<ApiNetwork>(client, `/networks/${id}`, signal);
    return network.Driver !== '' && (network.IPAM?.Config ?? []).length > 0;
  }, signal);
  if (done) return;
  await client.call('DELETE', `/networks/${id}`, { signal });
  throw new NetctlError('ENGINE_ERROR', `The swarm could not allocate addresses for network ${name}`, {
    hint: 'Its subnet overlaps another overlay network, or it has an IPv6 subnet; the log of the leading manager says which.',
  });
}

async function removeNetwork(
  client: EngineClient,
  step: StepArgs['network.remove'],
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.call('DELETE', `/networks/${step.id}`, { signal });
  } catch (error) {
    if (await exists(client, step.id, signal)) throw error;
  }
  if (step.scope !== 'swarm') return;
  // A swarm network lives on for a moment after 204, and until then its name is taken.
  if (await poll(async () => !(await exists(client, step.id, signal)), signal)) return;
  throw new NetctlError('ENGINE_TIMEOUT', `Network ${step.name} is still there after its removal`, {
    hint: 'A node of the swarm still uses it; look at `docker network inspect --verbose`.',
  });
}

async function exists(client: EngineClient, id: string, signal?: AbortSignal): Promise<boolean> {
  return (await listed(client, id, signal)) !== undefined;
}

/** As the list has it: for a swarm network that is the record of the cluster, which is what is compared. */
async function listed(client: EngineClient, id: string, signal?: AbortSignal): Promise<ApiNetwork | undefined> {
  const networks = await readList<ApiNetwork>(client, '/networks', signal, { filters: JSON.stringify({ id: [id] }) });
  return networks.find((network) => network.Id === id);
}

async function poll(done: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean> {
  const end = performance.now() + SWARM_SETTLE_MS;
  for (;;) {
    if (await done()) return true;
    if (performance.now() > end) return false;
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    signal?.throwIfAborted();
  }
}

async function read<T extends object>(client: EngineClient, path: string, signal?: AbortSignal): Promise<T> {
  const { json } = await client.call('GET', path, { signal });
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as T;
  throw unexpected(client, `GET ${path}`);
}

async function readList<T extends object>(
  client: EngineClient,
  path: string,
  signal?: AbortSignal,
  query?: Readonly<Record<string, string>>,
): Promise<readonly T[]> {
  const { json } = await client.call('GET', path, { signal, ...(query === undefined ? {} : { query }) });
  if (Array.isArray(json) && json.every((item) => typeof item === 'object' && item !== null)) return json as T[];
  throw unexpected(client, `GET ${path}`);
}

function unexpected(client: EngineClient, call: string): NetctlError {
  return new NetctlError('ENGINE_NOT_DOCKER', `${client.where} answers ${call} with something else than Docker does`, {
    hint: "Give the path of Docker's own socket with --host or DOCKER_HOST.",
  });
}
