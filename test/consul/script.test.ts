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
  execa('unshare', ['--net', '--', join(repository, 'scripts/consul')], {
    env: { XDG_CACHE_HOME: cache, CI_REQUIRE_CONSUL: required },
    reject: false,
    timeout: 100_000,
  });

test('where Consul cannot be fetched the reason is said, and nothing is left of the attempt', async () => {
  const { exitCode, stdout } = await run('');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^consul: skipped: E: Failed to fetch .*\/bullseye\//m);
  expect(await readdir(join(cache, 'netctl/consul'))).toEqual(['.lock']);
});

test('where CI requires it that is a failure', async () => {
  const { exitCode, stderr } = await run('yes');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('CI_REQUIRE_CONSUL asks for it, and it is not there');
});
