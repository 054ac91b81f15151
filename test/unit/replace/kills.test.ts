import { describe, expect, test, vi } from 'vitest';
import type { ApplyOptions } from '../../../packages/core/src/apply/apply.js';
import { isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { AFTER, BEFORE, crowd, places, settle } from './host.js';

vi.setConfig({ testTimeout: 120_000 });

const recreate: ApplyOptions = { recreate: true };
const JOURNAL = 'netctl-journal';

interface Case {
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

const CASES: readonly Case[] = [
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
function kept(host: MemoryHost): unknown {
  return JSON.parse(
    JSON.stringify(places(host), (key, value: unknown) => (key === 'ip' || key === 'ip6' ? undefined : value)),
  ) as unknown;
}

async function killedAt(host: MemoryHost, text: string, fault: Fault): Promise<void> {
  host.faults.arm(fault);
  try {
    await applyText(host, text, recreate);
  } catch (error) {
    if (!isKilled(error)) throw error;
  } finally {
    host.faults.arm();
  }
}

async function converges(host: MemoryHost, text: string, before: unknown, told: string): Promise<number> {
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

/** Without leave to take anybody off, the next run puts everybody back before it refuses; or there is no need for it. */
async function staysPut(host: MemoryHost, text: string, before: unknown, told: string): Promise<void> {
  const error: unknown = await applyText(host, text).catch((reason: unknown) => reason);
  if (error instanceof Error) expect(error, told).toMatchObject({ code: 'REFUSED' });
  expect(kept(host), told).toEqual(before);
  await converges(host, text, before, told);
}

let points = 0;

describe.each(CASES)('$name', ({ start, text }) => {
  test('killed at every write, and again at every write of the next run: everybody is back', async () => {
    const clean = await start();
    const before = kept(clean);
    const writes = await converges(clean, text, before, 'not killed');
    expect(writes).toBeGreaterThan(4);
    for (let write = 0; write < writes; write += 1) {
      for (const when of ['before', 'after'] as const) {
        const host = await start();
        await killedAt(host, text, { write, when, how: 'crash' });
        const left = await converges(host, text, before, `killed ${when} write ${String(write)}`);
        points += 1;
        const careful = await start();
        await killedAt(careful, text, { write, when, how: 'crash' });
        await staysPut(careful, text, before, `killed ${when} write ${String(write)}, then refused`);
        points += 1;
        if (when === 'before') continue;
        for (let again = 0; again < left; again += 1) {
          const twice = await start();
          await killedAt(twice, text, { write, when, how: 'crash' });
          await killedAt(twice, text, { write: again, when: 'after', how: 'crash' });
          await converges(twice, text, before, `killed after writes ${String(write)} and ${String(again)}`);
          points += 1;
        }
      }
    }
  });
});

test('there were at least 500 of them', () => {
  process.stdout.write(`kill points in memory: ${String(points)}\n`);
  expect(points).toBeGreaterThanOrEqual(500);
});
