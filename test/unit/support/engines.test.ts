import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let cache: string;
let engines: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'netctl-cache-'));
  engines = join(cache, 'netctl/engines');
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.resetModules();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

async function unpacked(folder: string, ...suites: readonly string[]): Promise<void> {
  await mkdir(join(engines, folder, 'bin'), { recursive: true });
  await writeFile(join(engines, folder, 'bin/dockerd'), '');
  for (const suite of suites) await symlink(folder, join(engines, suite));
}

test('each version of the cache is there once, the oldest first', async () => {
  await unpacked('28.5.2+dfsg4-5', 'forky');
  // The same, packaged once more: a project of the same name would end vitest before it began.
  await unpacked('28.5.2+dfsg4-6', 'sid');
  await unpacked('20.10.24+dfsg1-1', 'bookworm', 'default');
  await unpacked('9.0.1~rc1', 'old');
  await unpacked('27.5.1', 'Nobody-links-it.1');
  await symlink('gone', join(engines, 'broken'));
  const { cachedEngines } = await import('../../support/engines.js');
  expect(cachedEngines().map(({ version, suites }) => [version, ...suites])).toEqual([
    ['9.0.1', 'old'],
    ['20.10.24', 'bookworm'],
    ['28.5.2', 'forky', 'sid'],
  ]);
});

test('what could not be fetched is told with its reason', async () => {
  await unpacked('20.10.24+dfsg1-1', 'bookworm');
  await writeFile(join(engines, 'sid.missing'), 'no network\n');
  const { missingEngines } = await import('../../support/engines.js');
  expect(missingEngines()).toEqual([{ suite: 'sid', reason: 'no network' }]);
});

test('an empty cache has no engines', async () => {
  const { cachedEngines, missingEngines } = await import('../../support/engines.js');
  expect([cachedEngines(), missingEngines()]).toEqual([[], []]);
});
