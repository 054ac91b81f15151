import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { EngineEvent } from '../docker/events.js';
import type { OpenBackends } from './options.js';
import type { WakeReason } from './events.js';
import { backoff } from './timing.js';
import type { Timing } from './timing.js';

/** An open host, and the two streams that tell of what happens there. */
export interface Connection extends AsyncDisposable {
  readonly backends: OpenBackends;
  /** The engine ended its stream: it restarts, or another one is in its place. */
  isOver(): boolean;
}

export interface Listener {
  readonly wake: (reason: WakeReason) => void;
  /** One of the streams is of no use for now, and is done without. */
  readonly deaf: (message: string) => void;
  /** All streams are of use again. */
  readonly hears: () => void;
  /** The engine's stream has ended, after so many milliseconds. */
  readonly over: (livedMs: number) => void;
}

/**
 * Listens to a host from the moment that this resolves: what happens afterwards wakes somebody. `until` ends the wait for
 * that moment, and with it the streams; the connection is to be disposed of then too.
 */
export async function listenTo(
  backends: OpenBackends,
  { wake, deaf, hears, over }: Listener,
  pauses: Timing['backoff'],
  until: AbortSignal,
): Promise<Connection> {
  const controller = new AbortController();
  const { signal } = controller;
  let isOver = false;

  const deafTo = new Set<string>();

  const lose = (stream: string, message: string): void => {
    if (!deafTo.has(stream)) deaf(message);
    deafTo.add(stream);
  };

  const regain = (stream: string): void => {
    if (!deafTo.delete(stream)) return;
    if (deafTo.size === 0) hears();
    // What happened in between was told to nobody.
    wake({ by: 'connection' });
  };

  /** Also a refusal may pass: who stands in between is set up anew. One question costs less than a look does. */
  const wait = async (failures: number): Promise<void> => {
    await sleep(backoff(failures, pauses, Math.random()), undefined, { signal }).catch(() => undefined);
  };

  const hearEngine = async (onOpen: () => void): Promise<void> => {
    let openedAt: number | undefined;
    const opened = (): void => {
      openedAt = performance.now();
      regain('engine');
      onOpen();
    };
    const tell = (event: EngineEvent): void => {
      if (isMatter(event.action)) wake({ by: 'engine', ...event });
    };
    for (let failures = 1; ; failures += 1) {
      const failure = await outcome(backends.engine.events(tell, signal, opened));
      onOpen();
      if (signal.aborted) return;
      if (openedAt !== undefined) break;
      lose('engine', failure ?? 'the engine tells nothing of what happens');
      await wait(failures);
    }
    isOver = true;
    over(performance.now() - openedAt);
  };

  const hearLinks = async (): Promise<void> => {
    for (let failures = 0; ;) {
      // Nothing says that it has begun but that it stays.
      const begun = performance.now();
      const stays = setTimeout(() => regain('links'), pauses.longest);
      const failure = await outcome(backends.links.watch((event) => wake({ by: 'links', ...event }), signal));
      clearTimeout(stays);
      if (signal.aborted) return;
      if (performance.now() - begun > pauses.longest) {
        failures = 0;
        wake({ by: 'connection' });
        continue;
      }
      failures += 1;
      lose('links', failure ?? 'the kernel tells nothing of its links');
      await wait(failures);
    }
  };

  const giveUp = (): void => controller.abort();
  until.addEventListener('abort', giveUp, { once: true });
  if (until.aborted) giveUp();
  let streams: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    streams = Promise.all([hearEngine(resolve), hearLinks()]);
  });
  until.removeEventListener('abort', giveUp);
  return {
    backends,
    isOver: () => isOver,
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await streams;
      await backends[Symbol.asyncDispose]();
    },
  };
}

/** Whether a container is well says nothing of its networks. */
function isMatter(action: string): boolean {
  return !action.startsWith('health_status');
}

/** The words of a failure. */
function outcome(stream: Promise<void>): Promise<string | undefined> {
  return stream.then(() => undefined, messageOf);
}
