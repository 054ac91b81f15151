import { expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import { memoryHost } from '../../support/memory/index.js';
import { specOf, watchOver } from './bench.js';

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
