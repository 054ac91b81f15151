import fc from 'fast-check';
import { isAtLeast } from '../engine-client.js';

/** The same in every run, unless NETCTL_TEST_SEED asks for another one, or for `random`. */
export const seed = seedOf(process.env['NETCTL_TEST_SEED'] ?? '20');

function seedOf(wanted: string): number {
  return wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted);
}

/** All of these in an order that the seed decides. */
export function shuffled<T>(items: readonly T[]): readonly T[] {
  const whole = { minLength: items.length, maxLength: items.length };
  return fc.sample(fc.shuffledSubarray([...items], whole), { seed, numRuns: 1 })[0] ?? [];
}

/** How many of the points an engine that is not the newest is tried at: each takes two applies, and there are three engines. */
const SAMPLE = 6;

/** All on the newest engine, and on older ones as many as the seed decides; NETCTL_TEST_POINTS=all tries all on each. */
export function sampled<T>(items: readonly T[], engineVersion: string): readonly T[] {
  const all = process.env['NETCTL_TEST_POINTS'] === 'all' || isAtLeast(engineVersion, '28.0');
  return all ? items : items.slice(0, SAMPLE);
}
