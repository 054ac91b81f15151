import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';

import { NetctlError } from '../../../packages/core/src/errors.js';
import type { Plan } from '../../../packages/core/src/model.js';
import { withoutDisruptive } from '../../../packages/core/src/plan/additive.js';
import { stepKey } from '../../../packages/core/src/plan/order-hosts.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { isKilled, memoryHosts } from '../../support/memory/index.js';
import { loadText } from '../../support/memory/run.js';
import { hostOf, planOf, rest, run, traces } from './three.js';
import type { Three } from './three.js';

/* Random swarms of two to four hosts, each become another one. */

vi.setConfig({ testTimeout: 600_000 });

// A failure can take seconds, of which shrinking would need many.
const runs = { numRuns: 50, endOnFailure: true };
const NAMES = ['a', 'b', 'c', 'd'];
const NEW = { engine: { version: '29.7.0', apiVersion: '1.55' } };

const overlay = (index: number): fc.Arbitrary<object> =>
  fc.record({
    driver: fc.constant('overlay'),
    attachable: fc.constant(true),
    subnet: fc.constantFrom(`10.2${String(index)}.0.0/24`, `10.2${String(index)}.0.0/25`),
    ip_range: fc.constant(`10.2${String(index)}.0.64/26`),
  });

const local = (index: number): fc.Arbitrary<object> =>
  fc.record({ subnet: fc.constantFrom(`10.5${String(index)}.0.0/24`, `10.6${String(index)}.0.0/24`) });

const some = <T>(entries: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<Record<string, T>> =>
  fc.record(entries, { requiredKeys: [] }) as fc.Arbitrary<Record<string, T>>;

const networks = some<object>({ over0: overlay(0), over1: overlay(1), own0: local(0), own1: local(1) });

/** Managers, workers, and hosts that are in no swarm; undefined where nobody is in one. */
const roles = (names: readonly string[]): fc.Arbitrary<object | undefined> =>
  fc.option(
    fc.tuple(...names.map(() => fc.constantFrom('manager', 'worker', 'worker', 'none'))).map((chosen) => {
      const as = (role: string): string[] => names.filter((_, index) => chosen[index] === role);
      const labels = as('worker')
        .slice(0, 1)
        .map((name) => [name, { zone: String(as('worker').length) }]);
      return { managers: as('manager'), workers: as('worker'), labels: Object.fromEntries(labels) as object };
    }),
    { freq: 6, nil: undefined },
  );

const spec = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(roles(names), networks, fc.subarray(['web', ...names.map((name) => `db-${name}`)]))
    .chain(([swarm, chosen, containers]) => {
      const keys = Object.keys(chosen);
      const on =
        keys.length === 0
          ? fc.constant({})
          : fc.subarray(keys).map((some) => Object.fromEntries(some.map((key) => [key, {}])));
      return fc.tuple(...containers.map(() => on)).map((places) =>
        stringify({
          name: 'shop',
          hosts: Object.fromEntries(names.map((name) => [name, { docker: `unix:///${name}` }])),
          ...(swarm === undefined ? {} : { swarm }),
          networks: chosen,
          containers: Object.fromEntries(
            containers.flatMap((name, index) =>
              Object.keys(places[index] ?? {}).length === 0 ? [] : [[name, { networks: places[index] }]],
            ),
          ),
        }),
      );
    })
    .filter(isValid);

function isValid(text: string): boolean {
  try {
    loadText(text);
    return true;
  } catch {
    return false;
  }
}

const two = fc
  .integer({ min: 2, max: 4 })
  .chain((count) => fc.tuple(fc.constant(count), spec(NAMES.slice(0, count)), spec(NAMES.slice(0, count))));

function hostsOf(count: number): Three {
  const hosts = memoryHosts(Object.fromEntries(NAMES.slice(0, count).map((name) => [name, NEW])));
  for (const [name, { world }] of hosts) {
    for (const container of ['web', `db-${name}`]) {
      world.containers.push({ name: container, state: 'running', mode: 'bridge', networks: {} });
    }
  }
  return hosts;
}

/** Every step comes after those that it waits for, and none waits for one that is not there. */
function inOrder(plan: Plan): void {
  const there = new Set(stepsOf(plan).map(stepKey));
  const done = new Set<string>();
  for (const stage of plan.stages) {
    for (const { awaits = [] } of stage) {
      for (const one of awaits.map(stepKey)) {
        if (there.has(one)) expect(done).toContain(one);
      }
    }
    for (const step of stage) done.add(stepKey(step));
  }
}

/** Whether it was done; what a refusal says is for people, and nothing was written. */
async function become(hosts: Three, text: string): Promise<boolean> {
  for (const { faults } of hosts.values()) faults.arm();
  const full = await planOf(hosts, text, { recreate: true });
  inOrder(full);
  const refused = full.problems.some(({ severity }) => severity === 'error');
  if (!refused) {
    const less = withoutDisruptive(full);
    const kept = new Set(stepsOf(less).map(stepKey));
    for (const { awaits = [] } of stepsOf(less)) for (const one of awaits) expect(kept).toContain(stepKey(one));
  }
  try {
    await run(hosts, text, { recreate: true });
  } catch (error) {
    if (!(error instanceof NetctlError) || error.code !== 'REFUSED') throw error;
    expect([...hosts.values()].map(({ faults }) => faults.writes)).toEqual([...hosts.values()].map(() => 0));
    return false;
  }
  expect(await rest(hosts, text, { recreate: true })).toEqual([]);
  return true;
}

test('what was applied has nothing left to do, becomes something else, and goes without a trace', async () => {
  let [made, changed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(two, async ([count, first, then]) => {
      const hosts = hostsOf(count);
      if (!(await become(hosts, first))) return;
      made += 1;
      if (await become(hosts, then)) changed += 1;
      await run(hosts, then, { destroy: true });
      expect(traces(hosts)).toEqual([]);
    }),
    runs,
  );
  expect(made).toBeGreaterThan(25);
  expect(changed).toBeGreaterThan(8);
});

test('one becomes another, killed or failing anywhere on the way', async () => {
  let hit = 0;
  const fault = fc.record({ host: fc.nat(3), write: fc.nat(9), crash: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(two, fault, async ([count, first, then], { host, write, crash }) => {
      const hosts = hostsOf(count);
      if (!(await become(hosts, first))) return;
      const refused = (await planOf(hosts, then, { recreate: true })).problems.some(
        ({ severity }) => severity === 'error',
      );
      if (refused) return;
      const how = crash ? 'crash' : new NetctlError('ENGINE_ERROR', 'the engine refused (by the test)');
      hostOf(hosts, NAMES[host % count] ?? 'a').faults.arm({ write, when: crash ? 'after' : 'before', how });
      const error: unknown = await run(hosts, then, { recreate: true }).catch((reason: unknown) => reason);
      if (error instanceof Error) hit += 1;
      if (error instanceof Error && !isKilled(error) && !(error instanceof NetctlError)) throw error;
      for (const { faults } of hosts.values()) faults.arm();
      await run(hosts, then, { recreate: true });
      expect(await rest(hosts, then, { recreate: true })).toEqual([]);
    }),
    runs,
  );
  expect(hit).toBeGreaterThan(5);
});
