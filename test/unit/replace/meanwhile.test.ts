import { beforeEach, expect, test, vi } from 'vitest';
import { remove } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { AFTER, crowd, places, settle } from './host.js';

/* What somebody else does between a look and the write that follows it. */

let host: MemoryHost;
beforeEach(async () => {
  host = await crowd();
});

/** Does this just before the first write that is so called. */
function justBefore(title: RegExp, act: () => void): void {
  const { faults } = host;
  const write = faults.write.bind(faults);
  let done = false;
  vi.spyOn(faults, 'write').mockImplementation((what, change) => {
    if (!done && title.test(what)) {
      done = true;
      act();
    }
    write(what, change);
  });
}

test('a container that is removed just before its connect is gone, and all others are on the new network', async () => {
  const { web: _web, ...others } = places(host);
  justBefore(/^connect \S*web\S* network lan/, () => {
    host.world.containers = host.world.containers.filter(({ name }) => name !== 'web');
  });
  const report = await applyText(host, AFTER, { recreate: true });
  expect(report.moved.map(({ name, result }) => `${name} ${result}`).sort()).toEqual([
    'cache restored',
    'db restored',
    'fresh restored',
    'loop restored',
    'old restored',
    'web gone',
  ]);
  const { loop: _loop, ...now } = places(host);
  const { loop: _looped, ...before } = others;
  expect(now).toEqual(before);
});

test('a container that does not run is not left on a network that was removed just before its connect', async () => {
  settle(host, [{ name: 'old', state: 'exited', networks: { lan: { settings: { Aliases: ['was'] } } } }]);
  const before = places(host);
  justBefore(/^connect \S*old\S* network lan/, () => {
    const made = host.world.networks.find(({ Name }) => Name === 'lan');
    if (made !== undefined) remove(host.world, made, []);
  });
  await expect(applyText(host, AFTER, { recreate: true })).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: expect.stringContaining('Network lan was removed before container old was on it again') as string,
  });
  // On the old network, which was made again.
  expect(places(host)).toEqual(before);
  expect(host.world.networks.find(({ Name }) => Name === 'lan')?.Labels).not.toHaveProperty('tier');
  await applyText(host, AFTER, { recreate: true });
  expect(places(host)).toEqual(before);
});
