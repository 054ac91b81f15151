import { expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import { takeLock } from '../../../packages/core/src/apply/lock.js';
import { kernel, memoryHost, memoryHosts } from '../../support/memory/index.js';
import { removeNetwork, specOf, watchOver } from './bench.js';

/* It goes on: engines and hosts that are away, files that are wrong, locks of others, and somebody who undoes it all. */

const web = { name: 'home', networks: { web: { subnet: '10.5.0.0/24' } } };

test('an engine that stops and starts again: it is left alone more and more, and healed when it is back', async () => {
  const host = memoryHost();
  await using bench = await watchOver({ local: host }, () => Promise.resolve(specOf(web)));
  await bench.told({ event: 'round', result: 'quiet' });
  bench.fall();
  await bench.told({ event: 'connection', state: 'lost', host: 'local' });
  removeNetwork(host, 'web');
  await bench.told({ event: 'failed', code: 'ENGINE_UNREACHABLE', times: 4 });
  expect(bench.opened()).toBeLessThanOrEqual(1 + bench.of('failed').length + 1);
  bench.rise();
  await bench.told({ event: 'connection', state: 'made' });
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:web' } });
  await bench.told({ event: 'round', result: 'quiet' });
  expect(bench.of('connection').filter(({ state }) => state === 'lost')).toHaveLength(1);
  // What happens on the engine that is there now is heard.
  removeNetwork(host, 'web');
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:web' } });
});

test('an engine that is not there at the start is waited for', async () => {
  const host = memoryHost();
  let isThere = false;
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: () => {
      if (!isThere) return Promise.reject(new NetctlError('ENGINE_UNREACHABLE', 'nobody is there'));
      const { engine, links } = host;
      return Promise.resolve({ engine, links, [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  });
  await bench.told({ event: 'failed', times: 2 });
  isThere = true;
  await bench.told({ event: 'round', result: 'repaired' });
});

test('what cannot be opened at all is an error at once', async () => {
  const wrong = new NetctlError('USAGE', 'there is no context nowhere');
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), { open: () => Promise.reject(wrong) });
  await expect(bench.ended).rejects.toBe(wrong);
});

test('one of several hosts that is away: the others are healed, and it is when it comes back', async () => {
  const hosts = Object.fromEntries(memoryHosts({ a: {}, b: {} }));
  const spec = { ...web, hosts: { a: { docker: 'unix:///a' }, b: { docker: 'unix:///b' } } };
  await using bench = await watchOver(hosts, () => Promise.resolve(specOf(spec)));
  await bench.told({ event: 'round', result: 'quiet' });
  bench.fall('b');
  await bench.told({ event: 'connection', state: 'lost', host: 'b' });
  for (const host of Object.values(hosts)) removeNetwork(host, 'web');
  await bench.told({ event: 'step', state: 'done', step: { host: 'a', op: 'network.create' } });
  await bench.told({ event: 'round', result: 'repaired' });
  expect(bench.of('step').filter(({ step, state }) => step.host === 'b' && state === 'done')).toHaveLength(1);
  // Tried until it answers, though nothing happens on the other one.
  await expect.poll(() => bench.opened('b'), { timeout: 20_000 }).toBeGreaterThan(5);
  expect(bench.of('connection').filter(({ state }) => state === 'lost')).toHaveLength(1);
  bench.rise('b');
  await bench.told({ event: 'connection', state: 'made', host: 'b' });
  await bench.told({ event: 'step', state: 'done', step: { host: 'b', op: 'network.create' } });
});

test('one of several hosts that is away at the start is tried until it answers', async () => {
  const { a, b } = Object.fromEntries(memoryHosts({ a: {}, b: {} }));
  if (a === undefined || b === undefined) throw new Error('there are no hosts');
  const hosts: Record<string, typeof a> = { a };
  const spec = { ...web, hosts: { a: { docker: 'unix:///a' }, b: { docker: 'unix:///b' } } };
  await using bench = await watchOver(hosts, () => Promise.resolve(specOf(spec)));
  await bench.told({ event: 'connection', state: 'lost', host: 'b' });
  await expect.poll(() => bench.opened('b'), { timeout: 20_000 }).toBeGreaterThan(3);
  hosts['b'] = b;
  await bench.told({ event: 'connection', state: 'made', host: 'b' });
  await bench.told({ event: 'step', state: 'done', step: { host: 'b', op: 'network.create' } });
});

test('one of several hosts that does not answer, though its events are heard, is connected to again', async () => {
  const hosts = Object.fromEntries(memoryHosts({ a: {}, b: {} }));
  const spec = { ...web, hosts: { a: { docker: 'unix:///a' }, b: { docker: 'unix:///b' } } };
  await using bench = await watchOver(hosts, () => Promise.resolve(specOf(spec)));
  await bench.told({ event: 'round', result: 'quiet' });
  bench.stall('b');
  for (const host of Object.values(hosts)) removeNetwork(host, 'web');
  await bench.told({ event: 'step', state: 'done', step: { host: 'a', op: 'network.create' } });
  await expect.poll(() => bench.opened('b'), { timeout: 20_000 }).toBeGreaterThan(2);
  bench.rise('b');
  await bench.told({ event: 'step', state: 'done', step: { host: 'b', op: 'network.create' } });
});

test('a spec that is broken or gone: the last good one is kept and healed by, and it is told once', async () => {
  const host = memoryHost();
  let load = (): LoadedSpec => specOf(web);
  await using bench = await watchOver({ local: host }, () => Promise.resolve().then(load));
  await bench.told({ event: 'round', result: 'quiet' });
  load = () => specOf({ ...web, networks: { web: { subnet: 'no' } } });
  bench.watcher.reload('spec');
  await bench.told({ event: 'spec', state: 'kept', problems: [{ code: 'INVALID_SUBNET' }] });
  await bench.told({ event: 'round', result: 'quiet', woken: [{ by: 'spec' }] });
  bench.watcher.reload('spec');
  await bench.told({ event: 'round', result: 'quiet', woken: [{ by: 'spec' }] });
  load = () => {
    throw new NetctlError('SPEC_UNREADABLE', 'Cannot read netctl.yaml: there is no such file');
  };
  bench.watcher.reload('spec');
  await bench.told({ event: 'spec', state: 'kept', message: 'Cannot read netctl.yaml: there is no such file' });
  removeNetwork(host, 'web');
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:web' } });
  load = () => specOf({ ...web, networks: { ...web.networks, more: { subnet: '10.6.0.0/24' } } });
  bench.watcher.reload('spec');
  await bench.told({ event: 'spec', state: 'read' });
  await bench.told({ event: 'step', state: 'done', step: { op: 'network.create', ref: 'network:more' } });
  expect(bench.of('spec').map(({ state }) => state)).toEqual(['read', 'kept', 'kept', 'read']);
});

test('a spec that is broken at the start is an error', async () => {
  const load = (): Promise<LoadedSpec> => Promise.resolve().then(() => specOf({ name: 'x', networks: 1 }));
  await using bench = await watchOver({}, load);
  await expect(bench.ended).rejects.toMatchObject({ code: 'SPEC_INVALID' });
});

test('another netctl at work is waited for, and told of once', async () => {
  const host = memoryHost();
  const lock = await takeLock({
    name: host.world.engine.id,
    holder: { pid: process.pid, stack: 'other', since: new Date().toISOString() },
    wait: 0,
  });
  await using bench = await watchOver({ local: host }, () => Promise.resolve(specOf(web)));
  await bench.told({ event: 'failed', result: 'waiting', code: 'LOCKED', times: 1 });
  await bench.told({ event: 'round', result: 'waiting' });
  await lock[Symbol.asyncDispose]();
  await bench.told({ event: 'round', result: 'repaired' });
  expect((await bench.stop()).failures).toBe(0);
});

test('somebody who undoes the same thing each time is let be for longer and longer, and told of once', async () => {
  const host = memoryHost();
  const spec = { name: 'home', vlans: { 'eth0-v30': { parent: 'eth0', id: 30 } } };
  await using bench = await watchOver({ local: host }, () => Promise.resolve(specOf(spec)));
  for (let times = 1; times < 4; times += 1) {
    await bench.told({ event: 'round', result: 'quiet' });
    kernel.removeLink(host.world, 'eth0-v30');
  }
  await bench.told({ event: 'undone', times: 4, pauseMs: 5000, step: { op: 'link.add', ref: 'link:eth0-v30' } });
  await bench.told({ event: 'round', result: 'repaired', pauseMs: 5000 });
  kernel.removeLink(host.world, 'eth0-v30');
  const made = bench.of('step').filter(({ state }) => state === 'done').length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(bench.of('step').filter(({ state }) => state === 'done')).toHaveLength(made);
  // Somebody who has seen to it need not wait.
  bench.watcher.reload('reload');
  await bench.told({ event: 'round', result: 'repaired' });
  expect(bench.of('undone')).toHaveLength(1);
});

test('a host that tells nothing is looked at by the timer, and that is told', async () => {
  const host = memoryHost({ iproute2: false });
  const { engine, links } = host;
  const refusing = new NetctlError('ENGINE_ERROR', '403: events are not for you');
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    timing: { interval: 50 },
    open: () =>
      Promise.resolve({
        links,
        engine: { ...engine, events: () => Promise.reject(refusing) },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  });
  await bench.told({ event: 'connection', state: 'deaf', message: expect.stringContaining('403') as string });
  await bench.told({ event: 'round', result: 'quiet' });
  removeNetwork(host, 'web');
  await bench.told({ event: 'round', result: 'repaired', woken: [] });
  expect(
    bench
      .of('connection')
      .map(({ state, message }) => message ?? state)
      .sort(),
  ).toEqual(['403: events are not for you', "The program 'ip' (iproute2) is not on this machine", 'made']);
});

test('a stream that ends at once each time does not make it spin', async () => {
  const host = memoryHost();
  const { engine, links } = host;
  let streams = 0;
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: () =>
      Promise.resolve({
        links,
        engine: {
          ...engine,
          events: (_onEvent, _signal, onOpen) => {
            streams += 1;
            onOpen?.();
            return Promise.resolve();
          },
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    timing: { backoff: { first: 300, longest: 10_000 } },
  });
  await bench.told({ event: 'round', result: 'quiet' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // At 0, at once, then after 0.6 s and 1.2 s; without a pause it would be at the debounce of 20 ms.
  expect(streams).toBeLessThanOrEqual(5);
});

test('the end does not wait for a connection that is being made', async () => {
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: (_loaded, _host, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new NetctlError('TERMINATED', 'Terminated')), { once: true });
      }),
  });
  await bench.told({ event: 'spec' });
  expect(await bench.stop()).toMatchObject({ rounds: 0, failures: 0 });
  expect(bench.of('failed')).toEqual([]);
  expect(bench.of('connection')).toEqual([]);
});

test('a host that the spec says to reach in another way is connected to anew', async () => {
  const hosts = Object.fromEntries(memoryHosts({ a: {}, b: {} }));
  let address = 'unix:///a';
  const spec = () => specOf({ ...web, hosts: { a: { docker: address }, b: { docker: 'unix:///b' } } });
  await using bench = await watchOver(hosts, () => Promise.resolve(spec()));
  await bench.told({ event: 'round', result: 'quiet' });
  address = 'unix:///other';
  bench.watcher.reload('spec');
  await bench.told({ event: 'connection', state: 'made', host: 'a' });
  await bench.told({ event: 'round', result: 'quiet' });
  expect([bench.opened('a'), bench.opened('b')]).toEqual([2, 1]);
});

test('a round that hangs is told from one that is at work', async () => {
  const host = memoryHost();
  const { engine, links } = host;
  let hang = false;
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    patience: 100,
    open: () =>
      Promise.resolve({
        links,
        engine: {
          ...engine,
          observe: (signal) =>
            hang
              ? new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('ended'))))
              : engine.observe(signal),
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  });
  await bench.told({ event: 'round', result: 'quiet' });
  expect(bench.watcher.isAlive()).toBe(true);
  hang = true;
  bench.watcher.reload('reload');
  await expect.poll(() => bench.watcher.isAlive(), { timeout: 20_000 }).toBe(false);
  await bench.stop();
});
