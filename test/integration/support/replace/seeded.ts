import fc from 'fast-check';

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

/**
 * Those of the points that are this engine's: each takes two applies, so the oldest engine and the newest have every other
 * one each. An engine that is alone has them all, and so has each with NETCTL_TEST_POINTS=all.
 */
export function shared<T>(points: readonly T[]): readonly T[] {
  const [part = 0, parts = 1] = (process.env['NETCTL_TEST_PART'] ?? '0/1').split('/').map(Number);
  return points.filter((_, index) => index % parts === part);
}
