import { addNetwork, memoryHost } from '../../support/memory/index.js';
import type { MemoryContainer, MemoryHost, WorldInput } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { settle } from '../replace/host.js';

/** Two networks of the stack and one of somebody else. */
export const NETWORKS = `name: home
networks:
  lan: { subnet: 10.5.0.0/24, ip_range: 10.5.0.128/25 }
  web: { subnet: 10.6.0.0/24, ip_range: 10.6.0.128/25 }
  theirs: { external: true }
`;

export const withContainers = (containers: string): string => `${NETWORKS}containers:\n${containers}`;

/** Containers that were made on a network of their own. */
export const PEOPLE: readonly MemoryContainer[] = [
  { name: 'printer', state: 'running', mode: 'theirs', networks: { theirs: { ip: '10.200.0.2' } } },
  { name: 'mail', state: 'exited', mode: 'theirs', networks: { theirs: {} } },
  { name: 'fresh', state: 'created', mode: 'theirs', networks: { theirs: {} } },
  {
    name: 'cam1',
    state: 'running',
    mode: 'theirs',
    labels: { service: 'cam' },
    networks: { theirs: { ip: '10.200.0.3' } },
  },
  {
    name: 'cam2',
    state: 'paused',
    mode: 'theirs',
    labels: { service: 'cam' },
    networks: { theirs: { ip: '10.200.0.4' } },
  },
];

/** A host with these networks and containers. */
export async function host(people = PEOPLE, input: WorldInput = {}): Promise<MemoryHost> {
  const made = memoryHost(input);
  addNetwork(made.world, {
    Name: 'theirs',
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: '10.200.0.0/24', IPRange: '10.200.0.0/25' }] },
  });
  await applyText(made, NETWORKS);
  settle(made, people);
  made.faults.arm();
  return made;
}

/** What a container has on a network: address and all that was asked for. */
export function place({ world }: MemoryHost, container: string, network: string): unknown {
  const endpoint = world.containers.find(({ name }) => name === container)?.networks[network];
  return endpoint === undefined
    ? undefined
    : { ...(endpoint.ip === undefined ? {} : { ip: endpoint.ip }), ...endpoint.settings };
}
