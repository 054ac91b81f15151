import type { ApiInfo, ApiNode } from '../../../packages/core/src/docker/api.js';
import type { EngineFacts } from '../../../packages/core/src/model.js';
import type { SwarmNode } from '../../../packages/core/src/swarm-facts.js';
import { asManager, clusterOf } from './cluster.js';
import { toApiNode } from './cluster-nodes.js';
import type { Cluster } from './cluster.js';
import type { World } from './world.js';

/** What an engine says of its swarm to everybody; the swarm itself is known to managers alone. */
export function swarmInfo(world: World): ApiInfo['Swarm'] {
  const { engine } = world;
  const { state, manager, nodeAddress = '', clusterId, addressPools, subnetSize, dataPathPort } = engine.swarm;
  const cluster = clusterOf(world);
  return {
    LocalNodeState: state,
    ControlAvailable: manager,
    NodeID: nodeIdOf(engine),
    NodeAddr: nodeAddress,
    ...(cluster === undefined ? {} : { RemoteManagers: managersOf(cluster) }),
    ...(manager && {
      Cluster: {
        ID: clusterId ?? `swarm-of-${engine.id}`,
        DefaultAddrPool: addressPools === undefined ? null : [...addressPools],
        SubnetSize: subnetSize ?? 24,
        DataPathPort: dataPathPort ?? 4789,
      },
    }),
  };
}

/** What an engine answers that is no manager. */
export function managersOnly(world: World): void {
  asManager(world);
}

function managersOf({ nodes }: Cluster): { NodeID: string; Addr: string }[] {
  return nodes.flatMap(({ id, role, address, world }) =>
    role === 'manager' && world !== undefined ? [{ NodeID: id, Addr: `${address}:2377` }] : [],
  );
}

/** The nodes that the world names, or the one that the engine itself is. */
export function nodesOf(world: World): readonly ApiNode[] {
  const cluster = clusterOf(world);
  if (cluster !== undefined) return cluster.nodes.map((node) => toApiNode(node, cluster));
  const { engine } = world;
  const { name: hostname, swarm } = engine;
  const { nodeAddress: address = '127.0.0.1', nodes } = swarm;
  const itself = swarmNode({
    id: nodeIdOf(engine),
    hostname,
    address,
    role: 'manager',
    managerStatus: { leader: true, reachability: 'reachable', address: `${address}:2377` },
  });
  return (nodes ?? [itself]).map(({ id, labels, role, availability, managerStatus: manager, ...node }) => ({
    ID: id,
    Spec: { Labels: { ...labels }, Role: role, Availability: availability },
    Description: { Hostname: node.hostname },
    Status: { State: node.state, Addr: node.address ?? '0.0.0.0' },
    ...(manager && {
      ManagerStatus: { Leader: manager.leader, Reachability: manager.reachability, Addr: manager.address },
    }),
  }));
}

/** A node by what is particular to it: a worker that is ready. */
export function swarmNode(node: Partial<SwarmNode> & Pick<SwarmNode, 'id'>): SwarmNode {
  return { hostname: node.id, role: 'worker', state: 'ready', availability: 'active', labels: {}, ...node };
}

/** A node has its id from when it joins. */
function nodeIdOf({ id, swarm }: EngineFacts): string {
  return swarm.nodeId ?? (swarm.state === 'inactive' ? '' : `node-of-${id}`);
}
