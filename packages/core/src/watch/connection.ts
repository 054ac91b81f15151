import { messageOf } from '../errors.js';
import type { OpenBackends } from './options.js';
import type { WakeReason } from './events.js';

/** Whoever ends sooner than this would end again at once. Milliseconds. */
const SHORT_LIVED = 30_000;

/** An open host, and the two streams that tell of what happens there. */
export interface Connection extends AsyncDisposable {
  readonly backends: OpenBackends;
  /** The engine ended its stream: it restarts, or another one is in its place. */
  isOver(): boolean;
}

export interface Listener {
  readonly wake: (reason: WakeReason) => void;
  /** One of the streams is of no use here, and is done without. */
  readonly deaf: (message: string) => void;
  /** The engine's stream has ended, after so many milliseconds. */
  readonly over: (livedMs: number) => void;
}

/**
 * Listens to a host from the moment that this resolves: what happens afterwards wakes somebody. `until` ends the wait for
 * that moment, and with it the streams; the connection is to be disposed of then too.
 */
export async function listenTo(
  backends: OpenBackends,
  { wake, deaf, over }: Listener,
  until: AbortSignal,
): Promise<Connection> {
  const controller = new AbortController();
  const { signal } = controller;
  let isOver = false;

  const hearEngine = async (onOpen: () => void): Promise<void> => {
    let openedAt: number | undefined;
    const opened = (): void => {
      openedAt = performance.now();
      onOpen();
    };
    const failure = await outcome(
      backends.engine.events((event) => isMatter(event.action) && wake({ by: 'engine', ...event }), signal, opened),
    );
    onOpen();
    if (signal.aborted) return;
    if (openedAt === undefined) {
      deaf(failure ?? 'the engine tells nothing of what happens');
      return;
    }
    isOver = true;
    over(performance.now() - openedAt);
  };

  const hearLinks = async (): Promise<void> => {
    for (;;) {
      const begun = performance.now();
      const failure = await outcome(backends.links.watch((event) => wake({ by: 'links', ...event }), signal));
      if (signal.aborted) return;
      if (performance.now() - begun > SHORT_LIVED) continue;
      deaf(failure ?? 'the kernel tells nothing of its links');
      return;
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
