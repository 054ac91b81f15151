import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { cachedEngines } from './test/support/engines.js';
import { kernelProjects } from './test/support/kernel-projects.js';

// `source` is the export condition by which our packages point at their TypeScript, so that tests need no build.
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] } };

const onHosts = {
  // After the unit tests: the projects differ in how many files run at once.
  sequence: { groupOrder: 1 },
  pool: 'forks',
  // Two engines at once is what two cores carry.
  maxWorkers: 2,
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;

/** NETCTL_TEST_ENGINE in the environment names the one engine to test. */
const given = process.env['NETCTL_TEST_ENGINE'];
const engines = given === undefined ? cachedEngines() : [{ version: 'given', folder: given }];

/**
 * What netctl does between its requests is the same on every engine and takes minutes to try out, so the newest engine
 * stands for all of them; NETCTL_TEST_POINTS=all tries everything on each.
 */
const onNewestAlone =
  process.env['NETCTL_TEST_POINTS'] === 'all'
    ? []
    : [
        ...['two-at-once', 'foreign', 'interference', 'interrupt'].map((what) => `replace-${what}`),
        // What is read of a project does not depend on the engine.
        'compose-files',
      ].map((name) => `test/integration/${name}.test.ts`);

const onEveryEngine: readonly TestProjectInlineConfiguration[] = engines.map(({ version, folder }, index) => ({
  resolve,
  ssr,
  test: {
    ...onHosts,
    name: `engine ${version}`,
    env: { NETCTL_TEST_ENGINE: folder },
    include: ['test/contract/engine-docker.test.ts', 'test/integration/**/*.test.ts'],
    exclude: index === engines.length - 1 ? [] : onNewestAlone,
  },
}));

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
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
          include: ['test/host/**/*.test.ts', 'test/contract/links-iproute2.test.ts', 'test/cli/**/*.test.ts'],
        },
      },
      ...onEveryEngine,
      ...kernelProjects().map((test) => ({ resolve, ssr, test })),
    ],
  },
});
