import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { parseSpec } from '../../../packages/core/src/spec/load.js';
import type { LoadedSpec } from '../../../packages/core/src/spec/load.js';
import type { WatchEvent } from '../../../packages/core/src/watch/events.js';
import type { WatchOptions, WatchReport } from '../../../packages/core/src/watch/options.js';
import { watch } from '../../../packages/core/src/watch/watch.js';
import type { Watch } from '../../../packages/core/src/watch/watch.js';
import { remove } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';

/** So short that a test waits for nothing long, in the same proportions; the timer alone comes late. */
const timing = { debounce: 20, ceiling: 200, interval: 60_000, backoff: { first: 20, longest: 100 } };

/** A watch over hosts in memory, and what it told. */
export interface WatchBench extends AsyncDisposable {
  readonly watcher: Watch;
  readonly events: readonly WatchEvent[];
  /** Of its whole life. */
  readonly signal: AbortSignal;
  /** Engines that do not answer now, by the names of their hosts; take one out with `rise`. */
  fall(host?: string): void;
  /** The same, but that its events are heard still. */
  stall(host: string): void;
  rise(host?: string): void;
  /** How often a host was connected to. */
  opened(host?: string): number;
  /** Waits for an event like this, after those that were waited for before. */
  told(expected: object): Promise<WatchEvent>;
  of<E extends WatchEvent['event']>(event: E): readonly Extract<WatchEvent, { readonly event: E }>[];
  /** What it comes to by itself. */
  readonly ended: Promise<WatchReport>;
  stop(): Promise<WatchReport>;
}

/** As `docker network rm` and `docker network prune` do it. */
export function removeNetwork({ world }: MemoryHost, name: string): void {
  const network = world.networks.find(({ Name }) => Name === name);
  if (network === undefined) throw new Error(`there is no network ${name}`);
  remove(world, network, []);
}

export function specOf(spec: object): LoadedSpec {
  return parseSpec({ bytes: JSON.stringify(spec), file: 'netctl.yaml', env: {} });
}

export async function watchOver(
  hosts: Readonly<Record<string, MemoryHost>>,
  load: WatchOptions['load'],
  more: Partial<WatchOptions> = {},
): Promise<WatchBench> {
  const stateDir = await mkdtemp(join(tmpdir(), 'netctl-watch-'));
  const events: WatchEvent[] = [];
  const down = new Set<string>();
  const streams = new Map<string, Set<AbortController>>();
  const opens: string[] = [];
  const controller = new AbortController();
  let heard = 0;
  const refuse = (host: string): void => {
    if (down.has(host)) throw new NetctlError('ENGINE_UNREACHABLE', `${host} is down`);
  };
  const watcher = watch({
    load,
    open: (_loaded, name) => {
      opens.push(name);
      const host = hosts[name];
      if (host === undefined || down.has(name)) {
        return Promise.reject(new NetctlError('ENGINE_UNREACHABLE', `${name} is down`));
      }
      const { engine, links } = host;
      const ends = new Set<AbortController>();
      streams.set(name, ends);
      return Promise.resolve({
        links,
        engine: {
          ...engine,
          observe: async (signal) => {
            refuse(name);
            return engine.observe(signal);
          },
          events: async (onEvent, signal, onOpen) => {
            const end = new AbortController();
            ends.add(end);
            await engine.events(onEvent, AbortSignal.any([signal, end.signal]), onOpen);
          },
          [Symbol.asyncDispose]: () => Promise.resolve(),
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
    ...more,
    apply: { probe: false, stateDir, ...more.apply },
    timing: { ...timing, ...more.timing },
    onEvent: (event) => events.push(event),
  });
  const running = watcher.run(controller.signal);
  running.catch(() => undefined);
  let stopped: Promise<WatchReport> | undefined;
  const stop = (): Promise<WatchReport> => {
    controller.abort(new NetctlError('TERMINATED', 'Terminated'));
    return (stopped ??= running);
  };
  return {
    watcher,
    events,
    signal: controller.signal,
    fall: (host = 'local') => {
      down.add(host);
      for (const end of streams.get(host) ?? []) end.abort();
    },
    stall: (host) => down.add(host),
    rise: (host = 'local') => down.delete(host),
    opened: (host = 'local') => opens.filter((name) => name === host).length,
    told: async (expected) => {
      let found: WatchEvent | undefined;
      const look = (): WatchEvent | undefined => {
        for (; found === undefined && heard < events.length; heard += 1) {
          const event = events[heard];
          if (event !== undefined && isLike(event, expected)) found = event;
        }
        return found;
      };
      await expect
        .poll(look, { timeout: 20_000, interval: 5 })
        .toBeDefined()
        .catch(() => undefined);
      if (found !== undefined) return found;
      const last = events.slice(-15).map((event) => JSON.stringify(event));
      throw new Error(`not told: ${JSON.stringify(expected)}, but\n${last.join('\n')}`);
    },
    of: (kind) => events.filter((event) => event.event === kind) as never,
    ended: running,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop().catch(() => undefined);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function isLike(event: WatchEvent, expected: object): boolean {
  try {
    expect(event).toMatchObject(expected);
    return true;
  } catch {
    return false;
  }
}
