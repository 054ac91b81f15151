import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { networkNames } from '../integration/support/engine-client.js';
import { type Desk, openDesk } from '../integration/support/netctl.js';
import { atTerminal } from './support/terminal.js';

const ESC = '\u001b[';
const own = ['bridge', 'host', 'none'];

let host: Host;
let desk: Desk;
let spec: string;
let changed: string;

beforeAll(async () => {
  host = await startHost({ engine: testEngine() });
  desk = await openDesk(host);
  spec = await desk.write('spec.yaml', { name: 'term', networks: { web: { subnet: '10.50.1.0/24' } } });
  changed = await desk.write('changed.yaml', { name: 'term', networks: { web: { subnet: '10.50.2.0/24' } } });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

describe('colours', () => {
  test('at a terminal', async () => {
    const { exitCode, screen } = await atTerminal(host, desk, ['plan', spec]).ended;
    expect(exitCode).toBe(0);
    expect(screen).toContain(`${ESC}32m+${ESC}39m network web`);
    const wrong = await atTerminal(host, desk, ['validate', 'nosuch.yaml']).ended;
    expect(wrong.exitCode).toBe(65);
    expect(wrong.screen).toContain(`${ESC}31mnetctl: Cannot read nosuch.yaml`);
  });

  test.each([
    ['--no-color', ['--no-color'], {}],
    ['NO_COLOR', [], { NO_COLOR: '1' }],
  ])('not with %s', async (_name, more, env) => {
    const { exitCode, screen } = await atTerminal(host, desk, ['plan', spec, ...more], env).ended;
    expect(exitCode).toBe(0);
    expect(screen).toContain('+ network web');
    expect(screen).not.toContain(ESC);
  });

  test('not in JSON at a terminal', async () => {
    const { screen } = await atTerminal(host, desk, ['plan', spec, '--json']).ended;
    expect(screen).not.toContain(ESC);
    expect(JSON.parse(screen)).toMatchObject({ stack: 'term' });
  });

  test('not off a terminal', async () => {
    const { stdout } = await desk.netctl(['plan', spec], { env: { FORCE_COLOR: '' } });
    expect(stdout).toContain('+ network web');
    expect(stdout).not.toContain(ESC);
  });
});

describe('the question before a step that somebody could lose something by', () => {
  beforeEach(async () => {
    const applied = await desk.netctl(['apply', spec, '--yes']);
    expect(applied.exitCode, applied.stderr).toBe(0);
  });

  afterAll(async () => {
    await desk.netctl(['destroy', spec, '--yes']);
    expect(await networkNames(host)).toEqual(own);
  });

  test.each(['n', '', 'yeah', 'N'])('answered with "%s": nothing is changed', async (answer) => {
    const terminal = atTerminal(host, desk, ['apply', changed]);
    await terminal.shows('This will replace network web. Go on? [y/N] ');
    terminal.type(`${answer}\n`);
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(3);
    expect(screen).toContain('subnet 10.50.1.0/24 → 10.50.2.0/24');
    expect(screen).toContain('netctl: Not agreed to, nothing was changed');
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(0);
  });

  test.each(['y', 'yes', 'Y'])('answered with "%s": it is done, and the plan is not shown twice', async (answer) => {
    const terminal = atTerminal(host, desk, ['apply', changed]);
    await terminal.shows('Go on? [y/N] ');
    terminal.type(`${answer}\n`);
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(0);
    expect(screen.match(/subnet 10\.50\.1\.0\/24 → 10\.50\.2\.0\/24/g)).toHaveLength(1);
    expect(screen).toContain('✓\u001b[39m make network web');
    expect((await desk.netctl(['plan', changed, '--detailed-exitcode'])).exitCode).toBe(0);
  });

  test('is asked by destroy too', async () => {
    const terminal = atTerminal(host, desk, ['destroy', spec]);
    await terminal.shows('This will remove network web. Go on? [y/N] ');
    terminal.type('y\n');
    expect((await terminal.ended).exitCode).toBe(0);
    expect(await networkNames(host)).toEqual(own);
  });

  test('Ctrl-C at the question: nothing is changed', async () => {
    const terminal = atTerminal(host, desk, ['destroy', spec]);
    await terminal.shows('Go on? [y/N] ');
    terminal.type('\u0003');
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(130);
    expect(screen).not.toMatch(/^\s+at /m);
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(0);
  });

  test('the end of the input at the question: nothing is changed', async () => {
    const terminal = atTerminal(host, desk, ['destroy', spec]);
    await terminal.shows('Go on? [y/N] ');
    terminal.type('\u0004');
    const { exitCode, screen } = await terminal.ended;
    expect(exitCode).toBe(3);
    expect(screen).toContain('nothing was changed');
    expect((await desk.netctl(['plan', spec, '--detailed-exitcode'])).exitCode).toBe(0);
  });

  test.each([['--yes'], ['--json', '--yes']])('is not asked with %s', async (...flags) => {
    const { exitCode, screen } = await atTerminal(host, desk, ['apply', changed, ...flags]).ended;
    expect(exitCode).toBe(0);
    expect(screen).not.toContain('Go on?');
  });

  test('is not asked when nothing is disruptive', async () => {
    const { exitCode, screen } = await atTerminal(host, desk, ['apply', spec]).ended;
    expect(exitCode).toBe(0);
    expect(screen).not.toContain('Go on?');
    expect(screen).toContain('Nothing to do');
  });

  test('is not asked off a terminal: refused whole', async () => {
    const refused = await desk.netctl(['apply', changed], { input: 'y\n' });
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/^netctl: Refused, nothing was changed: this would replace network web/);
    expect(refused.stderr).toContain('--yes');
  });
});
