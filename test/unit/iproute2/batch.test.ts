import { expect, test } from 'vitest';
import { batchOf } from '../../../packages/iproute2/src/batch.js';
import type { IpCommand } from '../../../packages/iproute2/src/commands.js';
import { ipRunner } from '../../../packages/iproute2/src/ip.js';
import { thisMachine } from '../../../packages/iproute2/src/place.js';
import type { Outcome } from '../../../packages/iproute2/src/run.js';
import { sideBySide } from '../../../packages/iproute2/src/side-by-side.js';

const command = (...args: string[]): IpCommand => ({ args, does: args.join(' ') });

const LINES = [
  command('link', 'set', 'dev', 'if2', 'up'),
  command('link', 'set', 'dev', 'if3', 'up'),
  command('link', 'set', 'dev', 'if4', 'up'),
];

const ended = (exit: number | undefined, stderr: string, change: Partial<Outcome> = {}): Outcome => ({
  ...{ stdout: '', stderr, exit, endedBy: undefined, timedOut: false, missing: false, startError: undefined },
  ...change,
});

function outcomesOf(whole: Outcome, commands = LINES): readonly (readonly [number | undefined, string])[] {
  return commands.map((one, at) => {
    const { exit, stderr } = batchOf(one)?.outcomeOf(commands, at, whole) ?? whole;
    return [exit, stderr];
  });
}

test('lines with the same options are one batch', () => {
  const batch = batchOf(command('-4', 'route', 'add', '10.0.0.0/8', 'dev', 'if2'));
  expect(batch?.group).not.toBe(batchOf(command('-6', 'route', 'add', 'fd00::/8', 'dev', 'if2'))?.group);
  expect(batch?.join([command('-4', 'route', 'add', '10.0.0.0/8', 'dev', 'if2')])).toMatchObject({
    args: ['-4', '-force', '-batch', '-'],
    input: 'route add 10.0.0.0/8 dev if2\n',
  });
});

test.each(['two words', 'a#b', "it's", '"', 'a\\', 'a\nlink del eth0', ''])(
  'the word %j does not become part of a line',
  (word) => expect(batchOf(command('link', 'set', 'dev', 'if2', 'alias', word))).toBeUndefined(),
);

test('what ip 6.1 said of the second line is about that line alone', () => {
  const whole = ended(1, 'Cannot find device "if3"\nCommand failed -:2');
  expect(outcomesOf(whole)).toEqual([
    [0, ''],
    [1, 'Cannot find device "if3"'],
    [0, ''],
  ]);
});

test('a warning about a later line is no failure of the lines that are not named', () => {
  const whole = ended(1, 'Cannot find device "if3"\nCommand failed -:2\nWarning: it was done all the same.');
  expect(outcomesOf(whole).map(([exit]) => exit)).toEqual([0, 1, 0]);
});

test.each([
  [1, 'Error: inet prefix is expected rather than "x".'],
  [255, 'Error: argument "x" is wrong: Unknown'],
])('where it gave up with %i after a line that it named, what comes before that one was done', (exit, last) => {
  expect(outcomesOf(ended(exit, `Cannot find device "if3"\nCommand failed -:2\n${last}`))).toEqual([
    [0, ''],
    [exit, 'Cannot find device "if3"'],
    [exit, last],
  ]);
});

test.each([
  ['gave up in the middle', ended(255, 'Error: argument "x" is wrong: Unknown')],
  ['was ended', ended(undefined, '', { endedBy: 'SIGTERM' })],
  ['took too long', ended(undefined, '', { timedOut: true })],
])('where it %s, every line has failed that it did not name', (_name, whole) => {
  expect(outcomesOf(whole)).toEqual(LINES.map(() => [whole.exit, whole.stderr]));
});

test('questions that are asked together get their own answers, each asked once', async () => {
  const ran: string[] = [];
  const ask = sideBySide(({ args }) => {
    ran.push(args.join(' '));
    return Promise.resolve(ended(0, '', { stdout: `the way to ${args.at(-1) ?? ''}` }));
  });
  const questions = ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((to) => command('-4', '-json', 'route', 'get', to));
  const answers = await Promise.all(questions.map((question) => ask(question)));
  expect(answers.map(({ stdout }) => stdout)).toEqual(questions.map(({ args }) => `the way to ${args.at(-1) ?? ''}`));
  expect(ran).toEqual(['-4 -json route get 192.0.2.1', '-4 -json route get 192.0.2.2']);
});

test.each([
  ['lines of its own', { ...command('-batch', '-'), input: 'link set dev if2 up\n' }],
  ['a verb that is not known', command('-json', 'route', 'list')],
  ['no verb', command('-V')],
])('a command with %s runs by itself', (_name, own) => {
  expect(batchOf(own)).toBeUndefined();
});

const FILES = ['a', 'b'].map((name) => ({ ...command(`/x/${name}`), instead: { program: 'tee', input: '0' } }));

test('a file that cannot be written is no fault of the other one', () => {
  const said = 'tee: /x/b: No such file or directory';
  expect(outcomesOf(ended(1, said), FILES)).toEqual([
    [0, ''],
    [1, said],
  ]);
});

test.each([
  ['sudo did not run it', 'sudo: a password is required', ''],
  ['nobody says why', '', ''],
  ['there is more than that', 'sudo: a password is required', '\ntee: /x/b: No such file or directory'],
])('no file is written where %s', (_name, said, more) => {
  expect(outcomesOf(ended(1, `${said}${more}`), FILES)).toEqual([
    [1, said],
    [1, `${said}${more}`],
  ]);
});

test.each([
  ['a command', LINES.slice(0, 1), 1000],
  ['a batch', LINES, 1200],
  ['one answer for several', [1, 2, 3].map(() => command('-json', 'route', 'show')), 1000],
])('%s has a deadline of its own, and the error tells it', async (_name, commands, deadline) => {
  const deadlines: number[] = [];
  const run = (_argv: readonly string[], { timeout }: { readonly timeout: number }): Promise<Outcome> => {
    deadlines.push(timeout);
    return Promise.resolve(ended(undefined, '', { timedOut: true }));
  };
  const ip = ipRunner(['ip'], 1000, { ...thisMachine, run });
  for (const result of await Promise.allSettled(commands.map((one) => ip(one)))) {
    expect(result).toMatchObject({ reason: { message: expect.stringContaining(`${deadline} ms`) as string } });
  }
  expect(deadlines).toEqual([deadline]);
});
