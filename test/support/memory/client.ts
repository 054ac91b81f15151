import type { ApiNetwork, ApiNode, ApiService } from '../../../packages/core/src/docker/api.js';
import type { CallOptions, EngineClient } from '../../../packages/core/src/docker/client.js';
import type { ConnectBody, DisconnectBody } from './containers.js';
import { changeContainer, connect, containersOf, detailsOf, disconnect, goneFor, lists } from './containers.js';
import { asManager, clusterOf, initCluster, joinCluster, leaveCluster, networkOf, settle } from './cluster.js';
import type { InitBody, JoinBody } from './cluster.js';
import { inspectNode, removeNode, updateNode } from './cluster-nodes.js';
import { create, remove } from './engine.js';
import { streamEvents } from './events.js';
import type { Faults } from './faults.js';
import { refused } from './refused.js';
import { managersOnly, nodesOf, swarmInfo } from './swarm.js';
import type { World } from './world.js';

/** What an engine lists that is not asked for all. */
const UP = ['running', 'paused', 'restarting'];

/** Docker's API on a world: what netctl calls of it, and nothing else. */
export function memoryClient(world: World, faults: Faults): EngineClient {
  const call = async (method: string, path: string, options: CallOptions = {}): Promise<unknown> => {
    // One turn of the event loop for each call, so that steps beside one another do interleave.
    await Promise.resolve();
    faults.read();
    options.signal?.throwIfAborted();
    const [, kind = '', id = '', verb = ''] = path.split('/');
    if (method === 'GET') return structuredClone(answer(world, kind, id, options.query ?? {}));
    let result: unknown;
    faults.write(titleOf(world, method, path, options.body), () => {
      result =
        kind === 'swarm' || kind === 'nodes'
          ? changeSwarm(world, method, path, options)
          : change(world, method, kind, id, verb, options.body);
      const cluster = clusterOf(world);
      if (cluster !== undefined) settle(cluster);
    });
    return result;
  };
  return {
    where: 'memory',
    call: async (method, path, options) => ({ json: await call(method, path, options), headers: {} }),
    stream: (path, options) => streamEvents(world, path, options),
    useVersion: () => undefined,
    close: () => undefined,
  };
}

function answer(world: World, kind: string, id: string, query: Readonly<Record<string, string>>): unknown {
  const filters = JSON.parse(query['filters'] ?? '{}') as { readonly id?: string[]; readonly name?: string[] };
  switch (`${kind}/${id}`) {
    case 'info/':
      return infoOf(world);
    case 'networks/':
      return world.networks.filter(
        ({ Id = '', Name = '' }) =>
          (filters.id?.some((one) => Id.startsWith(one)) ?? true) &&
          (filters.name?.some((one) => Name.includes(one)) ?? true),
      );
    case 'containers/json':
      return containersOf(world).filter(
        ({ Id = '', State = '' }) => (filters.id?.includes(Id) ?? true) && (query['all'] === '1' || UP.includes(State)),
      );
    case 'services/':
      managersOnly(world);
      return servicesOf(world);
    case 'nodes/':
      managersOnly(world);
      return nodesOf(world);
    case 'swarm/':
      return swarmOf(world);
    default:
      if (kind === 'nodes') return inspectNode(world, id);
      return kind === 'networks' ? inspectNetwork(world, id) : detailsOf(world, id);
  }
}

function infoOf(world: World): object {
  const { engine } = world;
  const { id, name, version, operatingSystem, rootless } = engine;
  return {
    ID: id,
    Name: name,
    ServerVersion: version,
    OperatingSystem: operatingSystem,
    SecurityOptions: rootless ? ['name=rootless'] : [],
    Swarm: swarmInfo(world),
  };
}

function inspectNetwork(world: World, id: string): ApiNetwork {
  const network = world.networks.find(({ Id }) => Id === id);
  if (network === undefined) throw refused(404, `network ${id} not found`);
  // What publishes ports stands on the bridge of the node for as long as the swarm has a network for it.
  const mesh = network.Name === 'docker_gwbridge' && clusterOf(world)?.networks.some(({ Ingress }) => Ingress === true);
  const inside = [...lists(world, network), ...(mesh === true ? ['ingress-sbox'] : [])];
  return { ...network, Containers: Object.fromEntries(inside.map((one) => [one, {}])) };
}

function change(world: World, method: string, kind: string, id: string, verb: string, body: unknown): object {
  if (kind === 'networks' && id === 'create') return { Id: create(world, body as ApiNetwork).Id };
  if (kind === 'containers') changeContainer(world, id, verb);
  else {
    const network = networkOf(world, id) ?? goneFor(world, id, body);
    if (network === undefined) throw refused(404, `network ${id} not found`);
    if (method === 'DELETE') remove(world, network, servicesOf(world));
    else if (verb === 'connect') connect(world, network, body as ConnectBody);
    else disconnect(world, network, body as DisconnectBody);
  }
  return {};
}

function swarmOf(world: World): object {
  const { tokens } = asManager(world) ?? {};
  return { JoinTokens: { Manager: tokens?.manager, Worker: tokens?.worker } };
}

function changeSwarm(world: World, method: string, path: string, { query = {}, body }: CallOptions): unknown {
  const [, kind, id = ''] = path.split('/');
  const force = query['force'] === '1';
  if (kind === 'nodes') {
    if (method === 'DELETE') removeNode(world, id, force);
    else updateNode(world, id, String(query['version']), body as NonNullable<ApiNode['Spec']>);
  } else if (id === 'init') return initCluster(world, body as InitBody);
  else if (id === 'join') joinCluster(world, body as JoinBody);
  else leaveCluster(world, force);
  return {};
}

/** What is told of a write when a test fails. */
function titleOf(world: World, method: string, path: string, body: unknown): string {
  const [, kind = '', id = '', verb = ''] = path.split('/');
  const { Name, Container } = (body ?? {}) as { readonly Name?: string; readonly Container?: string };
  const named = networkOf(world, id)?.Name ?? id;
  if (kind === 'containers') return `${verb} container ${id}`;
  if (kind === 'swarm') return `${id} swarm`;
  if (kind === 'nodes') return `${verb || 'remove'} node ${id}`;
  if (id === 'create') return `create network ${Name ?? ''}`;
  return method === 'DELETE' ? `remove network ${named}` : `${verb} ${Container ?? ''} network ${named}`;
}

function servicesOf(world: World): readonly ApiService[] {
  return world.services.map(({ name, networks }) => ({
    ID: `id-of-${name}`,
    Spec: { Name: name, TaskTemplate: { Networks: networks.map((Target) => ({ Target })) } },
  }));
}
