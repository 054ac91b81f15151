import { setTimeout as delay } from 'node:timers/promises';

/** Probes until it gives something true, and gives that; throws when `milliseconds` have passed. */
export async function until<T>(what: string, probe: () => Promise<T>, milliseconds = 15_000): Promise<T & {}> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const result = await probe();
    if (result) return result;
    if (performance.now() >= deadline) throw new Error(`not in ${milliseconds} ms: ${what}`);
    await delay(25);
  }
}
