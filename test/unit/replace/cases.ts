import type { ApplyOptions } from '../../../packages/core/src/apply/options.js';
import { expect } from 'vitest';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { AFTER, BEFORE, crowd, places, settle } from './host.js';

export const recreate: ApplyOptions = { recreate: true };
const JOURNAL = 'netctl-journal';

/** A host, and the spec that has containers moved on it. */
export interface Case {
  readonly name: string;
  readonly start: () => Promise<MemoryHost>;
  readonly text: string;
}

const vlan = (id: number): string => `name: home
networks:
  iot: { driver: macvlan, parent: trunk, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: ${String(id)} }
`;

export const CASES: readonly Case[] = [
  { name: 'a network with containers in every state', start: () => crowd(), text: AFTER },
  {
    name: 'two networks that swap their subnets, with one container on both',
    start: async () => {
      const host = await crowd({}, []);
      settle(host, [
        {
          name: 'both',
          state: 'running',
          networks: {
            lan: { ip: '10.5.0.2', ip6: 'fd00:5::2' },
            other: { ip: '10.6.0.2', settings: { Aliases: ['x'] } },
          },
        },
      ]);
      return host;
    },
    text: BEFORE.replace('10.5.0.0', '10.0.0.0').replace('10.6.0.0', '10.5.0.0').replace('10.0.0.0', '10.6.0.0'),
  },
  {
    name: 'a VLAN link below a network that is held',
    start: async () => {
      const host = await crowd({}, []);
      await applyText(host, vlan(30));
      settle(host, [
        { name: 'cam', state: 'running', networks: { iot: { ip: '192.168.30.130', settings: { Aliases: ['eye'] } } } },
        {
          name: 'off',
          state: 'exited',
          networks: { iot: { settings: { IPAMConfig: { IPv4Address: '192.168.30.9' } } } },
        },
      ]);
      host.faults.arm();
      return host;
    },
    text: vlan(31),
  },
];

/** Addresses that nobody asked for may be others; all else has to be as it was. */
export function kept(host: MemoryHost): unknown {
  return JSON.parse(
    JSON.stringify(places(host), (key, value: unknown) => (key === 'ip' || key === 'ip6' ? undefined : value)),
  ) as unknown;
}

/** The next apply finishes, and everybody is as before; gives how many writes it took. */
export async function converges(host: MemoryHost, text: string, before: unknown, told: string): Promise<number> {
  host.faults.arm();
  await applyText(host, text, recreate);
  const { writes } = host.faults;
  expect(kept(host), told).toEqual(before);
  expect((await planText(host, text)).stages, told).toEqual([]);
  expect(
    host.world.networks.filter(({ Name }) => Name === JOURNAL),
    told,
  ).toEqual([]);
  return writes;
}
