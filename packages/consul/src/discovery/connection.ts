import type { EngineBackend, EngineEvent, EngineFacts } from '@netctl/core';

/** An engine, its name, and the stream that tells of what happens there. */
export interface Connection extends AsyncDisposable {
  readonly engine: EngineBackend;
  /** What the engine calls itself: the name of its host. */
  readonly name: string;
  readonly id: string;
  /** There is no stream (any more): the engine restarts, another one is in its place, or it tells nothing. */
  isOver(): boolean;
}

export interface Listener {
  readonly wake: (event: EngineEvent) => void;
  /** The stream has ended, after having been there. */
  readonly over: () => void;
  /** There is no stream; the engine may answer all the same, as through a proxy that allows reading alone. */
  readonly deaf: (error: unknown) => void;
}

/** What changes who is where: all else that an engine tells is no reason to look. */
const MATTERS: Readonly<Record<string, readonly string[]>> = {
  container: ['start', 'die', 'pause', 'unpause', 'rename', 'destroy'],
  network: ['connect', 'disconnect', 'destroy'],
  unknown: ['unknown'],
};

/**
 * Listens to an engine from the moment that this resolves: what happens afterwards wakes somebody.
 * @throws NetctlError when the engine gives no answer; it is closed then
 */
export async function listenTo(
  engine: EngineBackend,
  { wake, over, deaf }: Listener,
  round: AbortSignal,
): Promise<Connection> {
  const { name, id } = await factsOf(engine, round);
  const controller = new AbortController();
  const { signal } = controller;
  let isOver = false;
  let isOpen = false;
  let stream: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const open = (): void => {
      isOpen = true;
      resolve();
    };
    const end = (error?: unknown): void => {
      if (!signal.aborted) {
        isOver = true;
        if (isOpen) over();
        else deaf(error);
      }
      resolve();
    };
    stream = engine
      .events((event) => MATTERS[event.type]?.includes(event.action) === true && wake(event), signal, open)
      .then(end, end);
  });
  return {
    engine,
    name,
    id,
    isOver: () => isOver,
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await stream;
      await engine[Symbol.asyncDispose]();
    },
  };
}

async function factsOf(engine: EngineBackend, signal: AbortSignal): Promise<EngineFacts> {
  try {
    return (await engine.observe(signal)).engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}
