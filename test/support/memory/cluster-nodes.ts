import type { ApiNode } from '../../../packages/core/src/docker/api.js';
import type { SwarmRole } from '../../../packages/core/src/model.js';
import { asManager, isThere, settle } from './cluster.js';
import type { Cluster, ClusterNode } from './cluster.js';
import { refused } from './refused.js';
import type { World } from './world.js';

/* The nodes of a swarm, as its managers tell of them and change them. */

export function toApiNode(node: ClusterNode, { nodes }: Cluster): ApiNode & { readonly Version: { Index: number } } {
  const { id, hostname, address, role, availability, labels, version } = node;
  const leader = nodes.find((one) => one.role === 'manager' && isThere(one));
  return {
    ID: id,
    Version: { Index: version },
    Spec: { Labels: { ...labels }, Role: role, Availability: availability },
    Description: { Hostname: hostname },
    Status: { State: isThere(node) ? 'ready' : 'down', Addr: address },
    ...(role === 'manager' && {
      ManagerStatus: {
        Leader: node === leader,
        Reachability: isThere(node) ? 'reachable' : 'unreachable',
        Addr: `${address}:2377`,
      },
    }),
  };
}

function nodeOf(cluster: Cluster | undefined, id: string): ClusterNode {
  const node = cluster?.nodes.find((one) => one.id === id);
  if (node === undefined) throw refused(404, `node ${id} not found`);
  return node;
}

/** `GET /nodes/<id>` */
export function inspectNode(world: World, id: string): ApiNode {
  const cluster = asManager(world);
  const node = nodeOf(cluster, id);
  return cluster === undefined ? {} : toApiNode(node, cluster);
}

/** `POST /nodes/<id>/update?version=` */
export function updateNode(world: World, id: string, version: string, spec: NonNullable<ApiNode['Spec']>): void {
  const cluster = asManager(world);
  const node = nodeOf(cluster, id);
  if (version !== String(node.version)) throw refused(500, 'rpc error: code = Unknown desc = update out of sequence');
  const managers = cluster?.nodes.filter(({ role }) => role === 'manager') ?? [];
  if (node.role === 'manager' && spec.Role === 'worker' && managers.length === 1) {
    const text = 'attempting to demote the last manager of the swarm';
    throw refused(400, `rpc error: code = FailedPrecondition desc = ${text}`);
  }
  node.version += 1;
  node.role = spec.Role as SwarmRole;
  node.availability = spec.Availability ?? 'active';
  node.labels = { ...spec.Labels };
  if (cluster !== undefined) settle(cluster);
}

/** `DELETE /nodes/<id>` */
export function removeNode(world: World, id: string, force: boolean): void {
  const cluster = asManager(world);
  const node = nodeOf(cluster, id);
  const against = (text: string): never => {
    throw refused(400, `rpc error: code = FailedPrecondition desc = node ${id} ${text}`);
  };
  if (node.role === 'manager') {
    against('is a cluster manager and is a member of the raft cluster. It must be demoted to worker before removal');
  }
  if (isThere(node) && !force) against("is not down and can't be removed");
  cluster?.nodes.splice(cluster.nodes.indexOf(node), 1);
}
