import { expect, test, vi } from 'vitest';
import type { ApplyOptions } from '../../../packages/core/src/apply/options.js';
import { addLink, copiesOf, create, isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { crowdedHost, rest } from './host.js';

vi.setConfig({ testTimeout: 600_000 });

const FIRST = `name: home
networks:
  web: { subnet: 10.5.0.0/24 }
  open: {}
  conf: { config_only: true, driver: macvlan, parent: eth0, subnet: 192.168.60.0/24, gateway: 192.168.60.1 }
  made: { driver: macvlan, config_from: conf }
vlans:
  trunk: { parent: eth0, id: 50, mtu: 1400 }
`;

/** One goes, one is replaced, one is given back. */
const THEN = `name: home
networks:
  web: { subnet: 10.5.0.0/24, internal: true }
  open: { external: true }
`;

/** A host on which a person has made what the spec says. */
function byHand(): MemoryHost {
  const host = crowdedHost();
  const { world } = host;
  create(world, { Name: 'web', Driver: 'bridge', Labels: { a: 'b' }, IPAM: { Config: [{ Subnet: '10.5.0.0/24' }] } });
  create(world, { Name: 'open', Driver: 'bridge' });
  create(world, {
    Name: 'conf',
    Driver: 'macvlan',
    ConfigOnly: true,
    Options: { parent: 'eth0' },
    IPAM: { Config: [{ Subnet: '192.168.60.0/24', Gateway: '192.168.60.1' }] },
  });
  create(world, { Name: 'made', Driver: 'macvlan', ConfigFrom: { Network: 'conf' } });
  addLink(world, { name: 'trunk', kind: 'vlan', parent: 'eth0', vlan: { id: 50, protocol: '802.1q' } });
  return host;
}

interface Phase {
  readonly name: string;
  readonly adopted: boolean;
  readonly text: string;
  readonly options: ApplyOptions;
  /** Names of networks and links that are there at the end, of those made by hand. */
  readonly stays: readonly string[];
}

const PHASES: readonly Phase[] = [
  {
    name: 'adopting',
    adopted: false,
    text: FIRST,
    options: { adopt: true },
    stays: ['web', 'open', 'conf', 'made', 'trunk'],
  },
  {
    name: 'adopting what differs',
    adopted: false,
    text: THEN,
    options: { adopt: true },
    stays: ['web', 'open', 'conf', 'made', 'trunk'],
  },
  { name: 'changing what was adopted', adopted: true, text: THEN, options: {}, stays: ['web', 'open'] },
  { name: 'destroying what was adopted', adopted: true, text: FIRST, options: { destroy: true }, stays: [] },
];

/** Hosts just before a phase. */
function startsOf({ adopted }: Phase): () => Promise<MemoryHost> {
  return copiesOf(async () => {
    const host = byHand();
    if (adopted) await applyText(host, FIRST, { adopt: true });
    return host;
  });
}

async function killed(host: MemoryHost, { text, options }: Phase, fault: Fault): Promise<void> {
  host.faults.arm(fault);
  await applyText(host, text, options).catch((error: unknown) => {
    if (!isKilled(error)) throw error;
  });
  host.faults.arm();
}

/** Lets it finish, and tells how many writes that took. */
async function finishes(host: MemoryHost, phase: Phase, told: string): Promise<number> {
  const { text, options, stays } = phase;
  await applyText(host, text, options);
  const { writes } = host.faults;
  expect(await rest(host, text, options.destroy), told).toEqual([]);
  const there = [...host.world.networks.map(({ Name }) => Name), ...host.world.links.map(({ name }) => name)];
  for (const name of stays) expect(there, told).toContain(name);
  // One mark for each network that is there and was not made by netctl, and none besides.
  const adopted = host.world.networks.flatMap(({ Labels }) => Labels?.['io.netctl.adopts'] ?? []);
  const ids = host.world.networks.map(({ Id }) => Id);
  expect(ids, told).toEqual(expect.arrayContaining(adopted));
  await applyText(host, text, { destroy: true });
  const left = host.world.networks.filter(({ Labels }) => Labels?.['io.netctl.stack'] === 'home');
  expect(left, told).toEqual([]);
  return writes;
}

let points = 0;

test.each(PHASES)('$name, killed at every write, and again at every write of the next run', async (phase) => {
  const start = startsOf(phase);
  const clean = await start();
  const writes = await finishes(clean, phase, 'not killed');
  expect(writes).toBeGreaterThan(0);
  const twice: Fault[][] = [];
  for (let write = 0; write < writes; write += 1) {
    for (const when of ['before', 'after'] as const) {
      for (let again = -1; again < (when === 'after' ? writes : 0); again += 1) {
        const first: Fault = { write, when, how: 'crash' };
        twice.push(again < 0 ? [first] : [first, { write: again, when: 'after', how: 'crash' }]);
      }
    }
  }
  for (const faults of twice) {
    const host = await start();
    for (const fault of faults) await killed(host, phase, fault);
    await finishes(host, phase, JSON.stringify(faults));
    expect(names(host), JSON.stringify(faults)).toEqual(names(clean));
    points += 1;
  }
});

function names({ world }: MemoryHost): readonly unknown[] {
  return [...world.networks.map(({ Name = '' }) => Name), ...world.links.map(({ name }) => name)]
    .filter((name) => !name.startsWith('br-'))
    .sort();
}

test('there were enough of them to mean something', () => {
  expect(points).toBeGreaterThan(150);
});
