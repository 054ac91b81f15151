import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import { formatAddress, lastOf, parsePrefix } from '../../../packages/core/src/addresses/prefix.js';
import type { SwarmRole } from '../../../packages/core/src/model.js';
import { idOf, lists } from './containers.js';
import { create } from './engine.js';
import { firstOf } from './ipam.js';
import { refused } from './refused.js';
import type { World } from './world.js';

/**
 * Swarms of several worlds on one wire. What a swarm has is one record for all its worlds; the list of networks of each
 * world is what its engine shows of that.
 */
export interface Wire {
  readonly worlds: World[];
  readonly clusters: Cluster[];
}

export interface Cluster {
  readonly id: string;
  readonly tokens: Readonly<Record<SwarmRole, string>>;
  readonly pools: readonly string[];
  readonly subnetSize: number;
  readonly dataPathPort: number;
  readonly nodes: ClusterNode[];
  networks: ApiNetwork[];
}

export interface ClusterNode {
  readonly id: string;
  readonly hostname: string;
  readonly address: string;
  /** Undefined once it has left. */
  world?: World | undefined;
  role: SwarmRole;
  availability: string;
  labels: Record<string, string>;
  version: number;
}

const wires = new WeakMap<World, Wire>();

export function makeWire(worlds: readonly World[]): Wire {
  const wire: Wire = { worlds: [...worlds], clusters: [] };
  for (const world of worlds) wires.set(world, wire);
  return wire;
}

export function clusterOf(world: World): Cluster | undefined {
  return wires.get(world)?.clusters.find(({ nodes }) => nodes.some((node) => node.world === world));
}

/** Those whose containers may be on the same network: the nodes of the swarm, or this one alone. */
export function worldsOn(world: World, { Scope }: Pick<ApiNetwork, 'Scope'>): readonly World[] {
  const cluster = Scope === 'swarm' ? clusterOf(world) : undefined;
  return cluster === undefined ? [world] : cluster.nodes.flatMap((node) => node.world ?? []);
}

/** A network by its id, which an engine looks for in the whole swarm when a container is to be connected. */
export function networkOf(world: World, id: string): ApiNetwork | undefined {
  return world.networks.find(({ Id }) => Id === id) ?? clusterOf(world)?.networks.find(({ Id }) => Id === id);
}

const PART_ALREADY =
  'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm and join another one.';

export interface InitBody {
  readonly AdvertiseAddr: string;
  readonly DataPathAddr?: string;
  readonly DataPathPort?: number;
  readonly DefaultAddrPool?: readonly string[];
  readonly SubnetSize?: number;
}

/** `POST /swarm/init`: the id of the node. */
export function initCluster(world: World, body: InitBody): string {
  if (world.engine.swarm.state !== 'inactive') throw refused(503, PART_ALREADY);
  const wire = wires.get(world) ?? makeWire([world]);
  const { DataPathPort: port = 4789, DefaultAddrPool: pools = ['10.0.0.0/8'], SubnetSize: size = 24 } = body;
  if (port < 1024 || port > 49_151) {
    throw refused(500, `Datapath port number is not in valid range (1024-49151) : ${String(port)}`);
  }
  for (const pool of pools) {
    if ((parsePrefix(pool)?.prefix.length ?? 33) <= size) continue;
    throw refused(500, `invalid CIDR: "${pool}". Subnet size is too small for pool: ${String(size)}`);
  }
  const serial = `${world.engine.id}-${String(wire.clusters.length)}`;
  const cluster: Cluster = {
    id: `swarm-of-${serial}`,
    tokens: { manager: `SWMTKN-1-${serial}-manager`, worker: `SWMTKN-1-${serial}-worker` },
    pools,
    subnetSize: size,
    dataPathPort: port,
    nodes: [],
    networks: [],
  };
  wire.clusters.push(cluster);
  const node = take(world, cluster, 'manager', body.AdvertiseAddr);
  create(world, { Name: 'ingress', Driver: 'overlay', Ingress: true });
  return node.id;
}

export interface JoinBody {
  readonly AdvertiseAddr: string;
  readonly RemoteAddrs: readonly string[];
  readonly JoinToken: string;
}

/** `POST /swarm/join`: the token says as what. */
export function joinCluster(world: World, { AdvertiseAddr, RemoteAddrs, JoinToken }: JoinBody): void {
  if (world.engine.swarm.state !== 'inactive') throw refused(503, PART_ALREADY);
  const asked = wires
    .get(world)
    ?.clusters.find(({ nodes }) =>
      nodes.some((node) => isThere(node) && node.role === 'manager' && RemoteAddrs.includes(`${node.address}:2377`)),
    );
  if (asked === undefined) {
    const text =
      'Timeout was reached before node joined. The attempt to join the swarm will continue in the background.';
    throw refused(503, text);
  }
  const { tokens } = asked;
  const role = (['manager', 'worker'] as const).find((one) => tokens[one] === JoinToken);
  if (role === undefined)
    throw refused(500, 'rpc error: code = InvalidArgument desc = A valid join token is necessary to join this cluster');
  refuseWithoutLeader(asked);
  take(world, asked, role, AdvertiseAddr);
}

function take(world: World, cluster: Cluster, role: SwarmRole, address: string): ClusterNode {
  const { engine } = world;
  const id = `node${String(cluster.nodes.length + 1)}-of-${engine.id}`;
  const node = { id, hostname: engine.name, address, world, role, availability: 'active', labels: {}, version: 10 };
  cluster.nodes.push(node);
  if (!world.networks.some(({ Name }) => Name === 'docker_gwbridge')) {
    create(world, {
      Name: 'docker_gwbridge',
      Driver: 'bridge',
      Options: {
        'com.docker.network.bridge.name': 'docker_gwbridge',
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': 'true',
      },
    });
  }
  settle(cluster);
  return node;
}

/** `POST /swarm/leave` */
export function leaveCluster(world: World, force: boolean): void {
  const cluster = clusterOf(world);
  const node = cluster?.nodes.find((one) => one.world === world);
  if (cluster === undefined || node === undefined) throw refused(503, 'This node is not part of a swarm');
  if (node.role === 'manager' && !force) {
    const text = 'You are attempting to leave the swarm on a node that is participating as a manager.';
    throw refused(503, text);
  }
  node.world = undefined;
  world.engine = { ...world.engine, swarm: { state: 'inactive', manager: false } };
  world.networks = world.networks.filter(({ Scope }) => Scope !== 'swarm');
  settle(cluster);
}

/** What each engine shows of the swarm once something has changed there. */
export function settle(cluster: Cluster): void {
  for (const { world, id, role, address } of cluster.nodes) {
    if (world === undefined) continue;
    const manager = role === 'manager';
    const fixed = { addressPools: cluster.pools, subnetSize: cluster.subnetSize, dataPathPort: cluster.dataPathPort };
    world.engine = {
      ...world.engine,
      swarm: {
        ...{ state: 'active', manager, nodeId: id, nodeAddress: address },
        ...(manager ? { clusterId: cluster.id, ...fixed } : {}),
      },
    };
    const local = world.networks.filter(({ Scope }) => Scope !== 'swarm');
    // A worker has what a container there is on, for as long as that runs.
    const shown = cluster.networks.filter(
      (network) => manager || network.Ingress === true || lists(world, network).length > 0,
    );
    world.networks = [...local, ...shown];
  }
}

/** Managers alone are asked, and more than half of them have to be there. */
export function asManager(world: World): Cluster | undefined {
  if (!world.engine.swarm.manager) {
    throw refused(503, "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state.");
  }
  const cluster = clusterOf(world);
  if (cluster !== undefined) refuseWithoutLeader(cluster);
  return cluster;
}

function refuseWithoutLeader({ nodes }: Cluster): void {
  const managers = nodes.filter(({ role }) => role === 'manager');
  if (managers.filter(isThere).length * 2 > managers.length) return;
  const text = "The swarm does not have a leader. It's possible that too few managers are online.";
  throw refused(500, `rpc error: code = Unknown desc = ${text}`);
}

export function isThere({ world }: ClusterNode): boolean {
  return world !== undefined;
}

/** The next of its pools, for a network that names no subnet. */
export function nextSubnet({ pools, subnetSize, networks }: Cluster): { Subnet: string; Gateway: string } {
  const taken = networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet));
  for (const pool of pools) {
    const prefix = parsePrefix(pool)?.prefix;
    if (prefix === undefined) continue;
    const step = 1n << BigInt(32 - subnetSize);
    for (let { first } = prefix; first <= lastOf(prefix); first += step) {
      const subnet = { ...prefix, first, length: subnetSize };
      const text = `${formatAddress({ family: 4, value: first })}/${String(subnetSize)}`;
      if (!taken.includes(text)) return { Subnet: text, Gateway: firstOf(subnet, undefined) };
    }
  }
  throw refused(500, 'rpc error: code = Unknown desc = could not find an available subnet');
}

/** Of the containers of all nodes, those that are on a network and run. */
export function usersOf(world: World, network: ApiNetwork): readonly string[] {
  return worldsOn(world, network).flatMap((one) =>
    one.containers.filter((container) => lists(one, network).includes(idOf(container))).map(({ name }) => name),
  );
}
