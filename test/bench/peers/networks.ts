import { askEngine } from '../../integration/support/engine-client.js';
import type { Inspected } from '../../integration/support/engine-client.js';
import type { Host } from '@netctl/lab';

export interface Pinned {
  readonly name: string;
  readonly subnet: string;
}

/** So many bridge networks with pinned subnets; those of another prefix are at another place. */
export function pinned(count: number, prefix: string, block: number): readonly Pinned[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${String(index)}`,
    subnet: `10.${String(block + (index >> 8))}.${String(index & 255)}.0/24`,
  }));
}

export function specOf(networks: readonly Pinned[]): string {
  return `name: bench\nnetworks:\n${networks.map(({ name, subnet }) => `  ${name}: { subnet: ${subnet} }\n`).join('')}`;
}

/** One service on all networks. */
export function composeOf(networks: readonly Pinned[], image: string): object {
  return {
    name: 'compose',
    services: { one: { image, command: ['/bin/sleep', '1'], networks: networks.map(({ name }) => name) } },
    networks: Object.fromEntries(networks.map(({ name, subnet }) => [name, { name, ipam: { config: [{ subnet }] } }])),
  };
}

/** The bodies of the same calls made bare. */
export function bodiesOf(networks: readonly Pinned[]): readonly object[] {
  return networks.map(({ name, subnet }) => ({
    Name: name,
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: subnet }] },
    Labels: { bench: 'raw' },
  }));
}

/** Removes all networks that somebody made, sixteen at once; nobody may be on them. */
export async function removeNetworks(host: Host): Promise<void> {
  const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
  const queue = networks.filter(({ Name }) => !['bridge', 'host', 'none'].includes(Name));
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await askEngine(host, 'DELETE', `/networks/${next.Id}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
