import fc from 'fast-check';

/**
 * Random tests begin with the same seed in every run, so that a failure comes from a change and not from luck.
 * NETCTL_TEST_SEED=random looks further, and a number repeats what it found.
 */
const wanted = process.env['NETCTL_TEST_SEED'] ?? '20';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
