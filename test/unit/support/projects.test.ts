import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onNewestAlone, onOldestAndNewest } from '../../support/engine-projects.js';
import { longest } from '../../support/longest-first.js';

const repository = join(import.meta.dirname, '../../..');
const notEverywhere = [...onNewestAlone, ...onOldestAndNewest];

test('files that are named are there, once', () => {
  const named = [...notEverywhere, ...longest.map((name) => `test/${name}.test.ts`)];
  expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  expect(new Set(notEverywhere).size).toBe(notEverywhere.length);
});

test('what shows cells of the support table is run on every engine', () => {
  const folder = 'test/integration';
  const shows = readdirSync(join(repository, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.ts') && /\bcovers\(/.test(readFileSync(join(repository, path), 'utf8')));
  expect(shows.length).toBeGreaterThan(5);
  expect(shows.filter((path) => notEverywhere.includes(path))).toEqual([]);
});
