import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'netctl-cache-'));
});
afterEach(async () => rm(cache, { recursive: true }));

/** On a machine without a network. */
const run = async (required: string) =>
  execa('unshare', ['--net', '--', join(repository, 'scripts/browser')], {
    env: { XDG_CACHE_HOME: cache, CI_REQUIRE_BROWSER: required },
    reject: false,
    timeout: 100_000,
  });

test('where Chromium cannot be fetched the reason is said, and nothing is left; where CI requires it that is a failure', async () => {
  const { exitCode, stdout, stderr } = await run('yes');
  expect(stdout).toMatch(/^browser: skipped: [EW]: /m);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('CI_REQUIRE_BROWSER asks for it, and it is not there');
  expect(await readdir(join(cache, 'netctl/browser'))).toEqual(['.lock']);
});
