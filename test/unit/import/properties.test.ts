import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { importHost } from '../../../packages/core/src/apply/import.js';
import type { Imported } from '../../../packages/core/src/import/import.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { addNetwork } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText, loadText, planText } from '../../support/memory/run.js';
import { rest } from '../crash/host.js';
import { hostWith, isValid } from '../crash/random-host.js';
import { engine, spec, surroundings } from '../crash/random.js';
import { strangeNetwork, withPlaces } from './random.js';

vi.setConfig({ testTimeout: 600_000 });

const runs = { numRuns: 100 };

/** Whether it could be made there at all. */
async function made(host: MemoryHost, text: string): Promise<boolean> {
  try {
    await applyText(host, text);
    return true;
  } catch (error) {
    if (error instanceof NetctlError && error.code === 'REFUSED') return false;
    throw error;
  }
}

/** What import writes is valid, writes nothing to the host, and is the same whenever it is asked for. */
async function imported(host: MemoryHost, options = {}): Promise<Imported> {
  const { writes } = host.faults;
  const result = await importHost(host, options);
  expect(host.faults.writes).toBe(writes);
  expect(isValid(result.spec), result.spec).toBe(true);
  expect(await importHost(host, options)).toEqual(result);
  return result;
}

const titles = async (host: MemoryHost, text: string, adopt: boolean): Promise<readonly string[]> =>
  stepsOf(await planText(host, text, { adopt })).map((step) => `${stepTitle(step)}${step.disruptive ? '!' : ''}`);

/** Takes over what import found, and finds nothing to do then. */
async function takenOver(host: MemoryHost, { spec: text }: Imported): Promise<number> {
  const before = structuredClone(host.world.containers);
  const steps = await titles(host, text, true);
  expect(steps.filter((title) => !/^adopt .*[^!]$/.test(title))).toEqual([]);
  await applyText(host, text, { adopt: true, allowDisruptive: false });
  expect(await titles(host, text, false)).toEqual([]);
  expect(host.world.containers).toEqual(before);
  return steps.length;
}

/** As if a person had made it all: no label, alias or group of netctl is left. */
function unmark({ world }: MemoryHost): void {
  for (const network of world.networks) {
    const own = Object.entries(network.Labels ?? {}).filter(([key]) => !key.startsWith('io.netctl.'));
    network.Labels = Object.fromEntries(own);
  }
  world.links = world.links.map(({ alias, ...link }) => ({
    ...link,
    group: 0,
    ...(alias === undefined || alias.startsWith('netctl:') ? {} : { alias }),
  }));
}

const valid = spec.filter(isValid);

test('a stack comes back as a spec that plans empty, with nothing left out', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(engine, surroundings, valid, fc.nat(), async (version, foreign, text, seed) => {
      const host = hostWith(version, foreign);
      fc.pre(await made(host, text));
      withPlaces(host, seed);
      const result = await imported(host, { stack: 'home' });
      // Containers have addresses that a spec may not say.
      const theirs = new Set(['theirs', 'lan', 'docked', 'door', 'named-0', 'named-1', 'shop']);
      expect(result.leftOut.filter(({ name }) => !theirs.has(name) && !/^c\d+x$/.test(name))).toEqual([]);
      const mine = host.world.networks.filter(({ Labels }) => Labels?.['io.netctl.stack'] === 'home');
      for (const { Name = '' } of mine) expect(loadText(result.spec).spec.networks).toSatisfy(has(Name));
      // Of others it has what nobody owns.
      if (foreign.length > 0) return;
      whole += 1;
      expect(await rest(host, result.spec), result.spec).toEqual([]);
    }),
    runs,
  );
  expect(whole, 'hosts with nothing else on them').toBeGreaterThan(10);
});

const has =
  (name: string) =>
  (networks: Readonly<Record<string, { name?: string }>>): boolean =>
    Object.entries(networks).some(([key, { name: other = key }]) => other === name);

test('what nobody owns comes back as a spec that only takes it over', async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(engine, surroundings, valid, fc.nat(), async (version, foreign, text, seed) => {
      const host = hostWith(version, foreign);
      fc.pre(await made(host, text));
      unmark(host);
      withPlaces(host, seed);
      taken += await takenOver(host, await imported(host, { all: true }));
    }),
    runs,
  );
  expect(taken, 'things taken over').toBeGreaterThan(50);
});

test('whatever networks are called and have, the spec is valid and takes over the rest', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(engine, fc.array(strangeNetwork, { minLength: 1, maxLength: 6 }), async (version, networks) => {
      const host = hostWith(version, []);
      for (const network of networks) addNetwork(host.world, network);
      const result = await imported(host);
      const said = new Set(Object.entries(loadText(result.spec).spec.networks).map(([key, { name = key }]) => name));
      written += said.size;
      // Each is in it, or it is said why not.
      const told = new Set(result.leftOut.map(({ name }) => name));
      for (const { Name = '' } of networks) expect(said.has(Name) || told.has(Name), Name).toBe(true);
      await takenOver(host, result);
    }),
    runs,
  );
  expect(written, 'networks that a spec can say').toBeGreaterThan(50);
});
