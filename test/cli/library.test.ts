import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Desk, openDesk } from '../integration/support/netctl.js';
import { startOnLan } from '../integration/support/on-lan.js';
import { packAll } from './support/packed.js';
import { compileExamples } from './support/project.js';

let lan: Lan;
let host: Host;
let desk: Desk;
let project: string;

const spec = {
  name: 'box',
  networks: { front: { subnet: '10.5.0.0/24' }, back: { subnet: '10.6.0.0/24', internal: true } },
};

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'netctl-library-'));
  await using packed = await packAll();
  await compileExamples(packed, project);
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startOnLan(lan, 'box', '192.168.1.10');
  desk = await openDesk(host);
  await desk.write('netctl.yaml', spec);
});

afterEach(async () => {
  await desk.netctl(['destroy', 'netctl.yaml', '--yes']);
});

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

/** Runs an example as it was compiled in the user's project, in the folder of the spec. */
const run = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  host.run('env', [`--chdir=${desk.folder}`, process.execPath, join(project, 'dist', `${name}.js`), ...args], {
    reject: false,
    timeout: 60_000,
    env,
  });

test('apply-in-ci applies, keeps the report, and refuses what would disrupt until it is allowed', async () => {
  const first = await run('apply-in-ci', ['netctl.yaml', 'report.json']);
  expect(first.stderr).toBe('');
  expect(first.stdout).toBe('2 steps done, and nothing is left to do');
  const report = JSON.parse(await readFile(join(desk.folder, 'report.json'), 'utf8')) as { done: { op: string }[] };
  expect(report.done.map(({ op }) => op)).toEqual(['network.create', 'network.create']);

  const less = await desk.write('less.yaml', { ...spec, networks: { front: spec.networks.front } });
  const refused = await run('apply-in-ci', [less]);
  expect(refused.exitCode, refused.stdout).toBe(3);
  expect(refused.stderr).toContain('network back');
  const allowed = await run('apply-in-ci', [less], { ALLOW_DISRUPTIVE: 'yes' });
  expect(allowed.stdout, allowed.stderr).toBe('1 steps done, and nothing is left to do');
});

test('plan-as-comment prints Markdown, and then that there is nothing to do', async () => {
  const comment = await run('plan-as-comment', ['netctl.yaml']);
  expect(comment.stdout, comment.stderr).toBe(`### netctl: box

2 to make; disruptive: 0.

\`\`\`text
+ network front  bridge, 10.5.0.0/24
                 it is not there yet
+ network back   bridge, 10.6.0.0/24, internal
                 it is not there yet
\`\`\``);
  await desk.netctl(['apply', 'netctl.yaml']);
  expect((await run('plan-as-comment', ['netctl.yaml'])).stdout).toBe('### netctl: box\n\nNothing to do.');
});

test('own-logger gets every step as it happens', async () => {
  const { stdout, stderr } = await run('own-logger', ['netctl.yaml']);
  expect(stderr).toBe('');
  const lines = stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ ref, state }) => `${String(ref)} ${String(state)}`).sort()).toEqual([
    'network:back done',
    'network:back started',
    'network:front done',
    'network:front started',
    'undefined undefined',
  ]);
  expect(lines.at(-1)).toEqual({ level: 'info', stack: 'box', steps: 2, message: 'nothing is left to do' });
});

test('with-deadline stops, says what is left, and the next run does it', async () => {
  const stopped = await run('with-deadline', ['netctl.yaml', '0']);
  expect(stopped.exitCode, stopped.stderr).toBe(143);
  expect(stopped.stdout).toMatch(/^stopped: It took longer than 0 ms/);
  expect(stopped.stdout).toMatch(/\nleft: make network (front|back)/);
  expect((await run('with-deadline', ['netctl.yaml', '60000'])).stdout).toBe('done in time');
});

test('recorded-backend plans without an engine what it planned with one', async () => {
  const recorded = await run('recorded-backend', ['record', 'netctl.yaml', 'look.bin']);
  expect(recorded.exitCode, recorded.stderr).toBe(0);
  const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const planned = await run('recorded-backend', ['plan', 'netctl.yaml', 'look.bin'], nowhere);
  expect(planned.stdout.trimEnd(), planned.stderr).toBe(
    (await desk.netctl(['plan', 'netctl.yaml'])).stdout.split('\n\n')[0],
  );
});
