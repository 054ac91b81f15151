import { setTimeout as sleep } from 'node:timers/promises';

/** @throws the reason of the signal, as every other wait does */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}
