import { expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import { kernel, memoryHost } from '../../support/memory/index.js';
import { removeNetwork, specOf, watchOver } from './bench.js';

/* What fails for a moment is tried again, with nobody doing anything for it. */

const web = { name: 'home', networks: { web: { subnet: '10.5.0.0/24' } } };

test('what could not be read for a moment is read again by the next round, though no file changes', async () => {
  const host = memoryHost();
  const gone = new NetctlError('SPEC_UNREADABLE', 'Cannot read token: there is no such file');
  let load = (): LoadedSpec => specOf(web);
  let loads = 0;
  await using bench = await watchOver(
    { local: host },
    () => {
      loads += 1;
      return Promise.resolve().then(load);
    },
    { timing: { interval: 50 } },
  );
  await bench.told({ event: 'round', result: 'quiet' });
  load = () => {
    throw gone;
  };
  bench.watcher.reload('spec');
  await bench.told({ event: 'spec', state: 'kept' });
  const before = loads;
  await expect.poll(() => loads, { timeout: 20_000 }).toBeGreaterThan(before + 1);
  load = () => specOf({ ...web, networks: { ...web.networks, more: { subnet: '10.6.0.0/24' } } });
  await bench.told({ event: 'spec', state: 'read' });
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:more' } });
  expect(bench.of('spec').map(({ state }) => state)).toEqual(['read', 'kept', 'read']);
  await bench.told({ event: 'round', result: 'quiet' });
  const read = loads;
  await bench.told({ event: 'round', result: 'quiet' });
  expect(loads).toBe(read);
});

test('events that did not begin are asked for again, are heard in the end, and what was missed is looked at', async () => {
  const host = memoryHost();
  const { engine, links } = host;
  let isWell = false;
  let asked = 0;
  // Removing a bridge is told of by its link too.
  const quiet = (_onChange: unknown, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: () =>
      Promise.resolve({
        links: { ...links, watch: quiet },
        engine: {
          ...engine,
          events: (...hear) => {
            asked += 1;
            return isWell ? engine.events(...hear) : Promise.reject(new NetctlError('ENGINE_ERROR', 'busy (503)'));
          },
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  });
  await bench.told({ event: 'connection', state: 'deaf', message: 'busy (503)' });
  await bench.told({ event: 'round', result: 'repaired' });
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(3);
  // The timer alone comes too late for what was missed.
  removeNetwork(host, 'web');
  isWell = true;
  await bench.told({ event: 'connection', state: 'hears', host: 'local' });
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:web' } });
  await bench.told({ event: 'round', result: 'quiet' });
  removeNetwork(host, 'web');
  await bench.told({ event: 'round', result: 'repaired' });
  expect(bench.of('connection').map(({ state }) => state)).toEqual(['deaf', 'made', 'hears']);
});

test('links that told nothing are watched again, and what was missed is looked at', async () => {
  const host = memoryHost();
  const { engine, links } = host;
  const spec = { name: 'home', vlans: { 'eth0-v30': { parent: 'eth0', id: 30 } } };
  let isWell = false;
  let asked = 0;
  await using bench = await watchOver({}, () => Promise.resolve(specOf(spec)), {
    open: () =>
      Promise.resolve({
        engine,
        links: {
          ...links,
          watch: (...hear) => {
            asked += 1;
            return isWell ? links.watch(...hear) : Promise.reject(new NetctlError('LINK_FAILED', 'ip ended'));
          },
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  });
  await bench.told({ event: 'connection', state: 'deaf', message: 'ip ended' });
  await bench.told({ event: 'round', result: 'repaired' });
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(3);
  kernel.removeLink(host.world, 'eth0-v30');
  isWell = true;
  await bench.told({ event: 'connection', state: 'hears', host: 'local' });
  await bench.told({ event: 'step', state: 'done', step: { op: 'link.add', ref: 'link:eth0-v30' } });
  expect(
    bench
      .of('connection')
      .map(({ state }) => state)
      .sort(),
  ).toEqual(['deaf', 'hears', 'made']);
});
