import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, type Lan, startLan } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Desk, netctlProgram, openDesk, repository } from '../integration/support/netctl.js';
import { startOnLan } from '../integration/support/on-lan.js';
import { EXAMPLE_WORKFLOW, stepsOfJob } from '../support/github-steps.js';
import { runJob } from './support/github-runner.js';
import { packAll, type Packed } from './support/packed.js';

let packed: Packed;
let lan: Lan;
let host: Host;
let desk: Desk;

const front = { subnet: '10.5.0.0/24' };

beforeAll(async () => {
  packed = await packAll();
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startOnLan(lan, 'runner', '192.168.1.10');
});

beforeEach(async () => {
  desk = await openDesk(host);
  await desk.write('netctl.yaml', { name: 'box', networks: { front } });
  return async () => {
    await desk.netctl(['destroy', 'netctl.yaml', '--yes']);
    await desk[Symbol.asyncDispose]();
  };
});

afterAll(async () => {
  await packed[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

/** A job of the example, with `gh` and `netctl` of the folder bin first on the PATH. */
async function job(name: string) {
  const bin = join(desk.folder, 'bin');
  await mkdir(bin, { recursive: true });
  const home = join(desk.folder, 'home');
  const result = await runJob(host, await stepsOfJob(EXAMPLE_WORKFLOW, name), {
    folder: desk.folder,
    inputs: { package: packed.tarball('cli') },
    values: {
      [name === 'plan' ? 'secrets.SSH_KEY_PLAN' : 'secrets.SSH_KEY']: 'a key',
      'vars.KNOWN_HOSTS': 'a host',
      'github.token': 'a token',
      'github.repository': 'somebody/networks',
      'github.event.pull_request.number': '7',
    },
    env: { HOME: home, XDG_STATE_HOME: desk.stateFolder, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  return { ...result, home };
}

/** In the place of GitHub's own program: writes down what it was told, and says that these comments are the workflow's own. */
async function fakeGh(own: readonly string[] = []): Promise<string> {
  const told = join(desk.folder, 'told');
  const gh = await desk.write(
    'bin/gh',
    `#!/bin/sh
case "$*" in
  *--paginate*) printf '%s\\n' ${own.join(' ')} ;;
  *) printf '%s\\n' "$@" >'${told}'; for last; do :; done; cat "\${last#body=@}" >>'${told}' ;;
esac
`,
  );
  await chmod(gh, 0o755);
  return told;
}

test('a pull request gets the plan as a comment, and nothing is changed', async () => {
  const told = await fakeGh();
  const { exitCode, outputs, summary, stdout, home } = await job('plan');
  expect(exitCode, stdout).toBe(0);
  expect(outputs.get('netctl.outputs.changes')).toBe('true');
  expect(summary).toContain('### netctl plan\n\n```text\n+ network front  bridge, 10.5.0.0/24\n');
  const body = `body=@${join(desk.folder, 'runner/comment.md')}`;
  const call = (method: string, path: string) =>
    ['api', '--silent', '--method', method, path, '--field', body].join('\n');
  const comments = 'repos/somebody/networks/issues';
  expect(await readFile(told, 'utf8')).toBe(
    `${call('POST', `${comments}/7/comments`)}\n<!-- netctl plan -->\n${summary}`,
  );
  expect(await readFile(join(home, '.ssh/id_ed25519'), 'utf8')).toBe('a key\n');
  expect((await stat(join(home, '.ssh/id_ed25519'))).mode & 0o777).toBe(0o600);
  expect((await desk.netctl(['plan', '--detailed-exitcode'])).exitCode, 'still to do').toBe(2);

  // A plan that would be refused is told of as well: the one before is not true any more.
  await desk.write('netctl.yaml', { name: 'box', networks: { front: { ...front, gateway: '10.9.0.1' } } });
  await fakeGh(['41']);
  const refused = await job('plan');
  expect(refused.exitCode).toBe(65);
  expect(await readFile(told, 'utf8')).toContain('OUTSIDE_SUBNET');
  await desk.write('netctl.yaml', { name: 'box', networks: { front } });

  await fakeGh(['41', '42']);
  expect((await job('plan')).exitCode).toBe(0);
  expect(await readFile(told, 'utf8')).toContain(`${call('PATCH', `${comments}/comments/41`)}\n<!-- netctl plan -->\n`);
});

test('main is applied; a plan that disrupts is refused whole, and fails the job', async () => {
  const applied = await job('apply');
  expect(applied.exitCode, applied.stdout).toBe(0);
  expect(applied.summary).toContain('Looked again: nothing is left to do.');
  await fakeGh();
  expect((await job('plan')).outputs.get('netctl.outputs.changes')).toBe('false');

  await desk.write('netctl.yaml', { name: 'box', networks: { back: { subnet: '10.6.0.0/24' } } });
  const refused = await job('apply');
  expect(refused.exitCode).toBe(3);
  expect(refused.summary).toContain('this would remove network front');
});

test('a spec that is none fails the job, with what is wrong in the summary, and no fence of it ends the block', async () => {
  await desk.write('netctl.yaml', 'name: box\nnetworks:\n  front: { "````": 1 }\n');
  const { exitCode, summary } = await job('apply');
  expect(exitCode).toBe(65);
  expect(summary).toContain('[UNKNOWN_KEY]');
  expect(summary.startsWith('### netctl apply\n\n`````text\n')).toBe(true);
  expect(summary.endsWith('\n`````\n')).toBe(true);
});

test('the plain script applies what disrupts nobody, and leaves the rest', async () => {
  const netctl = await desk.write('bin/netctl', `#!/bin/sh\nexec '${process.execPath}' '${netctlProgram}' "$@"\n`);
  await chmod(netctl, 0o755);
  const deploy = () =>
    host.run('env', [`--chdir=${desk.folder}`, join(repository, 'examples/ci/deploy')], {
      reject: false,
      timeout: 60_000,
      env: { PATH: `${join(desk.folder, 'bin')}:${process.env['PATH'] ?? ''}`, XDG_STATE_HOME: desk.stateFolder },
    });
  const first = await deploy();
  expect(first.exitCode, first.stderr).toBe(0);
  await desk.write('netctl.yaml', { name: 'box', networks: { back: { subnet: '10.6.0.0/24' } } });
  const second = await deploy();
  expect(second.exitCode, second.stderr).toBe(2);
  expect(second.stderr).toContain('Disruptive steps are left');
});
