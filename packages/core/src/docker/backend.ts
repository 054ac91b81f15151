import { NetctlError } from '../errors.js';
import type { Endpoint, FoundContainer, Place } from '../endpoints.js';
import type { Adoption, EngineFacts, FoundNetwork, NetworkProps, Owner, StepArgs, SwarmRole } from '../model.js';
import type { ApiContainer, ApiInfo, ApiNetwork } from './api.js';
import { askSwarm } from './ask-swarm.js';
import type { EngineClient } from './client.js';
import { adoptNetwork, toAdoption, withMark } from './adoption-network.js';
import { attachEndpoint, detachEndpoint } from './attach.js';
import { removeWhenUnused } from './configuration-in-use.js';
import { connect } from './connect.js';
import type { ConnectOptions } from './connect.js';
import { createBody, engineDefaults, getsDefaults } from './create.js';
import type { DefaultsCalls } from './create.js';
import { readEvents } from './events.js';
import type { EngineEvent } from './events.js';
import { isAttached } from './is-attached.js';
import { parkEndpoint } from './park.js';
import type { Parked } from './park.js';
import { readEndpoints, readPlaces } from './places.js';
import { restoreEndpoint } from './restore.js';
import type { Restored, RestoreOptions } from './restore.js';
import { dropJournal, isJournal, keepJournal, toJournal } from './journal-network.js';
import type { EngineJournal } from './journal-network.js';
import type { NetworkName } from './map-endpoint.js';
import { hiddenNetworks, holdersOf, toEngineFacts, toFoundContainer, toFoundNetwork } from './map.js';
import { read, readList } from './read.js';
import { changeNode, forgetNode, initSwarm, joinSwarm, leaveSwarm, roleTaken, swarmAccess } from './swarm.js';
import type { SwarmAccess } from './swarm.js';
import { markSwarm, toSwarmMark, unmarkOutside, unmarkSwarm } from './swarm-mark.js';
import { describeHolders } from '../plan/describe.js';
import { allocated, settled, SWARM_SETTLE_MS } from './swarm-settle.js';
import { makeNamed, networksOf, postNetwork } from './unique-name.js';
import { workloadReader } from './workloads.js';
import type { Workload } from '../workloads.js';

/** What one look at an engine has seen. */
export interface EngineObservation {
  readonly engine: EngineFacts;
  /** Without those in which netctl keeps what it has to remember. */
  readonly networks: readonly FoundNetwork[];
  readonly adoptions: readonly Adoption[];
  /** Who took this engine into its swarm, if netctl did. */
  readonly swarmOwner?: Owner;
  /** All its containers, by id. */
  readonly containers: ReadonlyMap<string, FoundContainer>;
  /** Copies of the journal of an apply that is at work or did not finish; one, but for a moment on engines up to 24. */
  readonly journals: readonly EngineJournal[];
}

/** A network by its name and its id, and how far it reaches. */
export type NetworkId = Pick<StepArgs['network.remove'], 'name' | 'id' | 'scope'>;

/** Reads and changes the networks of one Docker Engine. All calls throw NetctlError and obey the signal. */
export interface EngineBackend extends AsyncDisposable {
  /** Reads; changes nothing. */
  observe(signal?: AbortSignal): Promise<EngineObservation>;
  /**
   * The containers that run, and paused ones, as service discovery needs to know them: one call for all, and one more for each
   * that was not there the last time.
   */
  workloads(signal?: AbortSignal): Promise<readonly Workload[]>;
  /**
   * Tells of what happens to containers, networks, services, nodes and the engine itself, once `onOpen` was called.
   * Resolves when the engine ends it (it stops) and when the signal is aborted; its connection is closed by then.
   */
  events(onEvent: (event: EngineEvent) => void, signal: AbortSignal, onOpen?: () => void): Promise<void>;
  /** The places of these containers (by id) on a network. */
  endpoints(
    network: NetworkName,
    containers: readonly string[],
    engineVersion: string,
    signal?: AbortSignal,
  ): Promise<readonly Endpoint[]>;
  /** All places of these containers (by id) on these networks. */
  places(
    containers: readonly string[],
    networks: readonly NetworkName[],
    engineVersion: string,
    signal?: AbortSignal,
  ): Promise<readonly Place[]>;
  /** Finds out what making these networks takes, so that it takes no longer than it has to when somebody waits for it. */
  prepare(networks: readonly NetworkProps[], stack: string): Promise<void>;
  /** The id of the network. */
  createNetwork(step: StepArgs['network.create'], owner: Owner, signal?: AbortSignal): Promise<string>;
  /** A network that is gone already is no error. CHANGED_MEANWHILE when anybody holds it, running or not. */
  removeNetwork(step: NetworkId, signal?: AbortSignal): Promise<void>;
  /**
   * Marks a network of nobody as ours; nothing of it changes. CHANGED_MEANWHILE when it is gone or another netctl has
   * adopted it.
   */
  adoptNetwork(step: StepArgs['network.adopt'], owner: Owner, signal?: AbortSignal): Promise<void>;
  /** Drops the mark of an adopted network; one that is gone already is no error. */
  forgetNetwork(step: StepArgs['network.forget'], signal?: AbortSignal): Promise<void>;
  /** Whether a container is on a network, and the engine's network knows of it too. */
  isAttached(network: NetworkName, container: string, signal?: AbortSignal): Promise<boolean>;
  /** Takes a container off a network, and gives what the engine had of it. That it is off already is no error. */
  parkEndpoint(step: StepArgs['endpoint.park'], signal?: AbortSignal): Promise<Parked>;
  /** Puts a container that was taken off back as it was, on the network of this id. That it is there already is no error. */
  restoreEndpoint(
    step: StepArgs['endpoint.restore'] & { readonly networkId: string },
    options?: RestoreOptions,
    signal?: AbortSignal,
  ): Promise<Restored>;
  /** A connection that somebody else made meanwhile stays as it is; one that fails leaves nothing behind. */
  attachEndpoint(
    step: Pick<StepArgs['endpoint.attach'], 'network' | 'endpoint'> & { readonly networkId: string },
    signal?: AbortSignal,
  ): Promise<Restored>;
  /** One that is off already is no error. */
  detachEndpoint(step: StepArgs['endpoint.detach'], signal?: AbortSignal): Promise<void>;
  /** Makes a swarm, and remembers that it did; the id of the node. */
  initSwarm(step: StepArgs['swarm.init'], owner: Owner, signal?: AbortSignal): Promise<string>;
  /** Of a manager: how others join its swarm. */
  swarmAccess(signal?: AbortSignal): Promise<SwarmAccess>;
  /** Joins a swarm, and remembers that it did; the id of the node. One that is not taken in leaves nothing behind. */
  joinSwarm(step: StepArgs['swarm.join'], access: SwarmAccess, owner: Owner, signal?: AbortSignal): Promise<string>;
  /** On a manager: the role and the labels of a node. */
  changeNode(nodeId: string, step: StepArgs['swarm.node'], signal?: AbortSignal): Promise<void>;
  /** Waits until the engine itself knows of its role. */
  roleTaken(role: SwarmRole, signal?: AbortSignal): Promise<void>;
  /** On a manager; one that is off the list already is no error. */
  forgetNode(nodeId: string, signal?: AbortSignal): Promise<void>;
  /** Leaves the swarm, and forgets that netctl took it in; an engine that is in none is no error. */
  leaveSwarm(signal?: AbortSignal): Promise<void>;
  /** Keeps a text in the engine, once: the copy's id, or undefined when there is one of somebody else. */
  keepJournal(stack: string, text: string, signal?: AbortSignal): Promise<string | undefined>;
  /** A copy that is gone already is no error. */
  dropJournal(id: string): Promise<void>;
}

/**
 * Reaches a Docker Engine by its socket and agrees on an API version with it.
 * @throws NetctlError ENGINE_UNREACHABLE, ENGINE_NOT_DOCKER, ENGINE_TOO_OLD, ENGINE_TOO_NEW, ENGINE_TIMEOUT, PERMISSION,
 * USAGE
 */
export async function connectDocker(options: ConnectOptions = {}): Promise<EngineBackend> {
  const { client, apiVersion } = await connect(options);
  return dockerBackend(client, apiVersion);
}

/** The backend on a client whose API version is agreed. */
export function dockerBackend(client: EngineClient, apiVersion: string): EngineBackend {
  const lookAgain = () => engineDefaults(apiVersion, defaultsCalls(client));
  let defaultsOf = lookAgain();
  return {
    observe: (signal) => {
      // The engine may have been restarted with others since the last time.
      defaultsOf = lookAgain();
      return observe(client, apiVersion, signal);
    },
    workloads: workloadReader(client),
    events: (onEvent, signal, onOpen) => readEvents(client, onEvent, signal, onOpen),
    prepare: async (networks, stack) => {
      for (const props of networks) if (getsDefaults(props)) await defaultsOf(props.driver, stack);
    },
    createNetwork: async (step, owner, signal) => {
      signal?.throwIfAborted();
      const body = await createBody(step, owner, defaultsOf);
      return createNetwork(client, apiVersion, step, body, signal);
    },
    removeNetwork: async (step, signal) => {
      await refuseHeld(client, step, signal);
      await removeNetwork(client, step, signal);
    },
    adoptNetwork: async (step, owner, signal) => {
      if (!(await exists(client, step.id, signal))) throw goneMeanwhile(step.name);
      await adoptNetwork(client, apiVersion, step, owner, signal);
    },
    forgetNetwork: ({ id, name }, signal) => removeNetwork(client, { id, name, scope: 'local' }, signal),
    endpoints: (network, containers, version, signal) => readEndpoints(client, network, containers, version, signal),
    places: (containers, networks, version, signal) => readPlaces(client, containers, networks, version, signal),
    isAttached: (network, container, signal) => isAttached(client, network, container, signal),
    parkEndpoint: (step, signal) => parkEndpoint(client, step, signal),
    restoreEndpoint: (step, options, signal) => restoreEndpoint(client, step, options, signal),
    attachEndpoint: (step, signal) => attachEndpoint(client, step, signal),
    detachEndpoint: (step, signal) => detachEndpoint(client, step, signal),
    initSwarm: async (step, owner, signal) => {
      await markSwarm(client, apiVersion, owner);
      return initSwarm(client, step, signal).catch((error: unknown) => notInSwarm(client, error));
    },
    swarmAccess: (signal) => swarmAccess(client, signal),
    joinSwarm: async (step, access, owner, signal) => {
      await markSwarm(client, apiVersion, owner);
      return joinSwarm(client, step, access, signal).catch((error: unknown) => notInSwarm(client, error));
    },
    changeNode: (nodeId, step, signal) => changeNode(client, nodeId, step, signal),
    roleTaken: (role, signal) => roleTaken(client, role, signal),
    forgetNode: (nodeId, signal) => forgetNode(client, nodeId, signal),
    leaveSwarm: async (signal) => {
      await leaveSwarm(client, signal);
      await unmarkSwarm(client);
    },
    keepJournal: (stack, text, signal) => keepJournal(client, apiVersion, stack, text, signal),
    dropJournal: (id) => dropJournal(client, id),
    [Symbol.asyncDispose]: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** Where it could not leave again it is a node in some way, and ours. */
async function notInSwarm(client: EngineClient, error: unknown): Promise<never> {
  await unmarkOutside(client).catch(() => undefined);
  throw error;
}

async function observe(client: EngineClient, apiVersion: string, signal?: AbortSignal): Promise<EngineObservation> {
  const [info, networks, containers] = await Promise.all([
    read<ApiInfo>(client, '/info', signal),
    readList<ApiNetwork>(client, '/networks', signal),
    // Stopped containers too: removing their network would break them, and only this list has them all.
    readList<ApiContainer>(client, '/containers/json', signal, { all: '1' }),
  ]);
  const facts = toEngineFacts(info, apiVersion);
  const adoptions = networks.flatMap((network) => toAdoption(network) ?? []);
  const [swarmOwner] = networks.flatMap((network) => toSwarmMark(network) ?? []);
  const { swarm, services } = await askSwarm(client, facts.swarm, signal);
  return {
    engine: { ...facts, swarm },
    // Engines list them in random order, and a plan that is made twice has to be the same.
    networks: [
      ...networks
        .filter(
          (network) => !isJournal(network) && toAdoption(network) === undefined && toSwarmMark(network) === undefined,
        )
        .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
        .map((network) => withMark(toFoundNetwork(network, holdersOf(network, containers, services)), adoptions)),
      ...(swarm.state === 'active' && !swarm.manager ? hiddenNetworks(containers, networks) : []),
    ],
    ...(swarmOwner === undefined ? {} : { swarmOwner }),
    adoptions: [...adoptions].sort((a, b) => (a.networkId < b.networkId ? -1 : 1)),
    containers: new Map(containers.map(toFoundContainer).map((one) => [one.id, one])),
    journals: networks.filter(isJournal).map(toJournal),
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
): Promise<string> {
  const ofSwarm = (props.driver === 'overlay' || props.scope === 'swarm') && props.configOnly !== true;
  const id = ofSwarm
    ? await makeInSwarm(client, name, body, signal)
    : await makeNamed(client, apiVersion, name, body, signal);
  if (ofSwarm) await allocated(client, { name, id }, signal);
  return id;
}

/**
 * A swarm keeps names unique. Its node has a copy of a network of that name for a moment after it went, which nothing
 * lists, and until then it refuses another.
 */
async function makeInSwarm(client: EngineClient, name: string, body: object, signal?: AbortSignal): Promise<string> {
  const end = performance.now() + SWARM_SETTLE_MS;
  let id = '';
  const isMade = async (): Promise<boolean> => {
    signal?.throwIfAborted();
    try {
      // Without the signal: what is made and not known of could not be taken back.
      id = await postNetwork(client, body);
      return true;
    } catch (error) {
      const taken = error instanceof NetctlError && error.message.includes('already exists');
      if (!taken || performance.now() > end || (await networksOf(client, name, signal)).length > 0) throw error;
      return false;
    }
  };
  await settled(isMade, signal, Infinity);
  return id;
}

/**
 * An engine removes a network that stopped containers are on, and they never start again; so whoever came since the plan
 * was made has to be seen here.
 */
async function refuseHeld(client: EngineClient, step: NetworkId, signal?: AbortSignal): Promise<void> {
  const containers = await readList<ApiContainer>(client, '/containers/json', signal, { all: '1' });
  const holders = holdersOf({ Id: step.id, Name: step.name }, containers, []);
  if (holders.length === 0) return;
  throw new NetctlError(
    'CHANGED_MEANWHILE',
    `Network ${step.name} has got somebody since this was planned: ${describeHolders(holders)}`,
    { hint: 'Run the same command again, to see what that means for them.' },
  );
}

function goneMeanwhile(name: string): NetctlError {
  return new NetctlError('CHANGED_MEANWHILE', `The network ${name} is gone since this was planned`, {
    hint: 'Run the same command again, to see what that means.',
  });
}

async function removeNetwork(client: EngineClient, step: NetworkId, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + SWARM_SETTLE_MS;
  const isRemoved = async (): Promise<boolean> => {
    try {
      await client.call('DELETE', `/networks/${step.id}`, { signal });
    } catch (error) {
      if (!(await exists(client, step.id, signal))) return true;
      // Whoever has just left it is known to the swarm as a task, which ends a moment later.
      if (isHeldByTask(error) && performance.now() <= end) return false;
      await removeWhenUnused(client, step, error, signal);
    }
    return true;
  };
  await settled(isRemoved, signal, Infinity);
  if (step.scope !== 'swarm') return;
  // A swarm network lives on for a moment after 204, and until then its name is taken.
  if (await settled(async () => isGone(client, step.id, signal), signal)) return;
  throw new NetctlError('ENGINE_TIMEOUT', `Network ${step.name} is still there after its removal`, {
    hint: 'A node of the swarm still uses it; look at `docker network inspect --verbose`.',
  });
}

function isHeldByTask(error: unknown): boolean {
  return error instanceof NetctlError && error.message.includes('is in use by task');
}

/** The list has the record of the swarm, and the inspect the node's own copy, which lives on for a moment. */
async function isGone(client: EngineClient, id: string, signal?: AbortSignal): Promise<boolean> {
  if (await exists(client, id, signal)) return false;
  return read<ApiNetwork>(client, `/networks/${id}`, signal).then(
    () => false,
    () => true,
  );
}

async function exists(client: EngineClient, id: string, signal?: AbortSignal): Promise<boolean> {
  return (await listed(client, id, signal)) !== undefined;
}

/** As the list has it: for a swarm network that is the record of the cluster, which is what is compared. */
async function listed(client: EngineClient, id: string, signal?: AbortSignal): Promise<ApiNetwork | undefined> {
  const networks = await readList<ApiNetwork>(client, '/networks', signal, { filters: JSON.stringify({ id: [id] }) });
  return networks.find((network) => network.Id === id);
}
