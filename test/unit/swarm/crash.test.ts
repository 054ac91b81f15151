import { expect, test, vi } from 'vitest';

import type { ApplyOptions } from '../../../packages/core/src/apply/options.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { isKilled } from '../../support/memory/index.js';
import type { Fault } from '../../support/memory/index.js';
import { hostOf, nodesOf, places, planOf, rest, run, specText, threeHosts, traces } from './three.js';
import type { Three } from './three.js';

/* A swarm of three hosts, killed, failing and losing an answer at every write to each of them. */

vi.setConfig({ testTimeout: 600_000 });

const APP = { driver: 'overlay', attachable: true, subnet: '10.20.0.0/24', ip_range: '10.20.0.128/25' };
const OTHER = { ...APP, ip_range: '10.20.0.192/26' };
const ON_APP = {
  web: { networks: { app: {} } },
  'db-b': { networks: { app: { ipv4_address: '10.20.0.7' } } },
};
const SWARM = { managers: ['a'], workers: ['b', 'c'], labels: { b: { zone: 'one' }, c: { zone: 'two' } } };

const whole = specText({ swarm: SWARM, networks: { app: APP }, containers: ON_APP });

interface Scene {
  readonly name: string;
  /** What was applied before. */
  readonly before?: string;
  readonly text: string;
  readonly options: ApplyOptions;
}

const SCENES: readonly Scene[] = [
  { name: 'a swarm that is made, with an overlay and containers on it', text: whole, options: {} },
  { name: 'one that goes', before: whole, text: whole, options: { destroy: true } },
  {
    name: 'an overlay that is replaced below the containers of all',
    before: whole,
    text: specText({ swarm: SWARM, networks: { app: OTHER }, containers: ON_APP }),
    options: { recreate: true },
  },
  {
    name: 'an overlay that goes, and another that comes',
    before: whole,
    text: specText({
      swarm: SWARM,
      networks: { next: { ...APP, subnet: '10.21.0.0/24', ip_range: '10.21.0.128/25' } },
      containers: { web: { networks: { next: {} } } },
    }),
    options: {},
  },
  {
    name: 'a swarm of managers that goes',
    before: specText({ swarm: { managers: ['a', 'b', 'c'] }, networks: { app: APP } }),
    text: whole,
    options: { destroy: true },
  },
  {
    name: 'a manager that becomes a worker, with another in its place',
    before: whole,
    text: specText({ swarm: { managers: ['b'], workers: ['a', 'c'] }, networks: { app: APP }, containers: ON_APP }),
    options: {},
  },
  {
    name: 'a worker that becomes a manager, and another that leaves',
    before: whole,
    text: specText({ swarm: { managers: ['a', 'b'] }, networks: { app: APP }, containers: ON_APP }),
    options: {},
  },
  {
    name: 'a manager that leaves',
    before: specText({ swarm: { managers: ['a', 'b', 'c'] }, networks: { app: APP } }),
    text: specText({ swarm: { managers: ['a'], workers: ['c'] }, networks: { app: APP } }),
    options: {},
  },
];

async function start({ before }: Scene): Promise<Three> {
  const hosts = threeHosts();
  for (const [name, { world }] of hosts) {
    world.containers.push({ name: 'web', state: 'running', mode: 'bridge', networks: {} });
    world.containers.push({ name: `db-${name}`, state: 'running', mode: 'bridge', networks: {} });
  }
  if (before !== undefined) await run(hosts, before);
  for (const { faults } of hosts.values()) faults.arm();
  return hosts;
}

/** All that is to be the same in the end, however it came about. Who asked for no address has another one as it comes. */
function state(hosts: Three): unknown {
  const on = places(hosts).map((place) => (place.includes('db-b') ? place : place.replace(/ [^ ]+$/, '')));
  return { nodes: nodesOf(hosts), on: on.sort(), traces: [...traces(hosts)].sort() };
}

const lost = (): NetctlError => new NetctlError('ENGINE_TIMEOUT', 'the engine gave no answer (by the test)');
const refused = (): NetctlError => new NetctlError('ENGINE_ERROR', 'the engine refused (by the test)');

const HOWS: readonly (() => Omit<Fault, 'write'>)[] = [
  // Killed before a write it is what it is when killed after the one before that.
  () => ({ when: 'after', how: 'crash' }),
  () => ({ when: 'before', how: refused() }),
  () => ({ when: 'after', how: lost() }),
];

test.each(SCENES)('$name', async (scene) => {
  const { text, options } = scene;
  const clean = await start(scene);
  expect((await planOf(clean, text, options)).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  await run(clean, text, options);
  expect(await rest(clean, text, options)).toEqual([]);
  const told: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const { writes, log } = hostOf(clean, name).faults;
    const titles = [...log];
    for (let write = 0; write < writes; write += 1) {
      for (const how of HOWS) {
        const fault = { write, ...how() };
        const where = `${name}: ${fault.how === 'crash' ? 'killed' : fault.how.message} ${fault.when} ${titles[write] ?? ''}`;
        try {
          const hosts = await start(scene);
          hostOf(hosts, name).faults.arm(fault);
          const notRecovered: string[] = [];
          await run(hosts, text, options).catch((error: unknown) => {
            if (!isKilled(error) && !(error instanceof NetctlError)) throw error;
            const problems = error instanceof NetctlError ? error.problems : [];
            notRecovered.push(...problems.flatMap(({ code, message }) => (code === 'NOT_RECOVERED' ? [message] : [])));
          });
          // Whoever lives puts back at once what he has taken off.
          if (options.recreate === true && fault.when === 'before') {
            expect(places(hosts), where).toHaveLength(places(clean).length);
            expect(notRecovered, where).toEqual([]);
          }
          for (const { faults } of hosts.values()) faults.arm();
          await run(hosts, text, options);
          expect(await rest(hosts, text, options), where).toEqual([]);
          expect(state(hosts), where).toEqual(state(clean));
        } catch (error) {
          const problems = error instanceof NetctlError ? error.problems.map(({ message }) => message).join(' | ') : '';
          told.push(`${where}\n      ${String(error).slice(0, 1500)} ${problems}`);
        }
      }
    }
  }
  expect(told).toEqual([]);
});

test('whoever is off goes back also where the next apply is refused', async () => {
  const scene = SCENES[2];
  if (scene === undefined) throw new Error('no such scene');
  let off = 0;
  for (let write = 0; write < 8; write += 1) {
    const hosts = await start(scene);
    const before = places(hosts).length;
    hostOf(hosts, 'a').faults.arm({ write, when: 'after', how: 'crash' });
    await run(hosts, scene.text, scene.options).catch(() => undefined);
    for (const { faults } of hosts.values()) faults.arm();
    if (places(hosts).length < before) off += 1;
    const refused = specText({
      swarm: { ...SWARM, data_path_port: 5000 },
      networks: { app: OTHER },
      containers: ON_APP,
    });
    await expect(run(hosts, refused, scene.options)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(places(hosts), String(write)).toHaveLength(before);
  }
  expect(off).toBeGreaterThan(1);
});
