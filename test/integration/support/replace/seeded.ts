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
