import { setTimeout as delay } from 'node:timers/promises';

/** Probes every 20 ms until it gives something true, and gives that; undefined when `milliseconds` have passed. */
export async function until<T>(probe: () => T | Promise<T>, milliseconds: number): Promise<T | undefined> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const result = await probe();
    if (result) return result;
    if (performance.now() >= deadline) return undefined;
    await delay(20);
  }
}
