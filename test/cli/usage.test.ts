import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, type FailureDocument, repository } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

let cli: CliFolder;
beforeAll(async () => {
  cli = await openCliFolder();
  await cli.write('netctl.yaml', 'name: usage\nnetworks: { web: {} }\n');
});
afterAll(() => cli[Symbol.asyncDispose]());

const commands = [
  'validate',
  'plan',
  'apply',
  'destroy',
  'status',
  'verify',
  'watch',
  'graph',
  'compose',
  'persist',
  'rehearse',
];

describe('help', () => {
  test('lists every command, and no other', async () => {
    const { exitCode, stdout, stderr } = await cli.netctl(['--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Usage: netctl/);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, name]) => name);
    expect([...listed].sort()).toEqual([...commands, 'confirm', 'init', 'import', 'doctor', 'help'].sort());
  });

  test.each(commands)('%s --help says what it is for and what FILE is', async (command) => {
    const { exitCode, stdout, stderr } = await cli.netctl([command, '--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Usage: netctl ${command} [options] [FILE]`);
    expect(stdout).toMatch(/netctl\.yaml or netctl\.yml by default/);
    const common = [
      '-f, --file <file>',
      '--json',
      '--quiet',
      '--no-color',
      '-H, --host <address>',
      '--context <context>',
    ];
    for (const option of [...common, '--timeout']) expect(stdout).toContain(option);
    expect((await cli.netctl(['help', command])).stdout).toBe(stdout);
  });

  test.each(['apply', 'destroy'])('%s has the options that write', async (command) => {
    const { stdout } = await cli.netctl([command, '--help']);
    for (const option of ['--yes', '--additive', '--strict', '--wait <time>']) expect(stdout).toContain(option);
  });

  test('watch has its own', async () => {
    const { stdout } = await cli.netctl(['watch', '--help']);
    for (const option of ['--yes', '--interval <time>', '--metrics <address>', '--no-probe']) {
      expect(stdout).toContain(option);
    }
  });

  test('apply can be told not to ask the wire', async () => {
    expect((await cli.netctl(['apply', '--help'])).stdout).toContain('--no-probe');
  });

  test('no command at all is wrong usage, and shows the help on standard error', async () => {
    const { exitCode, stdout, stderr } = await cli.netctl([]);
    expect(exitCode).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toContain('Commands:');
  });
});

test.each(['--version', '-V'])('%s', async (flag) => {
  const manifest = JSON.parse(await readFile(join(repository, 'packages/cli/package.json'), 'utf8')) as {
    version: string;
  };
  expect(await cli.netctl([flag])).toEqual({ exitCode: 0, stdout: manifest.version, stderr: '' });
});

describe('wrong usage', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'what cannot be meant together',
      ['plan', '--adopt', '--destroy'],
      /'--adopt' cannot be used with option '--destroy'/,
    ],
    ['what destroy does not do', ['destroy', '--adopt'], /unknown option '--adopt'/],
    ['what destroy has no need of', ['destroy', '--no-probe'], /unknown option '--no-probe'/],
    ['what destroy replaces nothing for', ['destroy', '--recreate'], /unknown option '--recreate'/],
    ['what a destroy gives nobody', ['destroy', '--keep-dynamic'], /unknown option '--keep-dynamic'/],
    ['what a destroy cannot lose', ['destroy', '--accept-loss', 'mac'], /unknown option '--accept-loss'/],
    [
      'how to replace, and to replace nothing',
      ['plan', '--destroy', '--recreate'],
      /'--destroy' cannot be used with option '--recreate'/,
    ],
    ['what only apply does', ['plan', '--no-probe'], /unknown option '--no-probe'/],
    ['a misspelled command', ['plam'], /unknown command 'plam'\n\(Did you mean plan\?\)/],
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['a misspelled flag', ['plan', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    ['an unknown flag', ['plan', '--frobnicate'], /unknown option '--frobnicate'/],
    ["another command's flag", ['plan', '--yes'], /unknown option '--yes'/],
    [
      'a place to listen that is none',
      ['watch', '--metrics', 'here'],
      /Write an address and a port, such as 127.0.0.1:9479/,
    ],
    ['a port that is none', ['watch', '--metrics', '127.0.0.1:70000'], /Write an address and a port/],
    ['an interval that is none', ['watch', '--interval', '0s'], /Write a time such as 30s/],
    [
      'what watch reads once alone',
      ['watch', '-'],
      /watch reads its spec again when it changes, and standard input is/,
    ],
    ['two files', ['plan', 'a.yaml', 'b.yaml'], /too many arguments/],
    ['two files, one by -f', ['plan', 'a.yaml', '-f', 'b.yaml'], /Two specs are named: a\.yaml and b\.yaml/],
    ['a time that is none', ['plan', '--timeout', 'soon'], /argument 'soon' is invalid. Write a time such as 30s/],
    ['a number that is no time', ['plan', '--timeout', '5'], /argument '5' is invalid. Write a time such as 30s/],
    ['a wait without a unit', ['apply', '--wait', '0'], /argument '0' is invalid. Write a time such as 30s/],
    ['a time that is too long for a timer', ['plan', '--timeout', '999999999s'], /invalid. .* from 1ms to 24h/],
    ['no time at all', ['plan', '--timeout', '0s'], /argument '0s' is invalid. .* from 1ms to 24h/],
    ['a wait that is too long', ['apply', '--wait', '25h'], /argument '25h' is invalid. .* from 0ms to 24h/],
    ['a flag without its value', ['apply', '--wait'], /option '--wait <time>' argument missing/],
    [
      'a flag without its value, before another',
      ['apply', '--wait', '--json'],
      /option '--wait <time>' argument missing/,
    ],
    [
      'an engine that cannot be reached so',
      ['plan', '-H', 'fd://'],
      /is no address of an engine that netctl can reach/,
    ],
    [
      'an engine without a path',
      ['plan', '-H', 'unix://docker.sock'],
      /is no address of an engine that netctl can reach/,
    ],
  ];

  test.each(wrong)('%s', async (_name, args, says) => {
    const text = await cli.netctl(args.filter((arg) => arg !== '--json'));
    expect(text.exitCode).toBe(64);
    expect(text.stdout).toBe('');
    expect(text.stderr).toMatch(says);
    expect(text.stderr).not.toMatch(/^\s+at /m);

    const json = await cli.netctl([args[0] ?? '', '--json', ...args.slice(1)]);
    expect(json.exitCode).toBe(64);
    expect(documentOf<FailureDocument>(json)).toMatchObject({
      version: 1,
      event: 'report',
      error: { code: 'USAGE', exit: 64, message: expect.stringMatching(says) as string, problems: [] },
    });
  });

  test.each([
    [['--frob'], 'netctl --help lists the commands and options'],
    [['plan', '--frob'], 'netctl plan --help says what it takes'],
    [['plan', 'a.yaml', 'b.yaml'], 'netctl plan --help says what it takes'],
    [['graph', '--format', 'png'], 'netctl graph --help says what it takes'],
    [['apply', '--wait'], 'netctl apply --help says what it takes'],
    [['completion', 'tcsh'], 'netctl completion --help says what it takes'],
    [['discovery', 'stat'], 'netctl discovery --help says what it takes'],
    [['discovery', 'status', '--frob'], 'netctl discovery status --help says what it takes'],
  ])('%j points to the help that answers it', async (args, points) => {
    expect((await cli.netctl(args)).stderr).toMatch(new RegExp(`\\n\\(${points}\\)$`));
  });

  /** What the contract names and no version has yet: unknown, not a stub that does nothing. */
  const notBuilt = {
    destroy: ['--links-only'],
  };
  test.each(Object.entries(notBuilt).flatMap(([command, flags]) => flags.map((flag) => [command, flag] as const)))(
    '%s %s is not built yet, and unknown',
    async (command, flag) => {
      const { exitCode, stderr } = await cli.netctl([command, flag]);
      expect(exitCode).toBe(64);
      expect(stderr).toContain(`unknown option '${flag}'`);
    },
  );

  test('a command that there is not is unknown', async () => {
    const { exitCode, stderr } = await cli.netctl(['aply']);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("unknown command 'aply'\n(Did you mean apply?)");
  });
});

describe('options of every command', () => {
  test.each([
    ['before the command', ['-f', 'netctl.yaml', '--json', 'validate']],
    ['on both sides of it', ['--json', 'validate', '--file', 'netctl.yaml']],
    ['after it', ['validate', 'netctl.yaml', '--json']],
  ])('%s', async (_where, args) => {
    const { exitCode, stdout } = await cli.netctl(args);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stack: 'usage' });
  });

  test('the engine and the deadline', async () => {
    const named = await cli.netctl(['-H', 'unix:///elsewhere.sock', '--timeout', '24h', 'plan']);
    expect(named.exitCode).toBe(69);
    expect(named.stderr).toContain('unix:///elsewhere.sock');
  });

  test('the later one wins', async () => {
    const { stderr } = await cli.netctl(['-H', 'unix:///first.sock', 'plan', '-H', 'unix:///second.sock']);
    expect(stderr).toContain('unix:///second.sock');
  });

  test('no wait and a day of it', async () => {
    for (const wait of ['0s', '24h']) expect((await cli.netctl(['apply', '--wait', wait])).exitCode).toBe(69);
  });
});

describe('a full disk', () => {
  test.each(['validate netctl.yaml', 'validate --json netctl.yaml', '--help'])(
    'netctl %s > /dev/full says so, with 1',
    async (args) => {
      const { exitCode, stderr } = await cli.shell(`netctl ${args} > /dev/full`);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^netctl: Cannot write to standard output: ENOSPC[^\n]*$/);
    },
  );

  test('the exit status of a failure stays', async () => {
    const { exitCode, stderr } = await cli.shell(
      'netctl validate nosuch.yaml --json > /dev/full 2> errors; echo $? >&2',
    );
    expect([exitCode, stderr]).toEqual([0, '65']);
    expect((await cli.shell('netctl validate nosuch.yaml > /dev/full 2>&1')).exitCode).toBe(65);
  });
});

describe('a reader that goes away', () => {
  test.each([
    'validate netctl.yaml',
    'validate --json netctl.yaml',
    '--help',
    'plan --json',
    'validate nosuch.yaml --json',
  ])('netctl %s | true ends without a stack trace', async (args) => {
    // `true` has ended long before netctl writes.
    const { stderr } = await cli.shell(`netctl ${args} | true`);
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
  });

  test('the exit status is still that of the command', async () => {
    const { stdout } = await cli.shell('netctl validate nosuch.yaml --json | true; echo "${PIPESTATUS[0]}"');
    expect(stdout).toBe('65');
  });
});
