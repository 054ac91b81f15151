import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { OpenBackends } from '../../../packages/core/src/watch/options.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { memoryHost, memoryHosts } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { specOf, watchOver } from './bench.js';

/* What was being connected to is let go of when the spec, or the end of it all, says so. */

const web = { name: 'home', networks: { web: { subnet: '10.5.0.0/24' } } };

/** Connections that tell when they are closed. */
function counted() {
  const open = new Set<string>();
  const made = (name: string, { engine, links }: MemoryHost): OpenBackends => {
    open.add(name);
    return {
      ...{ engine, links },
      [Symbol.asyncDispose]: () => {
        open.delete(name);
        return Promise.resolve();
      },
    };
  };
  return { open, made };
}

/** A spec of two hosts, the second of which is away at first and then slow to connect to, until `arrive` is called. */
async function slowSecond() {
  const hosts = Object.fromEntries(memoryHosts({ a: {}, b: {} }));
  const { open, made } = counted();
  let spec: object = { ...web, hosts: { a: { docker: 'unix:///a' }, b: { docker: 'unix:///b' } } };
  let arrive: (() => void) | undefined;
  let signal: AbortSignal | undefined;
  let isAway = true;
  const bench = await watchOver({}, () => Promise.resolve(specOf(spec)), {
    open: async (_loaded, name, until) => {
      const host = hosts[name];
      if (host === undefined) throw new Error(`there is no ${name}`);
      if (name !== 'b') return made(name, host);
      if (isAway) throw new NetctlError('ENGINE_UNREACHABLE', 'b is down');
      signal = until;
      // As an ssh that does not hear that it is to end: it arrives late.
      await new Promise<void>((resolve) => (arrive = resolve));
      return made(name, host);
    },
  });
  // The first look waits for all of them; from now on the second is connected to in the background.
  await bench.told({ event: 'connection', state: 'lost', host: 'b' });
  await bench.told({ event: 'round' });
  isAway = false;
  const look = (): void => bench.watcher.reload('reload');
  const connecting = async (): Promise<void> => {
    look();
    await expect.poll(() => signal, { timeout: 20_000 }).toBeDefined();
  };
  return {
    ...{ bench, open, look, connecting },
    signal: () => signal,
    arrive: () => arrive?.(),
    rewrite: (next: object) => (spec = { ...web, ...next }),
  };
}

test('a connection that is made for a host that the spec no longer names is closed, and not told of', async () => {
  const { bench, open, connecting, signal, arrive, rewrite } = await slowSecond();
  await using _bench = bench;
  await connecting();
  rewrite({ hosts: { a: { docker: 'unix:///a' } } });
  bench.watcher.reload('spec');
  await expect.poll(() => signal()?.aborted, { timeout: 20_000 }).toBe(true);
  arrive();
  await bench.told({ event: 'round', result: 'quiet' });
  await expect.poll(() => [...open], { timeout: 20_000 }).toEqual(['a']);
  expect(bench.of('connection').flatMap(({ host, state }) => (host === 'b' ? [state] : []))).toEqual(['lost', 'gone']);
  await bench.stop();
  expect([...open]).toEqual([]);
});

test('the end waits for an attempt for a host that the spec no longer names, and closes what came of it', async () => {
  const { bench, open, connecting, signal, arrive, rewrite } = await slowSecond();
  await using _bench = bench;
  await connecting();
  rewrite({ hosts: { a: { docker: 'unix:///a' } } });
  bench.watcher.reload('spec');
  await expect.poll(() => signal()?.aborted, { timeout: 20_000 }).toBe(true);
  let hasEnded = false;
  const ended = bench.stop().then(() => (hasEnded = true));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(hasEnded).toBe(false);
  arrive();
  await ended;
  expect([...open]).toEqual([]);
});

test('an engine whose events do not begin keeps nobody from the end', async () => {
  const { engine, links } = memoryHost();
  const { open, made } = counted();
  let isAsked = false;
  const silent = (_onEvent: unknown, signal: AbortSignal): Promise<void> => {
    isAsked = true;
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: () => Promise.resolve(made('local', { engine: { ...engine, events: silent }, links } as MemoryHost)),
  });
  await expect.poll(() => isAsked, { timeout: 20_000 }).toBe(true);
  await bench.stop();
  expect([...open]).toEqual([]);
});

test('attempts leave nothing with the signal of the whole life', async () => {
  const signals: AbortSignal[] = [];
  await using bench = await watchOver({}, () => Promise.resolve(specOf(web)), {
    open: (_loaded, _host, until) => {
      signals.push(until);
      return Promise.reject(new NetctlError('ENGINE_UNREACHABLE', 'nobody is there'));
    },
  });
  const lasting = (): number => getEventListeners(bench.signal, 'abort').length;
  await bench.told({ event: 'failed', times: 2 });
  const before = lasting();
  await bench.told({ event: 'failed', times: 6 });
  expect(lasting()).toBeLessThanOrEqual(before);
  expect(new Set(signals).size).toBe(signals.length);
  expect(signals).not.toContain(bench.signal);
});
