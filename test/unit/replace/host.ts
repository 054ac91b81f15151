import { create, memoryHost } from '../../support/memory/index.js';
import type { MemoryContainer, MemoryHost, WorldInput } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';

/** Two networks, of which one changes; the first has everybody on it. */
export const BEFORE = `name: home
networks:
  lan: { enable_ipv6: true, ipam: { config: [{ subnet: 10.5.0.0/24 }, { subnet: "fd00:5::/64" }] } }
  other: { subnet: 10.6.0.0/24 }
`;
export const AFTER = BEFORE.replace('lan: {', 'lan: { labels: { tier: web },');

/** Containers in every state, with everything that can be asked of a network. */
export const CROWD: readonly MemoryContainer[] = [
  {
    name: 'web',
    state: 'running',
    networks: {
      lan: {
        ip: '10.5.0.20',
        ip6: 'fd00:5::20',
        settings: {
          IPAMConfig: { IPv4Address: '10.5.0.20', IPv6Address: 'fd00:5::20', LinkLocalIPs: ['169.254.7.7'] },
          Aliases: ['www', 'front'],
          Links: ['db:database'],
          DriverOpts: { 'io.example': 'kept' },
          GwPriority: 7,
        },
      },
      other: { ip: '10.6.0.9', settings: { IPAMConfig: { IPv4Address: '10.6.0.9' } } },
    },
  },
  {
    name: 'db',
    state: 'running',
    networks: { lan: { ip: '10.5.0.2', ip6: 'fd00:5::2', settings: { Aliases: ['sql'] } } },
  },
  { name: 'cache', state: 'paused', networks: { lan: { ip: '10.5.0.3', ip6: 'fd00:5::3' } } },
  { name: 'old', state: 'exited', networks: { lan: { settings: { IPAMConfig: { IPv4Address: '10.5.0.30' } } } } },
  { name: 'fresh', state: 'created', networks: { lan: { settings: { Aliases: ['new'] } } } },
  {
    name: 'loop',
    state: 'restarting',
    policy: 'always',
    networks: { lan: { settings: { IPAMConfig: { IPv4Address: '10.5.0.40', IPv6Address: 'fd00:5::40' } } } },
  },
  { name: 'theirs', state: 'running', networks: { foreign: { ip: '10.200.0.2' } } },
];

/** A host with the networks of `BEFORE` and everybody on them. */
export async function crowd(input: WorldInput = {}, containers = CROWD): Promise<MemoryHost> {
  const host = memoryHost(input);
  create(host.world, { Name: 'foreign', Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.200.0.0/24' }] } });
  await applyText(host, BEFORE);
  settle(host, containers);
  host.faults.arm();
  return host;
}

/** Puts containers there, each on the network of the name that there is now. */
export function settle({ world }: MemoryHost, containers: readonly MemoryContainer[]): void {
  world.containers = structuredClone(containers).map((container) => ({
    ...container,
    mode: container.mode ?? Object.keys(container.networks)[0] ?? 'default',
    networks: Object.fromEntries(
      Object.entries(container.networks).map(([name, endpoint]) => {
        const id = world.networks.find(({ Name }) => Name === name)?.Id;
        return [name, { ...endpoint, ...(id === undefined ? {} : { id }) }];
      }),
    ),
  }));
}

/** What everybody has: state, and on each network addresses and what was asked for. Ids of networks left out. */
export function places({ world }: MemoryHost): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    world.containers.map(({ name, state, networks }) => [
      name,
      {
        state: state === 'restarting' ? 'running' : state,
        networks: Object.fromEntries(
          Object.entries(networks)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([network, endpoint]) => {
              const { ip, ip6, settings = {}, half } = endpoint;
              const there = world.networks.find(({ Name }) => Name === network);
              const live = endpoint.id === undefined || endpoint.id === there?.Id;
              return [network, { ...(state === 'exited' ? {} : { ip, ip6 }), settings, half, live }];
            }),
        ),
      },
    ]),
  );
}
