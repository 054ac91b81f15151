import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { engineProjects } from './test/support/engine-projects.js';
import { kernelProjects } from './test/support/kernel-projects.js';
import { LongestFirst } from './test/support/longest-first.js';

// `@netctl/source` is the export condition by which our packages point at their TypeScript, so that tests need no build.
const resolve = { conditions: ['@netctl/source'] };
const ssr = { resolve: { conditions: ['@netctl/source', 'node', 'import', 'module', 'default'] } };

/**
 * Two engines at once is what two cores carry. With three workers a whole run took 34 minutes instead of 45, with both cores
 * full all that time, and engines so slow that tests began to see it. All projects have to say the same to run at the same
 * time.
 */
const maxWorkers = 2;

const onHosts = {
  pool: 'forks',
  maxWorkers,
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;

const onEveryEngine: readonly TestProjectInlineConfiguration[] = engineProjects().map(
  ({ version, folder, exclude, part }) => ({
    resolve,
    ssr,
    test: {
      ...onHosts,
      name: `engine ${version}`,
      env: { NETCTL_TEST_ENGINE: folder, NETCTL_TEST_PART: part },
      include: ['test/contract/engine-docker.test.ts', 'test/integration/**/*.test.ts'],
      exclude: [...exclude],
    },
  }),
);

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          maxWorkers,
          // A deadline, and no measure: the kernel suite has the machine at the same time.
          testTimeout: 120_000,
          setupFiles: ['test/support/seed.ts'],
          include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts', 'test/contract/*-memory.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          ...onHosts,
          name: 'host',
          include: [
            'test/host/**/*.test.ts',
            'test/consul/**/*.test.ts',
            'test/contract/links-iproute2.test.ts',
            'test/cli/**/*.test.ts',
          ],
        },
      },
      ...onEveryEngine,
      ...kernelProjects().map((test) => ({ resolve, ssr, test })),
    ],
  },
});
