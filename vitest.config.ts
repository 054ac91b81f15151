import { defineConfig } from 'vitest/config';

// `source` is the export condition by which our packages point at their TypeScript, so that tests need no build.
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source', 'node', 'import', 'module', 'default'] } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          setupFiles: ['test/support/seed.ts'],
          include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          // After the unit tests: the projects differ in how many files run at once.
          sequence: { groupOrder: 1 },
          include: ['test/contract/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/cli/**/*.test.ts'],
          pool: 'forks',
          // Two engines at once is what two cores carry.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
