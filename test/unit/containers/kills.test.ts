import { describe, expect, test, vi } from 'vitest';
import { copiesOf, isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryContainer, MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { host, PEOPLE, place, withContainers } from './host.js';

vi.setConfig({ testTimeout: 120_000 });

interface Case {
  readonly before: string;
  readonly after: string;
  /** `container network` */
  readonly places: readonly (readonly [string, string])[];
  /** How many of the places are of containers that stay there. */
  readonly stay: number;
  readonly people?: readonly MemoryContainer[];
  /** With fewer writes than this nothing would be proved. */
  readonly writes: number;
}

const onLan = (...addresses: readonly string[]): string =>
  withContainers(
    addresses
      .map(
        (address, index) =>
          `  ${['printer', 'cam1', 'cam2'][index] ?? ''}: { networks: { lan: { ipv4_address: ${address} } } }\n`,
      )
      .join(''),
  );

const CASES: Readonly<Record<string, Case>> = {
  'one who is repaired, one who is and does not run, one who leaves, and one who comes': {
    before: withContainers(`  printer: { networks: { lan: { ipv4_address: 10.5.0.20, aliases: [lp] } } }
  mail: { networks: { lan: { ipv4_address: 10.5.0.30, aliases: [post] } } }
  cam1: { networks: [lan] }
`),
    after: withContainers(`  printer: { networks: { lan: { ipv4_address: 10.5.0.21, aliases: [lp, ink] } } }
  mail: { networks: { lan: { ipv4_address: 10.5.0.30, aliases: [mx] } } }
  cam2: { networks: [lan] }
`),
    places: [
      ['printer', 'lan'],
      ['mail', 'lan'],
      ['cam1', 'lan'],
      ['cam2', 'lan'],
    ],
    stay: 2,
    writes: 6,
  },
  'three whose addresses go round': {
    before: onLan('10.5.0.20', '10.5.0.21', '10.5.0.22'),
    after: onLan('10.5.0.21', '10.5.0.22', '10.5.0.20'),
    places: [
      ['printer', 'lan'],
      ['cam1', 'lan'],
      ['cam2', 'lan'],
    ],
    stay: 3,
    writes: 6,
  },
  'three whose addresses go round the other way, where somebody else made their places': {
    before: onLan('10.5.0.20', '10.5.0.21', '10.5.0.22'),
    after: onLan('10.5.0.22', '10.5.0.20', '10.5.0.21'),
    people: PEOPLE.map((person) => ({ ...person, mode: 'lan' })),
    places: [
      ['printer', 'lan'],
      ['cam1', 'lan'],
      ['cam2', 'lan'],
    ],
    stay: 3,
    writes: 6,
  },
  'one who takes the address of one who leaves': {
    before: onLan('10.5.0.20', '10.5.0.21'),
    after: onLan('10.5.0.21'),
    places: [
      ['printer', 'lan'],
      ['cam1', 'lan'],
    ],
    stay: 1,
    writes: 3,
  },
};

const statesOf = ({ world }: MemoryHost): readonly string[] => world.containers.map(({ state }) => state);

describe.each(Object.entries(CASES))('%s', (_name, { before, after, places, stay, people, writes: least }) => {
  const staying = places.map((_place, index) => index).slice(0, stay);
  const placesOf = (on: MemoryHost): readonly unknown[] => places.map(([name, network]) => place(on, name, network));

  const start = copiesOf(async () => {
    const made = await host(people);
    await applyText(made, before);
    return made;
  });

  /** Runs until the fault. */
  async function struck(on: MemoryHost, fault: Fault): Promise<void> {
    on.faults.arm(fault);
    try {
      await applyText(on, after);
    } catch (error) {
      if (fault.how === 'crash' && !isKilled(error)) throw error;
    } finally {
      on.faults.arm();
    }
  }

  /** The next apply finishes. */
  async function converges(
    on: MemoryHost,
    wanted: readonly unknown[],
    states: readonly string[],
    told: string,
  ): Promise<number> {
    on.faults.arm();
    await applyText(on, after);
    const { writes } = on.faults;
    expect(placesOf(on), told).toEqual(wanted);
    expect(statesOf(on), told).toEqual(states);
    expect((await planText(on, after)).stages, told).toEqual([]);
    expect(
      on.world.networks.some(({ Name }) => Name === 'netctl-journal'),
      told,
    ).toBe(false);
    return writes;
  }

  test('killed at every write, and again at every write of the next run: everybody is where the spec says', async () => {
    const clean = await start();
    const old = placesOf(clean);
    const states = statesOf(clean);
    await applyText(clean, after);
    const wanted = placesOf(clean);
    expect(wanted).not.toEqual(old);
    const writes = await converges(await start(), wanted, states, 'not killed');
    expect(writes).toBeGreaterThanOrEqual(least);
    let points = 0;
    for (let write = 0; write < writes; write += 1) {
      for (const when of ['before', 'after'] as const) {
        const told = `killed ${when} write ${String(write)}`;
        const on = await start();
        await struck(on, { write, when, how: 'crash' });
        const left = await converges(on, wanted, states, told);
        points += 1;

        // Nobody has leave to take anybody off; whoever was, is back, as he was or as the spec says.
        const careful = await start();
        await struck(careful, { write, when, how: 'crash' });
        await applyText(careful, after, { allowDisruptive: false }).catch((error: unknown) => {
          expect(error, told).toMatchObject({ code: 'NEEDS_YES' });
        });
        for (const index of staying) expect([old[index], wanted[index]], told).toContainEqual(placesOf(careful)[index]);
        expect(statesOf(careful), told).toEqual(states);
        await converges(careful, wanted, states, told);
        points += 1;

        // Another stack puts back what is off before it does anything of its own.
        const other = await start();
        await struck(other, { write, when, how: 'crash' });
        await applyText(other, 'name: other\nnetworks: { more: { subnet: 10.99.0.0/24 } }\n');
        for (const index of staying) expect([old[index], wanted[index]], told).toContainEqual(placesOf(other)[index]);
        await converges(other, wanted, states, told);
        points += 1;

        // Somebody changed his mind, and wants all as it was.
        const regretted = await start();
        await struck(regretted, { write, when, how: 'crash' });
        await applyText(regretted, before);
        expect(placesOf(regretted), told).toEqual(old);
        points += 1;

        // Before a write is after the one before it.
        if (when === 'before' && write > 0) continue;
        for (let again = 0; again < left; again += 1) {
          const twice = await start();
          await struck(twice, { write, when, how: 'crash' });
          await struck(twice, { write: again, when: 'after', how: 'crash' });
          await converges(twice, wanted, states, `${told}, and after ${String(again)}`);
          points += 1;
        }
      }
    }
    process.stdout.write(`kill points of a repair in memory: ${String(points)}\n`);
    expect(points).toBeGreaterThan(4 * writes);
  });

  test('an engine that fails at any write: everybody who stays has his place, the old one or the new one', async () => {
    const clean = await start();
    const old = placesOf(clean);
    const states = statesOf(clean);
    await applyText(clean, after);
    const wanted = placesOf(clean);
    const writes = await converges(await start(), wanted, states, 'not failed');
    for (let write = 0; write < writes; write += 1) {
      const told = `failed at write ${String(write)}`;
      const on = await start();
      await struck(on, { write, when: 'before', how: new Error('the engine is out of sorts') });
      for (const index of staying) expect([old[index], wanted[index]], told).toContainEqual(placesOf(on)[index]);
      await converges(on, wanted, states, told);
    }
  });
});
