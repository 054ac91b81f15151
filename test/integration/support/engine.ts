import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions } from '@netctl/lab';
import { defaultEngineFolder } from '../../support/engines.js';

/**
 * The engine that the tests run: the folder that NETCTL_TEST_ENGINE names (vitest.config.ts sets it, for each engine in
 * turn), else the one that scripts/setup unpacked into the cache. Never the machine's own, so that runs are alike.
 */
export function testEngine(): EngineOptions {
  const folder = process.env['NETCTL_TEST_ENGINE'] ?? defaultEngineFolder;
  if (!existsSync(join(folder, 'dockerd'))) throw new Error(`no dockerd in ${folder}: run scripts/setup`);
  return { path: [folder] };
}
