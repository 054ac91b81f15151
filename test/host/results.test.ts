import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repository } from '../integration/support/netctl.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-results-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'vitest.config.ts'), "export default { test: { include: ['*.test.ts'] } };");
});

afterEach(async () => rm(folder, { recursive: true }));

/** Runs a file of tests as scripts/test does; gives what it counted, and the report of it. */
async function run(...lines: readonly string[]): Promise<{ readonly totals: unknown; readonly report: string }> {
  const imports = "import { afterAll, beforeAll, describe, expect, test } from 'vitest';";
  await writeFile(join(folder, 'a.test.ts'), [imports, ...lines].join('\n'));
  const file = join(folder, 'results.json');
  const bin = join(repository, 'node_modules/.bin');
  const reporter = join(repository, 'test/support/results/reporter.ts');
  const env = { NETCTL_TEST_RESULTS: file, XDG_CACHE_HOME: folder };
  const ran = await execa(join(bin, 'vitest'), ['run', '--reporter', reporter], { cwd: folder, env, reject: false });
  const { passed, failed, skipped } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const report = await execa(
    join(bin, 'tsx'),
    [join(repository, 'test/support/results/report.ts'), '--partial', file],
    { cwd: repository, env, reject: false },
  );
  expect(report.exitCode === 0, report.stdout).toBe(ran.exitCode === 0);
  return { totals: { passed, failed, skipped }, report: report.stdout.split('\n').at(-1) ?? '' };
}

const ok = "test('ok', () => {});";

test('passed and skipped tests are counted, with the reason', async () => {
  const { totals, report } = await run(ok, "test('no', (ctx) => ctx.skip('why not'));");
  expect(totals).toMatchObject({ passed: 1, failed: 0, skipped: [{ reason: 'why not' }] });
  expect(report).toBe('1 passed, 0 failed, 1 skipped');
});

test.each([
  ['a failed test', 1, "test('x', () => expect(1).toBe(2));"],
  ['a test that is skipped without a reason', 1, "test.skip('x', () => {});"],
  [
    'a hook after a suite',
    2,
    "describe('s', () => { afterAll(() => { throw new Error('a'); }); test('x', () => {}); });",
  ],
  ['a hook after all', 1, "afterAll(() => { throw new Error('a'); });"],
  // With the test that nobody ran.
  [
    'a hook before a suite',
    1,
    "describe('s', () => { beforeAll(() => { throw new Error('a'); }); test('x', () => {}); });",
  ],
  ['a rejection that nobody handles', 2, "test('x', () => { void Promise.reject(new Error('u')); });"],
])('%s is a failure', async (_what, passed, line) => {
  const { totals } = await run(ok, line);
  expect(totals).toMatchObject({ passed, skipped: [] });
  expect((totals as { failed: number }).failed).toBeGreaterThan(0);
});

test.each([
  ['a file that does not load', "throw new Error('load');"],
  [
    'a process that is gone',
    "test('x', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); });",
  ],
])('%s is a failure', async (_what, line) => {
  const { totals, report } = await run(line);
  expect((totals as { failed: number }).failed).toBeGreaterThan(0);
  expect(report).toMatch(/^0 passed, [1-9]/);
});

test('a run that wrote nothing is a failure', async () => {
  const program = join(repository, 'test/support/results/report.ts');
  const tsx = join(repository, 'node_modules/.bin/tsx');
  const { exitCode, stdout } = await execa(tsx, [program, '--partial', join(folder, 'none.json')], {
    env: { XDG_CACHE_HOME: folder },
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stdout.split('\n').at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});
