import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { networkNames } from '../integration/support/engine-client.js';
import {
  type Desk,
  documentOf,
  itemsOf,
  openDesk,
  type PlanDocument,
  reportOf,
} from '../integration/support/netctl.js';

const web = (subnet: string): object => ({ name: 'cli', networks: { web: { subnet } } });

let host: Host;
let desk: Desk;
let spec: string;
let changed: string;
let wider: string;
let missing: string;

beforeAll(async () => {
  host = await startHost({ engine: testEngine() });
  desk = await openDesk(host);
  spec = await desk.write('spec.yaml', web('10.50.1.0/24'));
  changed = await desk.write('changed.yaml', web('10.50.2.0/24'));
  wider = await desk.write('wider.yaml', {
    name: 'cli',
    networks: { api: { subnet: '10.50.3.0/24' }, web: { subnet: '10.50.2.0/24' } },
  });
  missing = await desk.write('missing.yaml', { name: 'cli', networks: { other: { external: true } } });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

afterEach(async () => {
  await desk.netctl(['destroy', spec, '--yes']);
  expect(await networkNames(host)).toEqual(['bridge', 'host', 'none']);
});

describe('exit statuses', () => {
  test('0: done, nothing left to do; plan: shown', async () => {
    expect((await desk.netctl(['plan', spec])).exitCode).toBe(0);
    expect((await desk.netctl(['apply', spec])).exitCode).toBe(0);
    expect((await desk.netctl(['apply', spec])).exitCode).toBe(0);
    expect((await desk.netctl(['status', spec])).exitCode).toBe(0);
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(0);
    expect((await desk.netctl(['destroy', spec, '--yes'])).exitCode).toBe(0);
    const nothing = await desk.netctl(['destroy', spec]);
    expect(nothing).toMatchObject({ exitCode: 0, stdout: 'Nothing to do: nothing of cli is left.' });
  });

  test('2: changes left', async () => {
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(2);
    await desk.netctl(['apply', spec]);
    const additive = await desk.netctl(['apply', wider, '--additive']);
    expect(additive.exitCode, additive.stderr).toBe(2);
    expect(await networkNames(host)).toEqual(['api', 'bridge', 'host', 'none', 'web']);
    expect(additive.stdout).toMatch(/left out as disruptive: .*1 to replace/);
    expect((await desk.netctl(['plan', wider, '--detailed-exitcode', '--destroy'])).exitCode).toBe(2);
  });

  test('3: refused', async () => {
    await desk.netctl(['apply', spec]);
    expect((await desk.netctl(['apply', changed])).exitCode).toBe(3);
    expect((await desk.netctl(['destroy', spec])).exitCode).toBe(3);
    for (const command of ['plan', 'apply']) expect((await desk.netctl([command, missing])).exitCode).toBe(3);
    const noted = await desk.write('noted.yaml', { name: 'cli', networks: { web: { attachable: true } } });
    expect((await desk.netctl(['plan', noted])).exitCode).toBe(0);
    expect((await desk.netctl(['apply', noted, '--strict', '--yes'])).exitCode).toBe(3);
  });

  test('64, 65, 69', async () => {
    expect((await desk.netctl(['plan', '--nosuch'])).exitCode).toBe(64);
    expect((await desk.netctl(['plan', 'nosuch.yaml'])).exitCode).toBe(65);
    expect((await desk.netctl(['plan', spec, '-H', 'unix:///nowhere.sock'])).exitCode).toBe(69);
  });
});

describe('JSON', () => {
  test('plan: one document, with the steps and their reasons', async () => {
    const ran = await desk.netctl(['plan', spec, '--json']);
    expect(ran.stderr).toBe('');
    expect(documentOf<PlanDocument>(ran)).toMatchObject({
      version: 1,
      stack: 'cli',
      steps: [
        {
          stage: 0,
          op: 'network.create',
          ref: 'network:web',
          host: 'local',
          why: 'it is not there yet',
          disruptive: false,
        },
      ],
      problems: [],
    });
  });

  test('plan that is refused: one document, with the problem and where it is', async () => {
    const ran = await desk.netctl(['plan', missing, '--json']);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toBe('');
    expect(documentOf<PlanDocument>(ran).problems).toMatchObject([
      { code: 'NETWORK_MISSING', severity: 'error', path: 'networks.other', line: 4, column: 3 },
    ]);
  });

  test('apply and destroy: one object a line, the last the report', async () => {
    const applied = await desk.netctl(['apply', spec, '--json']);
    expect(applied.exitCode).toBe(0);
    expect(applied.stderr).toBe('');
    expect(itemsOf(applied).map(({ event, state }) => [event, state].filter(Boolean).join(' '))).toEqual([
      'plan',
      'step started',
      'step done',
      'report',
    ]);
    expect(reportOf(applied)).toMatchObject({ version: 1, stack: 'cli', left: [], problems: [] });
    expect(reportOf(applied).done).toMatchObject([{ op: 'network.create', name: 'web' }]);

    const again = await desk.netctl(['apply', spec, '--json']);
    expect(itemsOf(again).map(({ event }) => event)).toEqual(['plan', 'report']);
    expect(reportOf(again)).toMatchObject({ done: [], left: [] });

    const refused = await desk.netctl(['destroy', spec, '--json']);
    expect(refused.exitCode).toBe(3);
    expect(reportOf(refused).error).toMatchObject({ code: 'NEEDS_YES', exit: 3 });
    const destroyed = await desk.netctl(['destroy', spec, '--json', '--yes']);
    expect(reportOf(destroyed).done).toMatchObject([{ op: 'network.remove', name: 'web' }]);
  });

  test('status: one document', async () => {
    await desk.netctl(['apply', spec]);
    const ran = await desk.netctl(['status', spec, '--json']);
    expect(ran.stderr).toBe('');
    expect(documentOf(ran)).toMatchObject({
      version: 1,
      stack: 'cli',
      items: [
        {
          ref: 'network:web',
          name: 'web',
          state: 'ok',
          holders: [],
          addresses: [{ subnet: '10.50.1.0/24', size: '254', used: '0', reserved: '1', dynamic: '253', free: '0' }],
        },
      ],
    });
  });

  test('an engine that is not there: one document', async () => {
    for (const command of ['plan', 'apply', 'destroy', 'status']) {
      const ran = await desk.netctl([command, spec, '--json', '-H', 'unix:///nowhere.sock']);
      expect(ran.exitCode).toBe(69);
      expect(ran.stderr).toBe('');
      expect(documentOf(ran)).toMatchObject({ version: 1, event: 'report', error: { code: 'ENGINE_UNREACHABLE' } });
    }
  });
});

describe('text', () => {
  test('status shows what is there, who is attached, and how many addresses are left', async () => {
    const before = await desk.netctl(['status', spec]);
    expect(before.stdout).toMatch(
      /^cli:\n {2}missing +network web {2}bridge, 10\.50\.1\.0\/24\n {11}it is not there yet$/,
    );
    await desk.netctl(['apply', spec]);
    const after = await desk.netctl(['status', spec]);
    expect(after.stdout).toMatch(/^ {2}ok +network web /m);
    expect(after.stdout).toMatch(/^ {11}10\.50\.1\.0\/24 {2}\[x-{31}\] {2}0 used, 1 reserved, 253 dynamic, 0 free$/m);
  });

  test('--quiet says nothing on success, and the errors on failure', async () => {
    for (const args of [
      ['plan', spec],
      ['apply', spec],
      ['apply', spec],
      ['status', spec],
    ]) {
      expect(await desk.netctl([...args, '--quiet']), args.join(' ')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    }
    const refused = await desk.netctl(['destroy', spec, '--quiet']);
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toMatch(/^netctl: Refused/);
  });

  test('a reader that goes away does not cut an apply short', async () => {
    const through = ['bash', '-c', '"$@" | true; echo "${PIPESTATUS[0]}"', 'bash'];
    const ran = await desk.netctl(['apply', wider], { through });
    expect(ran).toEqual({ exitCode: 0, stdout: '0', stderr: '' });
    expect(await networkNames(host)).toEqual(['api', 'bridge', 'host', 'none', 'web']);
  });
});

test('a full disk behind standard output does not cut an apply short', async () => {
  for (const more of [[], ['--json']]) {
    const through = ['bash', '-c', '"$@" > /dev/full', 'bash'];
    const ran = await desk.netctl(['apply', wider, ...more], { through });
    expect(ran.stderr).toMatch(/^netctl: Cannot write to standard output: ENOSPC[^\n]*$/);
    expect(ran.exitCode).toBe(1);
    expect(await networkNames(host)).toEqual(['api', 'bridge', 'host', 'none', 'web']);
    expect(await desk.stateFiles()).toEqual([]);
    await desk.netctl(['destroy', wider, '--yes']);
  }
});

describe('which engine', () => {
  const nowhere = 'unix:///nowhere.sock';
  const plan = (more: readonly string[], env: Record<string, string>) => desk.netctl(['plan', spec, ...more], { env });

  test('-H and --host win over DOCKER_HOST', async () => {
    for (const flag of [['-H', host.dockerHost], ['--host', host.dockerHost], [`--host=${host.dockerHost}`]]) {
      expect((await plan(flag, { DOCKER_HOST: nowhere })).exitCode).toBe(0);
    }
    expect((await plan(['-H', nowhere], { DOCKER_HOST: host.dockerHost })).exitCode).toBe(69);
  });

  test('DOCKER_HOST wins over a context, as in the docker CLI', async () => {
    expect((await plan([], { DOCKER_HOST: host.dockerHost, DOCKER_CONTEXT: 'remote' })).exitCode).toBe(0);
    expect((await plan([], { DOCKER_HOST: nowhere })).exitCode).toBe(69);
  });

  test('/var/run/docker.sock without any of them, and with the context "default"', async () => {
    expect((await plan([], { DOCKER_HOST: '' })).exitCode).toBe(0);
    expect((await plan([], { DOCKER_HOST: '', DOCKER_CONTEXT: 'default' })).exitCode).toBe(0);
  });

  test('a context that is not there is an error, and not the local engine: that would change the wrong one', async () => {
    const named = await plan([], { DOCKER_HOST: '', DOCKER_CONTEXT: 'remote' });
    expect(named.exitCode).toBe(64);
    expect(named.stderr).toMatch(/no Docker context "remote".*\n.*docker context ls/);

    const config = join(desk.folder, 'docker-config');
    await mkdir(config);
    await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext: 'office' }));
    const current = await plan([], { DOCKER_HOST: '', DOCKER_CONFIG: config });
    expect(current.exitCode).toBe(64);
    expect(current.stderr).toContain('no Docker context "office"');
    expect((await plan([], { DOCKER_HOST: '', DOCKER_CONFIG: config, DOCKER_CONTEXT: 'default' })).exitCode).toBe(0);
    expect((await plan(['--context', 'default'], { DOCKER_HOST: '', DOCKER_CONFIG: config })).exitCode).toBe(0);
  });

  test('--host and --context together', async () => {
    const both = await plan(['--host', host.dockerHost, '--context', 'default'], {});
    expect(both.exitCode).toBe(64);
    expect(both.stderr).toMatch(/Both --host and --context .*\n.*one of them/);
  });

  test('what else the docker CLI reads from the environment does no harm', async () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere', DOCKER_API_VERSION: '1.12' };
    const { exitCode, stderr } = await plan([], env);
    expect(exitCode, stderr).toBe(0);
  });
});
