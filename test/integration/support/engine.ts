import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { EngineOptions } from '@netctl/lab';

/**
 * The engine that the tests run: the folder that NETCTL_TEST_ENGINE names, else the one that scripts/setup unpacked
 * into the cache. Never the machine's own, so that runs are alike.
 */
export function testEngine(): EngineOptions {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = process.env['NETCTL_TEST_ENGINE'] ?? join(cache, 'netctl/engines/default/bin');
  if (!existsSync(join(folder, 'dockerd'))) throw new Error(`no dockerd in ${folder}: run scripts/setup`);
  return { path: [folder] };
}
