import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const pureModules = [
  'packages/consul/src/conventions/**/*.ts',
  'packages/consul/src/{service-id,services,wanted}.ts',
  'packages/core/src/addresses/**/*.ts',
  'packages/core/src/doctor/**/*.ts',
  'packages/core/src/graph/**/*.ts',
  'packages/core/src/import/**/*.ts',
  'packages/core/src/kinds/**/*.ts',
  'packages/core/src/persist/**/*.ts',
  'packages/core/src/plan/**/*.ts',
  'packages/core/src/resolve/**/*.ts',
  'packages/core/src/spec/**/*.ts',
  'packages/core/src/verify/checks/**/*.ts',
  'packages/core/src/verify/{answers,causes,check,judge,member,stand-in,subject,to-prove,unprobed,view}.ts',
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/*.d.mts', 'test/golden/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // `await using _lock = …` holds something until the block ends and is never read.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name is the same everywhere.' },
      ],
    },
  },
  {
    files: ['packages/**/*.ts'],
    ignores: ['packages/core/src/docker/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'dockerode', message: 'Only core/docker talks to the engine.' }],
          patterns: [{ group: ['dockerode/*', '#dockerode'], message: 'Only core/docker talks to the engine.' }],
        },
      ],
    },
  },
  // After what is for all packages: of two blocks with one rule the later counts.
  {
    files: pureModules,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', '!node:crypto', '!node:util'], message: 'This folder is pure: no I/O.' },
            { group: ['dockerode', '#dockerode', 'execa'], message: 'Effects belong in a backend.' },
          ],
        },
      ],
    },
  },
  {
    files: ['packages/core/src/**/*.ts', 'packages/iproute2/src/**/*.ts', 'packages/lab/src/**/*.ts'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['**/*.js', '**/*.mjs', 'eslint.config.js', 'vitest.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off' },
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
  // The interfaces of vitest for its configuration and its reporters are default exports.
  { files: ['vitest.config.ts', 'test/support/results/reporter.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
