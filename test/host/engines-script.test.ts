import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';
import { defaultEngineFolder } from '../support/engines.js';

let cache: string;
let engines: string;

/** A cache of its own, with the engine of this machine's suite and what else scripts/setup has, which is so not fetched again. */
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'netctl-cache-'));
  engines = join(cache, 'netctl/engines');
  await mkdir(engines, { recursive: true });
  const engine = await realpath(join(defaultEngineFolder, '..'));
  await symlink(engine, join(engines, 'default'));
  for (const name of ['sshd', 'sudo', 'boot']) {
    await symlink(join(defaultEngineFolder, '../../..', name), join(cache, 'netctl', name));
  }
});

afterEach(async () => rm(cache, { recursive: true }));

const run = async (args: readonly string[], required = '') =>
  execa(join(repository, 'scripts/engines'), args, {
    env: { XDG_CACHE_HOME: cache, CI_REQUIRE_ENGINES: required },
    reject: false,
    timeout: 100_000,
  });

test('a suite that cannot be fetched is skipped with its reason, which the tests print too', async () => {
  const { exitCode, stdout } = await run(['nosuch']);
  expect(exitCode).toBe(0);
  const reason = /^engines: skipped: nosuch: (.+)$/m.exec(stdout)?.[1] ?? '';
  expect(reason).toMatch(/^E: .*nosuch/);
  expect(await readFile(join(engines, 'nosuch.missing'), 'utf8')).toBe(`${reason}\n`);
  expect((await readdir(engines)).filter((name) => name.startsWith('.fetch'))).toEqual([]);
});

test('where there is no network the reason says so, and nothing is left of the attempt', async () => {
  const script = join(repository, 'scripts/engines');
  const { exitCode, stdout } = await execa('unshare', ['--net', '--', script, 'nosuch'], {
    env: { XDG_CACHE_HOME: cache, CI_REQUIRE_ENGINES: '' },
    timeout: 100_000,
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^engines: skipped: nosuch: E: Failed to fetch .*\/nosuch\//m);
  expect(await readdir(join(cache, 'netctl/suites'))).toEqual([]);
});

test('a suite that is there after all is missing no more', async () => {
  await symlink('default', join(engines, 'other'));
  await writeFile(join(engines, 'other.missing'), 'no network\n');
  expect((await run(['other'], 'other')).exitCode).toBe(0);
  expect(await readdir(engines)).not.toContain('other.missing');
});

test('one that CI requires is a failure when it is missing', async () => {
  const { exitCode, stderr } = await run(['nosuch'], 'nosuch');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('CI_REQUIRE_ENGINES asks for nosuch, and it is not there');
});

test('CI may require a suite or the beginning of a version', async () => {
  const { VERSION_CODENAME: own = '' } = Object.fromEntries(
    (await readFile('/etc/os-release', 'utf8')).split('\n').map((line) => line.split('=') as [string, string]),
  );
  const first = await run([own]);
  const version = /engine (\d+\.\d+)\.(\d+)$/m.exec(first.stdout) ?? [];
  expect(first.stdout).toBe(`engines: ${own}: engine ${version[1] ?? ''}.${version[2] ?? ''}`);
  expect((await run([own], `${own} ${version[1] ?? ''}`)).exitCode).toBe(0);
  // 20.1 is no beginning of 20.10: the parts are numbers.
  expect((await run([own], (version[1] ?? '').slice(0, -1))).exitCode).toBe(1);
});

test('a name that is no suite is refused before anything is fetched', async () => {
  const { exitCode, stderr } = await run(['../sid']);
  expect(exitCode).toBe(1);
  expect(stderr).toBe('engines: ../sid is no name of a Debian suite');
  expect(existsSync(join(cache, 'netctl/suites'))).toBe(false);
});
