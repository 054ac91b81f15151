import type { Host } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../integration/support/engine-proxy.js';
import type { Desk } from '../integration/support/netctl.js';
import { join } from '../integration/support/replace/crowd.js';
import { type Gate, gateOf } from '../integration/support/replace/gate.js';
import { clear, openStage, type Stage } from '../integration/support/replace/stage.js';
import { ENDED, inTmux, type TmuxOptions } from './support/tmux.js';

/*
 * What netctl shows in a real terminal, compared whole with the files in screens/. `vitest --update` writes them; look at
 * every one that changed.
 */

const UTF8 = { LC_ALL: 'C.UTF-8' };
const NARROW: TmuxOptions = { columns: 40, rows: 60, env: UTF8 };
const WIDE: TmuxOptions = { columns: 80, env: UTF8 };

const networks = { web: { subnet: '10.50.1.0/24' }, api: { subnet: '10.50.3.0/24', internal: true } };
const before = { name: 'term', networks };
const after = { name: 'term', networks: { ...networks, web: { subnet: '10.50.2.0/24' } } };

let stage: Stage;
let host: Host;
let desk: Desk;

const shown = async (args: readonly string[], options: TmuxOptions): Promise<string> => {
  await using tmux = await inTmux(host, desk, args, options);
  return await tmux.shows(ENDED);
};

beforeAll(async () => {
  stage = await openStage();
  ({ host, desk } = stage);
  await desk.write('netctl.yaml', before);
  await desk.write('after.yaml', after);
  await desk.write('wrong.yaml', {
    name: 'term',
    networks: { lan: { driver: 'macvlan', parnet: 'eth0', subnet: '192.168.1.0/24' } },
  });
});

afterAll(() => stage[Symbol.asyncDispose]());

const made = async (): Promise<void> => {
  const { exitCode, stderr } = await desk.netctl(['apply', '--yes']);
  expect(exitCode, stderr).toBe(0);
};

const removed = async (): Promise<void> => {
  const { exitCode, stderr } = await desk.netctl(['destroy', '--yes']);
  expect(exitCode, stderr).toBe(0);
};

describe('a plan', () => {
  beforeEach(removed);

  test.each([
    ['80 columns', 'plan-80', WIDE],
    ['40 columns', 'plan-40', NARROW],
    ['a dumb terminal', 'plan-dumb', { ...WIDE, env: { ...UTF8, TERM: 'dumb' } }],
  ] as const)('at %s', async (_where, file, options) => {
    await expect(await shown(['plan'], options)).toMatchFileSnapshot(`screens/${file}.txt`);
  });

  test('of a replacement, in colours, without, and in an ASCII locale', async () => {
    await made();
    const plan = ['plan', 'after.yaml'];
    await using tmux = await inTmux(host, desk, plan, WIDE);
    await tmux.shows(ENDED);
    await expect(await tmux.screen('colours')).toMatchFileSnapshot('screens/replace-colours.txt');
    await expect(await shown(plan, NARROW)).toMatchFileSnapshot('screens/replace-40.txt');
    await using plain = await inTmux(host, desk, plan, { columns: 80, env: { LC_ALL: 'C', NO_COLOR: '1' } });
    await plain.shows(ENDED);
    await expect(await plain.screen('colours')).toMatchFileSnapshot('screens/replace-ascii.txt');
  });
});

describe('errors', () => {
  test.each([
    ['80 columns', 'error-80', WIDE],
    ['40 columns', 'error-40', NARROW],
  ] as const)('of a spec, at %s', async (_where, file, options) => {
    await expect(await shown(['validate', 'wrong.yaml'], options)).toMatchFileSnapshot(`screens/${file}.txt`);
  });
});

describe('an apply', () => {
  beforeEach(removed);

  /** An engine that does not make the second network until it is told to. */
  const slow = (): Promise<Gate> => gateOf(host, (call, earlier) => makes(call) && earlier.filter(makes).length === 1);
  const makes = ({ method, path, aside }: Call): boolean => !aside && method === 'POST' && path === '/networks/create';

  test.each([
    ['80 columns', '80', WIDE],
    ['40 columns', '40', NARROW],
    ['an ASCII locale', 'ascii', { columns: 80, env: { LC_ALL: 'C' } }],
  ] as const)('shows the step in hand at %s, and leaves what is done', async (_where, file, options) => {
    await using gate = await slow();
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], options);
    await expect(await tmux.shows(/\[1\/2\] \d+ s/)).toMatchFileSnapshot(`screens/apply-${file}-in-hand.txt`);
    gate.open();
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot(`screens/apply-${file}.txt`);
  });

  test('shows none of it on a dumb terminal', async () => {
    const env = { ...UTF8, TERM: 'dumb' };
    const screen = await shown(['apply'], { columns: 80, env });
    // They are made side by side, and told of as each is done.
    const lines = screen.split('\n');
    const first = lines.findIndex((line) => line.startsWith('done: '));
    lines.splice(first, 2, ...lines.slice(first, first + 2).sort());
    await expect(lines.join('\n')).toMatchFileSnapshot('screens/apply-dumb.txt');
  });

  test('counts the time', async () => {
    await using gate = await slow();
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], WIDE);
    await tmux.shows(/ 1 s {2}make network/);
    await tmux.shows(/ 2 s {2}make network/);
    gate.open();
    await tmux.shows(ENDED);
  });

  test('leaves no half line when the terminal is made narrower', async () => {
    await using gate = await slow();
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], WIDE);
    await tmux.shows('[1/2]');
    await tmux.resize(20);
    await tmux.shows(/\[1\/2\] \d+ s {2}make/);
    gate.open();
    const screen = await tmux.shows(ENDED);
    expect(screen).not.toContain('[');
  });

  test('Ctrl-C: what is under way is finished, and says so at once', async () => {
    await using gate = await slow();
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], WIDE);
    await tmux.shows('[1/2]');
    await tmux.press('C-c');
    await expect(await tmux.shows('finishing: ')).toMatchFileSnapshot('screens/interrupt-in-hand.txt');
    gate.open();
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot('screens/interrupt.txt');
    expect(await tmux.screen()).toContain('exit 130');
  });

  test('a second Ctrl-C ends it, and no line is left', async () => {
    await using gate = await slow();
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], WIDE);
    await tmux.shows('[1/2]');
    await tmux.press('C-c');
    await tmux.shows('finishing: ');
    await tmux.press('C-c');
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot('screens/interrupt-twice.txt');
    gate.drop();
  });

  test('Ctrl-Z leaves no half line, and what is in hand is shown again afterwards', async () => {
    await using gate = await slow();
    const script = '"$0" "$@"; echo "status $?"; read -r line; fg >/dev/null';
    await using tmux = await inTmux(host, desk, ['apply', '--host', gate.dockerHost], { ...WIDE, script });
    await tmux.shows('[1/2]');
    await tmux.press('C-z');
    await expect(await tmux.shows('status 1')).toMatchFileSnapshot('screens/suspended.txt');
    await tmux.press('Enter');
    await tmux.shows('[1/2]');
    gate.open();
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot('screens/resumed.txt');
  });

  test('tells whom it waits for', async () => {
    await using gate = await slow();
    const first = desk.start(['apply', '--host', gate.dockerHost]);
    await gate.reached(first);
    await using tmux = await inTmux(host, desk, ['apply', '--wait', '60s'], WIDE);
    await tmux.shows(/\d s {2}waiting for another netctl \(process \d+, stack term, since/);
    gate.open();
    expect(await tmux.shows(ENDED)).toContain('Nothing to do: term is as the spec says.\nexit 0');
    expect((await first.ended).exitCode).toBe(0);
  });
});

describe('the question', () => {
  const apply = ['apply', 'after.yaml', '--recreate'];

  beforeAll(async () => {
    await removed();
    await made();
    for (const name of ['shop', 'db']) await join(host, stage.image, { name, state: 'created', networks: { web: {} } });
  });
  afterAll(() => clear(stage));

  test.each([
    ['80 columns', '80', WIDE],
    ['40 columns', '40', NARROW],
    ['an ASCII locale', 'ascii', { columns: 80, env: { LC_ALL: 'C' } }],
  ] as const)('names who is affected at %s, and takes anything but yes for no', async (_where, file, options) => {
    await using tmux = await inTmux(host, desk, apply, options);
    await tmux.shows('[y/N]');
    await tmux.press('Enter');
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot(`screens/question-${file}.txt`);
  });

  test('Ctrl-C: nothing is changed', async () => {
    await using tmux = await inTmux(host, desk, apply, WIDE);
    await tmux.shows('[y/N]');
    await tmux.press('C-c');
    await expect(await tmux.shows(ENDED)).toMatchFileSnapshot('screens/question-interrupt.txt');
  });
});
