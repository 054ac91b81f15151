import { truncate } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { documentOf, type FailureDocument, netctlProgram } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

let cli: CliFolder;
beforeEach(async () => {
  cli = await openCliFolder();
});
afterEach(() => cli[Symbol.asyncDispose]());

const spec = (name: string): string => `name: ${name}\nnetworks: { web: {} }\n`;

describe('which file', () => {
  test('netctl.yaml, then netctl.yml', async () => {
    await cli.write('netctl.yml', spec('second'));
    expect((await cli.netctl(['validate'])).stdout).toMatch(/^netctl\.yml is valid: stack second,/);
    await cli.write('netctl.yaml', spec('first'));
    expect((await cli.netctl(['validate'])).stdout).toMatch(/^netctl\.yaml is valid: stack first,/);
  });

  test('the argument, -f or --file; the same twice is fine', async () => {
    await cli.write('netctl.yaml', spec('wrong'));
    await cli.write('sub/other.yaml', spec('right'));
    for (const args of [
      ['sub/other.yaml'],
      ['-f', 'sub/other.yaml'],
      ['--file=sub/other.yaml'],
      ['sub/other.yaml', '-f', 'sub/other.yaml'],
    ]) {
      const { exitCode, stdout } = await cli.netctl(['validate', ...args]);
      expect(exitCode, args.join(' ')).toBe(0);
      expect(stdout).toContain('stack right');
    }
  });

  test.each([[['-']], [['-f', '-']]])('standard input: %s', async (args) => {
    await cli.write('netctl.yaml', spec('wrong'));
    const { stdout } = await cli.netctl(['validate', ...args], { input: spec('piped') });
    expect(stdout).toMatch(/^<stdin> is valid: stack piped,/);
  });

  test('none of them is an error that names both', async () => {
    const { exitCode, stdout, stderr } = await cli.netctl(['validate']);
    expect(exitCode).toBe(65);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^netctl: No spec: neither netctl\.yaml nor netctl\.yml is in this folder\n {4}Name one/);
  });

  test.each([
    ['a file that is not there', 'nosuch.yaml', /Cannot read nosuch\.yaml: there is no such file/],
    ['a folder', '.', /Cannot read \.: it is a folder/],
  ])('%s', async (_name, file, says) => {
    const { exitCode, stderr } = await cli.netctl(['validate', file]);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(says);
  });
});

describe('a file that is none, or too large', () => {
  const tooLarge = (file: string) => ({
    exitCode: 65,
    stdout: '',
    stderr: `netctl: Cannot read ${file}: it is larger than 1 MiB\n    Split the spec, or check that this is the right file.`,
  });

  test('300 MB, by name and on standard input', async () => {
    await truncate(await cli.write('huge.yaml', spec('huge')), 300_000_000);
    for (const [args, file] of [
      ['huge.yaml', 'huge.yaml'],
      ['- < huge.yaml', '<stdin>'],
      ['- < <(cat huge.yaml)', '<stdin>'],
      ['/dev/zero', '/dev/zero'],
      ['- < /dev/zero', '<stdin>'],
    ] as const) {
      expect(await cli.shell(`netctl validate ${args}`), args).toEqual(tooLarge(file));
    }
  });

  test('1 MiB is read, one byte more is not', async () => {
    const body = spec('edge');
    await cli.write('most.yaml', body + '#'.repeat(1024 * 1024 - body.length));
    expect((await cli.netctl(['validate', 'most.yaml'])).exitCode).toBe(0);
    await cli.write('over.yaml', body + '#'.repeat(1024 * 1024 - body.length + 1));
    expect(await cli.netctl(['validate', 'over.yaml'])).toEqual(tooLarge('over.yaml'));
    await cli.write('netctl.yaml', body);
    await cli.write('.env', '#'.repeat(1024 * 1024 + 1));
    expect(await cli.netctl(['validate'])).toEqual(tooLarge('.env'));
  });

  test('a pipe is read to its end, however slowly it is written', async () => {
    await cli.write('slow.sh', `printf 'name: slow\\n'; sleep 0.5; printf 'networks: { web: {} }\\n'`);
    const substituted = await cli.shell('netctl validate <(sleep 0.5; bash slow.sh)');
    expect(substituted.stdout, substituted.stderr).toContain('stack slow');
    const named = await cli.shell('mkfifo pipe; (sleep 0.5; bash slow.sh > pipe) & netctl validate pipe; wait');
    expect(named.stdout, named.stderr).toContain('stack slow');
  });

  test('a pipe that nobody writes to does not hold netctl', async () => {
    const { exitCode, stderr } = await cli.shell('mkfifo pipe; netctl validate pipe');
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/nothing in it|nobody writes/);
  });

  test('a pipe that stays open is let go of by Ctrl-C', async () => {
    // Says when netctl has begun to listen for it; before that Ctrl-C ends it as it ends any program.
    const listens = await cli.write(
      'listens.mjs',
      `import { writeFileSync } from 'node:fs';
process.on('newListener', (name) => { if (name === 'SIGINT') setImmediate(() => writeFileSync('listening', '')); });`,
    );
    for (const from of ['pipe', '- <&3']) {
      const { stdout, stderr } = await cli.shell(
        `set -m; rm -f pipe listening; mkfifo pipe; exec 3<>pipe; '${process.execPath}' --import '${listens}' '${netctlProgram}' validate ${from} & ` +
          'pid=$!; until [ -e listening ]; do sleep 0.05; done; kill -INT $pid; wait $pid; echo $?',
      );
      expect(stdout, stderr).toBe('130');
      expect(stderr).toMatch(/^netctl: Interrupted/m);
    }
  });
});

describe('variables', () => {
  const template = 'name: ${STACK:-default}\nnetworks: { web: { subnet: "${SUBNET?say which subnet}" } }\n';

  test('come from .env beside the file, not beside the working folder', async () => {
    await cli.write('sub/spec.yaml', template);
    await cli.write('.env', 'STACK=wrong\nSUBNET=10.1.0.0/24\n');
    expect((await cli.netctl(['validate', 'sub/spec.yaml'])).exitCode).toBe(65);
    await cli.write('sub/.env', '# a comment\nSTACK=from-file\nSUBNET="10.2.0.0/24"\n');
    expect((await cli.netctl(['validate', 'sub/spec.yaml'])).stdout).toContain('stack from-file');
  });

  test('of the environment win over .env', async () => {
    await cli.write('netctl.yaml', template);
    await cli.write('.env', 'STACK=from-file\nSUBNET=10.2.0.0/24\n');
    expect((await cli.netctl(['validate'], { env: { STACK: 'from-env' } })).stdout).toContain('stack from-env');
  });

  test('for standard input, .env of the working folder', async () => {
    await cli.write('.env', 'STACK=from-file\nSUBNET=10.2.0.0/24\n');
    expect((await cli.netctl(['validate', '-'], { input: template })).stdout).toContain('stack from-file');
  });

  test('that are required and missing are named with their message', async () => {
    await cli.write('netctl.yaml', template);
    const { exitCode, stderr } = await cli.netctl(['validate']);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/netctl\.yaml:2:\d+: .*SUBNET.*say which subnet/);
  });
});

describe('a spec with errors', () => {
  const bad = [
    'name: Bad Name',
    'networks:',
    '  a: { drivr: bridge, subnet: 10.0.0.5/24 }',
    '  b: { driver: macvlan }',
    '  c: { mtu: big }',
    'foo: 1',
    '',
  ].join('\n');

  test.each(['validate', 'plan', 'apply', 'destroy', 'status', 'rehearse'])(
    '%s reports all of them, each with line and column and what to do, before any engine is asked',
    async (command) => {
      await cli.write('bad.yaml', bad);
      const text = await cli.netctl([command, 'bad.yaml']);
      expect(text.exitCode).toBe(65);
      expect(text.stdout).toBe('');
      const heads = text.stderr.split('\n').filter((line) => line.startsWith('error: '));
      expect(heads.map((line) => line.replace(/^error: bad\.yaml:(\d+:\d+): .*\[(\w+)\]$/, '$1 $2'))).toEqual([
        '1:7 INVALID_VALUE',
        '3:8 UNKNOWN_KEY',
        '4:3 PARENT_REQUIRED',
        '5:13 INVALID_VALUE',
        '6:1 UNKNOWN_KEY',
      ]);
      expect(text.stderr).toContain('\n    Did you mean driver?\n');
      expect(text.stderr).toMatch(/\nnetctl: bad\.yaml is not a valid spec: 5 errors\./);

      const json = await cli.netctl([command, 'bad.yaml', '--json']);
      expect(json.exitCode).toBe(65);
      expect(json.stderr).toBe('');
      const { error } = documentOf<FailureDocument>(json);
      expect(error).toMatchObject({ code: 'SPEC_INVALID', exit: 65 });
      // What a value must be, the message says already.
      expect(error.problems.map(({ line, column, hint }) => [line, column, typeof hint])).toEqual([
        [1, 7, 'undefined'],
        [3, 8, 'string'],
        [4, 3, 'string'],
        [5, 13, 'undefined'],
        [6, 1, 'string'],
      ]);
    },
  );

  const unreadable: readonly (readonly [string, string | Uint8Array])[] = [
    ['empty', ''],
    ['a comment only', '# nothing\n'],
    ['a list', '- a\n- b\n'],
    ['a text', 'hello\n'],
    ['not YAML', 'name: [unclosed\n'],
    ['not UTF-8', Uint8Array.from([0x6e, 0x61, 0x6d, 0x65, 0x3a, 0x20, 0xff, 0xfe, 0x0a])],
    ['with a key twice', 'name: a\nname: b\nnetworks: {}\n'],
    [
      'a billion laughs',
      `a: &a [l, l, l, l, l, l, l, l, l]\n${'bcdefghi'
        .split('')
        .map(
          (one, at) =>
            `${one}: &${one} [${Array(9)
              .fill(`*${'abcdefgh'.charAt(at)}`)
              .join(', ')}]`,
        )
        .join('\n')}\nname: x\nnetworks: {}\n`,
    ],
  ];
  test.each(unreadable)('%s: one clear error, no stack trace', async (_name, content) => {
    await cli.write('odd.yaml', content);
    const { exitCode, stderr } = await cli.netctl(['validate', 'odd.yaml']);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/^error: odd\.yaml(:\d+:\d+)?: \S.*\[[A-Z0-9_]+\]$/m);
    // What is said of the file as a whole is said once.
    expect(stderr).toMatch(/^netctl: |is not UTF-8 text/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('a warning is shown and does not fail; --quiet leaves it out', async () => {
    await cli.write(
      'netctl.yaml',
      'name: w\nnetworks: { lan: { driver: macvlan, parent: eth0, subnet: 10.0.0.0/24 } }\n',
    );
    const loud = await cli.netctl(['validate']);
    expect(loud.exitCode).toBe(0);
    expect(loud.stderr).toMatch(/^warning: netctl\.yaml:2:\d+: .*\[NO_GATEWAY\]/m);
    const json = await cli.netctl(['validate', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, stack: 'w', problems: expect.any(Array) as unknown });
    expect(await cli.netctl(['validate', '--quiet'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('a warning that the spec ignores is not shown, and a code that cannot be ignored is an error', async () => {
    const lan = 'networks: { lan: { driver: macvlan, parent: eth0, subnet: 10.0.0.0/24 } }';
    await cli.write('netctl.yaml', `name: w\n${lan}\nignore: [NO_GATEWAY, NO_IP_RANGE]\n`);
    const quiet = await cli.netctl(['validate', '--json']);
    expect(JSON.parse(quiet.stdout)).toEqual({ version: 1, stack: 'w', problems: [] });
    await cli.write('netctl.yaml', `name: w\n${lan}\nignore: [NO_GATEWAY, NO_IP_RANGE, IN_USE, NO_GATWAY]\n`);
    const { exitCode, stderr } = await cli.netctl(['validate']);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/^error: netctl\.yaml:3:35: ignore\[2\]: "IN_USE" cannot be ignored: somebody would lose /m);
    expect(stderr).toMatch(/^error: netctl\.yaml:3:43: .*\[UNKNOWN_CODE\]\n {4}Did you mean NO_GATEWAY\?$/m);
    expect(stderr).not.toContain('warning');
  });
});
