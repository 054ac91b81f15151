import { canonicalPrefix } from '../addresses/text.js';
import type { SwarmFacts, SwarmNode } from '../swarm-facts.js';
import type { ApiInfo, ApiNode } from './api.js';

/** What `GET /info` says of the swarm; its nodes are asked for by themselves. */
export function toSwarmFacts({ Swarm: swarm }: ApiInfo): SwarmFacts {
  const { ID: clusterId = '', DefaultAddrPool, SubnetSize = 0, DataPathPort = 0 } = swarm?.Cluster ?? {};
  const { NodeID: nodeId = '', NodeAddr: nodeAddress = '', Error: error = '' } = swarm ?? {};
  const pools = DefaultAddrPool ?? [];
  return {
    state: swarm?.LocalNodeState ?? 'inactive',
    manager: swarm?.ControlAvailable === true,
    ...(error === '' ? {} : { error }),
    ...(nodeId === '' ? {} : { nodeId }),
    ...(nodeAddress === '' ? {} : { nodeAddress }),
    ...(clusterId === '' ? {} : { clusterId }),
    ...(DataPathPort === 0 ? {} : { dataPathPort: DataPathPort }),
    ...(pools.length === 0 ? {} : { addressPools: pools.map(canonicalPrefix) }),
    ...(SubnetSize === 0 ? {} : { subnetSize: SubnetSize }),
  };
}

/** `GET /nodes`, by their ids: engines list them in random order. */
export function toSwarmNodes(nodes: readonly ApiNode[]): readonly SwarmNode[] {
  return nodes.map(toSwarmNode).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function toSwarmNode({ ID = '', Spec, Description, Status, ManagerStatus: manager }: ApiNode): SwarmNode {
  const address = Status?.Addr ?? '';
  return {
    id: ID,
    hostname: Description?.Hostname ?? '',
    ...(address === '' || address === '0.0.0.0' ? {} : { address }),
    role: Spec?.Role ?? '',
    state: Status?.State ?? '',
    availability: Spec?.Availability ?? '',
    labels: Spec?.Labels ?? {},
    ...(manager && {
      managerStatus: {
        leader: manager.Leader === true,
        reachability: manager.Reachability ?? '',
        address: manager.Addr ?? '',
      },
    }),
  };
}
