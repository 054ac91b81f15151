import { heldLocks, takeLock, waitForLock } from './lock.js';
import type { LockHolder, OnWait } from './lock.js';

/** No engine has such an id. */
const NAME = 'links';
const OF = 'the links of this host';

/** Whoever holds it makes a few links: that takes a moment, and nobody is told to come back for that. */
const MOMENT_MS = 10_000;

/**
 * The lock for whoever changes the links of this host without its engine. Those who change an engine, and links beside it,
 * hold a lock by its id and wait for this one to be free; so this one is let go of while any of them is at work.
 * @throws NetctlError LOCKED when somebody is at work after `wait` milliseconds
 */
export async function takeLinksLock(
  holder: LockHolder,
  wait: number,
  signal: AbortSignal | undefined,
  onWait?: OnWait,
): Promise<AsyncDisposable> {
  const end = performance.now() + wait;
  const left = (): number => Math.max(end - performance.now(), 0);
  for (;;) {
    const lock = await takeLock({ name: NAME, holder, wait: left(), signal, of: OF, onWait });
    const [other] = (await heldLocks()).filter((name) => name !== NAME);
    if (other === undefined) return lock;
    await lock[Symbol.asyncDispose]();
    await waitForLock({ name: other, wait: left(), signal, of: OF, onWait });
  }
}

/**
 * Waits until nobody changes links without an engine, for whoever holds the lock of an engine.
 * @throws NetctlError LOCKED
 */
export async function linksFree(wait: number, signal: AbortSignal | undefined, onWait?: OnWait): Promise<void> {
  await waitForLock({ name: NAME, wait: Math.max(wait, MOMENT_MS), signal, of: OF, onWait });
}
