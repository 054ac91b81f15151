import { type Host, type Lan, startHost, startLan } from '@netctl/lab';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { atTerminal } from '../cli/support/terminal.js';
import { testEngine } from '../integration/support/engine.js';
import { lanNetwork } from '../integration/support/fault-bench.js';
import { type Desk, openDesk, reportOf } from '../integration/support/netctl.js';
import { until } from '../integration/support/until.js';
import { type Meddling, meddlingIp } from './support/meddling-ip.js';

/* Specs that cut the host off, past all that a plan can see, on a host with a router and an engine. */

let lan: Lan;
let host: Host;
let desk: Desk;
let spec: string;
/** Links, addresses and routes of the host before anything. */
let bare: string;

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  const eth0 = { name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' };
  host = await startHost({ interfaces: [eth0], engine: testEngine() });
  desk = await openDesk(host);
  const networks = { lan: { ...lanNetwork, gateway: '192.168.1.1', shim: true } };
  spec = await desk.write('spec.yaml', { name: 'home', networks });
  bare = await shown();
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});
afterEach(async () => {
  // The way out goes by the router again, and nothing of netctl is left.
  await ip('route', 'replace', 'default', 'via', '192.168.1.1', 'dev', 'eth0');
  const gone = await netctl(['destroy', spec, '--yes']);
  expect(gone.exitCode, gone.stderr).toBe(0);
  expect(await shown()).toBe(bare);
  expect(await guards()).toEqual([]);
});

const ip = async (...args: string[]): Promise<string> => (await host.run('ip', args)).stdout;

/** What the kernel makes by itself, the index, and what Docker's own bridge is like do not matter. */
async function shown(): Promise<string> {
  const links = await ip('-oneline', '-details', 'addr', 'show', 'scope', 'global');
  const routes = await ip('route', 'show', 'table', 'all');
  return `${links}\n${routes}`
    .split('\n')
    .filter((line) => !/docker0|linkdown|multicast|local fe80/.test(line))
    .map((line) => line.replace(/^\d+: /, ''))
    .sort()
    .join('\n');
}

/** Processes and folders of guards. */
async function guards(): Promise<readonly string[]> {
  const { stdout: processes } = await host.run('ps', ['-e', '-o', 'args=']);
  const { stdout: folders } = await host.run('find', ['/run', '-maxdepth', '1', '-name', 'netctl-guard.*']);
  return `${processes}\n${folders}`
    .split('\n')
    .filter((line) => line.includes('netctl-guard') && !line.startsWith('find /run -maxdepth'));
}

const netctl = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  desk.netctl(args, { env });

async function meddled(what: readonly Meddling[]): Promise<Readonly<Record<string, string>>> {
  const folder = await meddlingIp(desk.folder, what.join('-'), what);
  return { PATH: [folder, ...(testEngine().path ?? []), process.env['PATH'] ?? ''].join(':') };
}

/** An operator made the shim the way out of the host, with an address of his own: only netctl knows that it may remove it. */
async function shimIsTheWayOut(): Promise<void> {
  const applied = await netctl(['apply', spec, '--no-probe']);
  expect(applied.exitCode, applied.stderr).toBe(0);
  await ip('addr', 'add', '192.168.1.77/24', 'dev', 'lan-shim', 'noprefixroute');
  await ip('route', 'replace', 'default', 'via', '192.168.1.1', 'dev', 'lan-shim', 'onlink', 'src', '192.168.1.77');
  await ip(
    'route',
    'add',
    '10.99.0.0/16',
    'via',
    '192.168.1.1',
    'dev',
    'lan-shim',
    'onlink',
    'table',
    '77',
    'metric',
    '5',
  );
}

describe('a change that cuts the host off is undone at once', () => {
  test('where the link goes by which the way out went: it is there again, with all that was on it', async () => {
    await shimIsTheWayOut();
    const before = await shown();
    const gone = await netctl(['destroy', spec, '--yes', '--json']);
    expect(gone.exitCode).toBe(1);
    expect(reportOf(gone).error).toMatchObject({
      code: 'HOST_CUT_OFF',
      message:
        'Undone: remove link lan-shim would cut this host off: there is no way to the rest of the world (0.0.0.0/0) any more, which went by lan-shim via 192.168.1.1',
      hint: expect.stringMatching(/^The host is as it was before\. /) as string,
    });
    expect(await shown()).toBe(before);
    expect(await guards()).toEqual([]);
  });

  test('where somebody else takes a new link for the way out', async () => {
    const applied = await netctl(['apply', spec, '--no-probe', '--json'], await meddled(['dhcp']));
    expect(applied.exitCode).toBe(1);
    expect(reportOf(applied).error?.message).toContain(
      'the way to the rest of the world (0.0.0.0/0) went by eth0 via 192.168.1.1, and would go by lan-shim via 192.168.1.1',
    );
    expect(await shown()).toBe(bare);
  });

  test.each<[string, readonly Meddling[]]>([
    ['while a link is removed', ['kill']],
    ['while a link is made', ['dhcp', 'kill']],
  ])('also when netctl is killed in between: %s', async (_, what) => {
    if (!what.includes('dhcp')) await shimIsTheWayOut();
    const before = await shown();
    const args = what.includes('dhcp') ? ['apply', spec, '--no-probe'] : ['destroy', spec, '--yes'];
    const killed = await desk.start(args, { env: await meddled(what) }).ended;
    expect(killed).toMatchObject({ exitCode: null, stdout: expect.not.stringContaining('done: make link') as string });
    await until('the host is as it was', async () => (await shown()) === before, 5_000);
    // The next one tells of it.
    await ip('route', 'replace', 'default', 'via', '192.168.1.1', 'dev', 'eth0');
    const next = await netctl(['destroy', spec, '--yes']);
    expect(next.exitCode, next.stderr).toBe(0);
    expect(next.stderr).toContain('the links are as they were before an apply of home that began at');
    expect(await guards()).toEqual([]);
  });
});

describe('apply --confirm', () => {
  test('keeps what is confirmed from elsewhere, and nothing waits after that', async () => {
    const applied = await netctl(['apply', spec, '--no-probe', '--confirm', '60s']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout).toContain('undone in 60 s unless it is confirmed: netctl confirm');
    // Nobody else changes links meanwhile.
    const other = await netctl(['destroy', spec, '--yes']);
    expect(other).toMatchObject({
      exitCode: 75,
      stderr: expect.stringContaining('waits to be confirmed until') as string,
    });
    const kept = await netctl(['confirm']);
    expect(kept.exitCode, kept.stderr).toBe(0);
    expect(kept.stdout).toContain('Kept: what the apply of home that began at');
    expect(await ip('link', 'show')).toContain('lan-shim');
    await until('the guard is gone', async () => (await guards()).length === 0);
    expect(await netctl(['confirm'])).toMatchObject({
      exitCode: 3,
      stderr:
        'netctl: Nothing waits to be confirmed\n    It is confirmed by the user, and on the host, that ran `netctl apply --confirm`.',
    });
  });

  test('undoes what nobody confirms, and says so to whoever comes too late', async () => {
    const applied = await netctl(['apply', spec, '--no-probe', '--confirm', '1s']);
    expect(applied.exitCode, applied.stderr).toBe(0);
    await until('the link is gone', async () => !(await ip('link', 'show')).includes('lan-shim'));
    const late = await netctl(['confirm']);
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toMatch(
      /Too late: the links are as they were before an apply of home .* and was not confirmed/,
    );
  });

  test.each<[string, boolean, number]>([
    ['the number that it shows keeps it', true, 0],
    ['nothing but Enter, also before it asks, undoes it', false, 1],
  ])('at a terminal %s', async (_, answers, exitCode) => {
    const terminal = atTerminal(host, desk, ['apply', spec, '--no-probe', '--confirm', answers ? '60s' : '3s']);
    terminal.type('\r');
    const [, word = ''] = /Type (\d{4}) and Enter/.exec(await terminal.shows('and Enter within')) ?? [];
    terminal.type(answers ? `${word}\r` : '\r');
    const ended = await terminal.ended;
    expect(ended.exitCode, ended.screen).toBe(exitCode);
    expect(ended.screen).toContain(answers ? 'Kept.' : 'Not confirmed in time: the links are as they were before');
    // Nothing is drawn over the question.
    expect(ended.screen.slice(ended.screen.indexOf('Still there?'))).not.toMatch(/\d s {2}/);
    expect((await ip('link', 'show')).includes('lan-shim')).toBe(answers);
  });
});

test('what would take over the way to the ssh client is refused, also where sudo has dropped who that is', async () => {
  const env = { SSH_CONNECTION: '192.168.1.200 50000 192.168.1.10 22' };
  const refused = await netctl(['plan', spec], env);
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain('would take over the way to 192.168.1.200, from where you are logged in by ssh');
  expect(refused.stdout).toMatch(/\nRefused as it is: 1 problem, above\.$/);
  // A shell that is logged in, and below it somebody who keeps nothing of the environment.
  const through = ['sh', '-c', 'env -u SSH_CONNECTION "$@"; exit $?', 'sh'];
  expect((await desk.netctl(['plan', spec], { env, through })).exitCode).toBe(3);
});
