import { messageOf, NetctlError } from '../errors.js';
import type { StepArgs, SwarmRole } from '../model.js';
import { pause } from '../pause.js';
import { GWBRIDGE } from '../spec/hosts.js';
import { DEFAULT_SUBNET_SIZE } from '../spec/rules/swarm.js';
import type { ApiInfo, ApiNetwork, ApiNode } from './api.js';
import type { EngineClient } from './client.js';
import { toSwarmNodes } from './map-swarm.js';
import { read, readList, unexpected } from './read.js';
import { settled } from './swarm-settle.js';

/** An engine waits 20 s for its node to be taken in, and goes on trying after that. */
const JOIN_MS = 90_000;
const SETTLE_MS = 60_000;
const POLL_MS = 250;
/** Measured: below 1 s. */
const INGRESS_MS = 5_000;
/** The port of the managers; no engine has another default. */
const LISTEN = '0.0.0.0:2377';

/** What a host needs to join, for as long as that takes: it is never written down, nor told to anybody else. */
export interface SwarmAccess {
  readonly tokens: Readonly<Record<'manager' | 'worker', string>>;
  /** Of the managers, `address:port`. */
  readonly managers: readonly string[];
}

/** Makes a swarm with this engine as its one manager; the id of the node. */
export async function initSwarm(
  client: EngineClient,
  { advertise, dataPath, dataPathPort, addressPools, subnetSize, dropIngress }: StepArgs['swarm.init'],
  signal?: AbortSignal,
): Promise<string> {
  const body = {
    ListenAddr: LISTEN,
    AdvertiseAddr: advertise,
    DataPathAddr: dataPath ?? advertise,
    ...(dataPathPort === undefined ? {} : { DataPathPort: dataPathPort }),
    ...(addressPools === undefined ? {} : { DefaultAddrPool: addressPools }),
    // With pools and no size the allocator of engine 20.10 ends: "invalid pools size: 0".
    SubnetSize: subnetSize ?? DEFAULT_SUBNET_SIZE,
    ForceNewCluster: false,
    Spec: {},
  };
  const { json } = await client.call('POST', '/swarm/init', { body, signal, timeout: JOIN_MS });
  if (typeof json !== 'string') throw unexpected(client, 'POST /swarm/init');
  // The network of published ports comes a moment after the answer, and the node's part of it last, where its kernel lets it.
  await until(client, 'the ingress network of the new swarm', async () => (await ingressOf(client)) !== undefined);
  await settled(async () => ingressIsThere(client), signal, INGRESS_MS);
  if (dropIngress === true) await dropDefaultIngress(client);
  return json;
}

async function ingressOf(client: EngineClient): Promise<ApiNetwork | undefined> {
  return (await readList<ApiNetwork>(client, '/networks')).find(({ Ingress }) => Ingress === true);
}

/** The node's own part of it shows on the bridge that nodes stand on, and nowhere else. */
async function ingressIsThere(client: EngineClient): Promise<boolean> {
  const bridge = await readList<ApiNetwork>(client, '/networks').then((networks) =>
    networks.find(({ Name }) => Name === GWBRIDGE),
  );
  if (bridge?.Id === undefined) return false;
  const { Containers } = await read<ApiNetwork>(client, `/networks/${bridge.Id}`);
  return Object.keys(Containers ?? {}).includes('ingress-sbox');
}

/** Of a swarm that was made a moment ago, where nothing publishes a port yet. */
async function dropDefaultIngress(client: EngineClient): Promise<void> {
  const ingress = await ingressOf(client);
  if (ingress?.Id === undefined) return;
  await client.call('DELETE', `/networks/${ingress.Id}`);
  await until(
    client,
    'the end of the ingress network',
    async () => (await ingressOf(client)) === undefined && !(await ingressIsThere(client)),
  );
}

/** How others join the swarm of this manager. */
export async function swarmAccess(client: EngineClient, signal?: AbortSignal): Promise<SwarmAccess> {
  const [{ JoinTokens: tokens }, { Swarm }] = await Promise.all([
    read<{ JoinTokens?: { Manager?: string; Worker?: string } }>(client, '/swarm', signal),
    read<ApiInfo>(client, '/info', signal),
  ]);
  const { Manager: manager = '', Worker: worker = '' } = tokens ?? {};
  const managers = (Swarm?.RemoteManagers ?? []).flatMap(({ Addr }) => Addr ?? []);
  if (manager === '' || worker === '' || managers.length === 0) throw unexpected(client, 'GET /swarm');
  return { tokens: { manager, worker }, managers };
}

/**
 * Joins a swarm; the id of the node. One that is not taken in leaves again, so that it does not go on trying.
 * @throws NetctlError ENGINE_ERROR, without the token; what the engine gave no answer with, where it cannot be asked any more
 */
export async function joinSwarm(
  client: EngineClient,
  { role, advertise, dataPath }: StepArgs['swarm.join'],
  { tokens, managers }: SwarmAccess,
  signal?: AbortSignal,
): Promise<string> {
  const token = tokens[role];
  const body = {
    ListenAddr: LISTEN,
    AdvertiseAddr: advertise,
    DataPathAddr: dataPath ?? advertise,
    RemoteAddrs: managers,
    JoinToken: token,
  };
  try {
    await client.call('POST', '/swarm/join', { body, signal, timeout: JOIN_MS });
    return await taken(client, signal);
  } catch (error) {
    // Somebody else let it join another one meanwhile, which is not to be undone here.
    if (messageOf(error).includes('already part of a swarm')) throw error;
    // Without the signal: half of this is worse than none, and a manager that goes without a word is one too few.
    const { Swarm } = await read<ApiInfo>(client, '/info').catch((): ApiInfo => ({}));
    if (Swarm?.LocalNodeState === 'active') return Swarm.NodeID ?? '';
    if (!NO_NODE.has(Swarm?.LocalNodeState ?? '')) throw unknownWhether(error, token);
    await leaveSwarm(client).catch(() => undefined);
    const text = messageOf(error).replaceAll(token, '(token)');
    throw new NetctlError('ENGINE_ERROR', `The swarm did not take the host in: ${text}`, {
      hint: `It has to reach ${managers.join(', ')} by TCP, and both each other at port 7946 by TCP and UDP; nothing is left of the attempt.`,
    });
  }
}

/** What an engine says that is no node of a swarm, or not yet. A locked one is a node, and no answer says nothing. */
const NO_NODE: ReadonlySet<string> = new Set(['inactive', 'pending', 'error']);

function unknownWhether(error: unknown, token: string): NetctlError {
  const text = messageOf(error).replaceAll(token, '(token)');
  const code = error instanceof NetctlError ? error.code : 'ENGINE_ERROR';
  return new NetctlError(code, `Nobody can tell whether the swarm took the host in: ${text}`, {
    hint: 'It was not told to leave, since it may be a manager that the others count on: look at its `docker info`, and run the same command again.',
  });
}

/** Waits until the node is one of the swarm. */
async function taken(client: EngineClient, signal?: AbortSignal): Promise<string> {
  let id = '';
  await until(
    client,
    'the swarm to take the host in',
    async () => {
      id = await nodeOf(client, signal);
      return id !== '';
    },
    signal,
  );
  return id;
}

/** The id of the node, once it is one of the swarm; empty before. */
async function nodeOf(client: EngineClient, signal?: AbortSignal): Promise<string> {
  const { Swarm } = await read<ApiInfo>(client, '/info', signal);
  if (Swarm?.LocalNodeState === 'error') {
    throw new NetctlError(
      'ENGINE_ERROR',
      `its place in the swarm has failed: ${Swarm.Error ?? 'the engine says no reason'}`,
      {
        hint: 'Look at `docker info` and the log of the engine there (journalctl -u docker); `docker swarm leave` gives the place up.',
      },
    );
  }
  return Swarm?.LocalNodeState === 'active' ? (Swarm.NodeID ?? '') : '';
}

/** Changes the role and the labels of a node, on a manager. */
export async function changeNode(
  client: EngineClient,
  nodeId: string,
  { role, set, unset }: Pick<StepArgs['swarm.node'], 'role' | 'set' | 'unset'>,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/nodes/${nodeId}`;
  await until(client, `${path} to be changed`, async () => {
    const { Spec = {}, Version } = await read<ApiNode & { Version?: { Index?: number } }>(client, path, signal);
    const labels = Object.entries({ ...Spec.Labels, ...set }).filter(([key]) => !unset.includes(key));
    const body = { ...Spec, ...(role === undefined ? {} : { Role: role }), Labels: Object.fromEntries(labels) };
    try {
      await client.call('POST', `${path}/update`, { query: { version: String(Version?.Index ?? 0) }, body, signal });
      return true;
    } catch (error) {
      // The swarm itself writes what it sees of a node there, and counts that as a change.
      if (messageOf(error).includes('out of sequence')) return false;
      throw error;
    }
  });
  if (role === undefined) return;
  await until(
    client,
    `${path} to be a ${role}`,
    async () => {
      // One that was made a worker itself is asked nothing any more.
      if (role === 'worker' && (await read<ApiInfo>(client, '/info', signal)).Swarm?.ControlAvailable !== true)
        return true;
      const [node] = toSwarmNodes([await read<ApiNode>(client, path, signal)]);
      const reachable = node?.managerStatus?.reachability === 'reachable';
      return role === 'manager' ? reachable : node?.managerStatus === undefined;
    },
    signal,
  );
}

/** Waits until an engine knows that it is a manager, or is none, which it learns after the swarm does. */
export async function roleTaken(client: EngineClient, role: SwarmRole, signal?: AbortSignal): Promise<void> {
  await until(
    client,
    `its role of ${role}`,
    async () => {
      const { Swarm } = await read<ApiInfo>(client, '/info', signal);
      if ((Swarm?.ControlAvailable === true) !== (role === 'manager')) return false;
      if (role === 'worker') return true;
      // It says so a moment before it answers as one.
      return readList(client, '/nodes', signal).then(
        () => true,
        () => false,
      );
    },
    signal,
  );
}

/** Takes a node that has left off the list, on a manager; one that is off already is no error. */
export async function forgetNode(client: EngineClient, nodeId: string, signal?: AbortSignal): Promise<void> {
  const there = (): Promise<boolean> =>
    readList<ApiNode>(client, '/nodes', signal).then((nodes) => nodes.some(({ ID }) => ID === nodeId));
  if (!(await there())) return;
  try {
    await client.call('DELETE', `/nodes/${nodeId}`, { query: { force: '1' }, signal });
  } catch (error) {
    if (await there()) throw error;
  }
}

/** Leaves the swarm, the last manager too; an engine that is in none is no error. */
export async function leaveSwarm(client: EngineClient, signal?: AbortSignal): Promise<void> {
  const stateOf = async (): Promise<string> =>
    (await read<ApiInfo>(client, '/info', signal)).Swarm?.LocalNodeState ?? 'inactive';
  try {
    await client.call('POST', '/swarm/leave', { query: { force: '1' }, signal, timeout: SETTLE_MS });
  } catch (error) {
    if ((await stateOf()) !== 'inactive') throw error;
  }
  await until(client, 'the host to leave the swarm', async () => (await stateOf()) === 'inactive', signal);
}

async function until(
  client: EngineClient,
  what: string,
  done: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const end = performance.now() + SETTLE_MS;
  while (!(await done())) {
    if (performance.now() > end) {
      throw new NetctlError('ENGINE_TIMEOUT', `${client.where} waited ${String(SETTLE_MS / 1000)} s for ${what}`, {
        hint: 'Look at the engine (journalctl -u docker).',
      });
    }
    await pause(POLL_MS, signal);
  }
}
