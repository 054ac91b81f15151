import type { TestProjectInlineConfiguration } from 'vitest/config';
import { cachedEngines } from './engines.js';

/**
 * The kernel suite, once for each engine. Only for scripts/kernel, which sets NETCTL_TEST_KERNEL where the kernel has it
 * all: to `yes`, or to `integration` for the files of that suite.
 */
export function kernelProjects(): readonly NonNullable<TestProjectInlineConfiguration['test']>[] {
  const wanted = process.env['NETCTL_TEST_KERNEL'];
  if (wanted === undefined) return [];
  const include = wanted === 'integration' ? ['test/integration/**/*.test.ts'] : ['test/kernel/**/*.test.ts'];
  const engines = cachedEngines();
  const everything = process.env['NETCTL_TEST_POINTS'] === 'all';
  return engines.map(({ version, folder }, index) => ({
    name: `kernel ${version}`,
    env: {
      NETCTL_TEST_ENGINE: folder,
      // What is the kernel's alone and no engine's is tested with the newest only.
      NETCTL_TEST_KERNEL_ALONE: everything || index === engines.length - 1 ? 'yes' : '',
      NETCTL_TEST_MIDDLE: !everything && index > 0 && index < engines.length - 1 ? 'yes' : '',
    },
    include,
    pool: 'forks',
    // User Mode Linux has one CPU. The engines one after the other, the newest first.
    maxWorkers: 1,
    sequence: { groupOrder: 10 - index },
    testTimeout: 360_000,
    hookTimeout: 240_000,
  }));
}
