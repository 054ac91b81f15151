import { expect, test, vi } from 'vitest';
import { isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { host, place, withContainers } from './host.js';

vi.setConfig({ testTimeout: 120_000 });

/** One who is repaired, one who is and does not run, one who leaves, and one who comes. */
const BEFORE = withContainers(`  printer: { networks: { lan: { ipv4_address: 10.5.0.20, aliases: [lp] } } }
  mail: { networks: { lan: { ipv4_address: 10.5.0.30, aliases: [post] } } }
  cam1: { networks: [lan] }
`);
const AFTER = withContainers(`  printer: { networks: { lan: { ipv4_address: 10.5.0.21, aliases: [lp, ink] } } }
  mail: { networks: { lan: { ipv4_address: 10.5.0.30, aliases: [mx] } } }
  cam2: { networks: [lan] }
`);
const NAMES = ['printer', 'mail', 'cam1', 'cam2'];

async function start(): Promise<MemoryHost> {
  const made = await host();
  await applyText(made, BEFORE);
  made.faults.arm();
  return made;
}

const placesOf = (on: MemoryHost): readonly unknown[] => NAMES.map((name) => place(on, name, 'lan'));
const statesOf = ({ world }: MemoryHost): readonly string[] => world.containers.map(({ state }) => state);

/** Runs until the fault; says whether it struck. */
async function struck(on: MemoryHost, fault: Fault, text = AFTER): Promise<void> {
  on.faults.arm(fault);
  try {
    await applyText(on, text);
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
  await applyText(on, AFTER);
  const { writes } = on.faults;
  expect(placesOf(on), told).toEqual(wanted);
  expect(statesOf(on), told).toEqual(states);
  expect((await planText(on, AFTER)).stages, told).toEqual([]);
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
  await applyText(clean, AFTER);
  const wanted = placesOf(clean);
  expect(wanted).not.toEqual(old);
  const writes = await converges(await start(), wanted, states, 'not killed');
  expect(writes).toBeGreaterThan(6);
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
      await applyText(careful, AFTER, { allowDisruptive: false }).catch((error: unknown) => {
        expect(error, told).toMatchObject({ code: 'NEEDS_YES' });
      });
      for (const index of [0, 1]) expect([old[index], wanted[index]], told).toContainEqual(placesOf(careful)[index]);
      expect(statesOf(careful), told).toEqual(states);
      await converges(careful, wanted, states, told);
      points += 1;

      // Somebody changed his mind, and wants all as it was.
      const regretted = await start();
      await struck(regretted, { write, when, how: 'crash' });
      await applyText(regretted, BEFORE);
      expect(placesOf(regretted), told).toEqual(old);
      points += 1;

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
  expect(points).toBeGreaterThan(60);
});

test('an engine that fails at any write: everybody who stays has his place, the old one or the new one', async () => {
  const clean = await start();
  const old = placesOf(clean);
  const states = statesOf(clean);
  await applyText(clean, AFTER);
  const wanted = placesOf(clean);
  const writes = await converges(await start(), wanted, states, 'not failed');
  for (let write = 0; write < writes; write += 1) {
    const told = `failed at write ${String(write)}`;
    const on = await start();
    await struck(on, { write, when: 'before', how: new Error('the engine is out of sorts') });
    for (const index of [0, 1]) expect([old[index], wanted[index]], told).toContainEqual(placesOf(on)[index]);
    await converges(on, wanted, states, told);
  }
});
