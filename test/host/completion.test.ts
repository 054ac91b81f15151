import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from '../integration/support/engine.js';
import { askEngine } from '../integration/support/engine-client.js';
import { openShellDesk, type ShellAtTerminal, type ShellDesk, type ShellName } from './support/shell-at-terminal.js';

/* Real shells at a terminal, where TAB is typed; what counts is the words that the shell makes of the line afterwards. */

/** An engine takes any name that is not blank; each of these would run something if a shell read it. */
const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  ';touch pwned',
  'a b',
  `it's "quoted"`,
  'back\\slash',
  '{x,y}',
  '~root',
  '*',
];
/** Nothing could show these on one line, or tell them from an option. */
const unshown = ['new\nline', 'esc\u001b]0;x\u0007', '--all'];

let host: Host;
let desk: ShellDesk;

beforeAll(async () => {
  host = await startHost({ engine: testEngine() });
  for (const name of [...hostile, ...unshown]) await askEngine(host, 'POST', '/networks/create', { Name: name });
  const labels = { 'io.netctl.stack': 'homestack', 'io.netctl.ref': 'network:lan' };
  await askEngine(host, 'POST', '/networks/create', { Name: 'lan', Labels: labels });
  desk = await openShellDesk({ DOCKER_HOST: host.dockerHost });
  const hosts = 'hosts:\n  node01: { docker: "ssh://root@10.0.0.1" }\n  other: { docker: "ssh://root@10.0.0.2" }\n';
  await writeFile(join(desk.folder, 'home.yaml'), `name: home\n${hosts}`);
  for (const file of ['my spec.yml', 'notes.txt']) await writeFile(join(desk.folder, file), '');
  await mkdir(join(desk.folder, 'deep'));
  await writeFile(join(desk.folder, 'deep/other.yaml'), '');
  const meta = join(desk.folder, '../.docker/contexts/meta/x');
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'remote', Endpoints: {} }));
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

describe.each<ShellName>(['bash', 'zsh', 'fish'])('%s', (name) => {
  let shell: ShellAtTerminal;
  beforeAll(async () => {
    shell = await desk.start(name);
  });
  afterAll(() => shell[Symbol.asyncDispose]());

  const lines: readonly (readonly [string, string, string])[] = [
    ['a command', 'netctl pl', 'plan'],
    ['a command below another', 'netctl discovery st', 'status'],
    ['a command after an option with a value', 'netctl -H unix:///x.sock val', 'validate'],
    ['a command to be helped with', 'netctl help pers', 'persist'],
    ['an option', 'netctl plan --deta', '--detailed-exitcode'],
    ['an option of every command', 'netctl plan --tim', '--timeout'],
    ['the choices of an option', 'netctl persist --format networkm', 'networkmanager'],
    ['the choices of an argument', 'netctl completion zs', 'zsh'],
    ['a spec', 'netctl plan ho', 'home.yaml'],
    ['a spec with a blank in its name', 'netctl plan my', 'my spec.yml'],
    ['a spec of an option', 'netctl plan -f ho', 'home.yaml'],
    ['a spec in a folder', 'netctl plan deep/o', 'deep/other.yaml'],
    ['any file, to write to', 'netctl import -o no', 'notes.txt'],
    ['a host of the spec', 'netctl compose home.yaml --on no', 'node01'],
    ['a context', 'netctl plan --context rem', 'remote'],
    ['a network', 'netctl import la', 'lan'],
    ['a stack', 'netctl import --name homes', 'homestack'],
  ];
  test.each(lines)('%s: %s', async (_what, typed, last) => {
    expect(await shell.completed(typed)).toEqual([...typed.split(' ').slice(0, -1), last]);
  });

  test('an option and its value in one word', async () => {
    expect(await shell.completed('netctl persist --format=networkm')).toEqual([
      'netctl',
      'persist',
      '--format=networkmanager',
    ]);
    expect(await shell.completed('netctl plan --file=ho')).toEqual(['netctl', 'plan', '--file=home.yaml']);
  });

  test('nothing that does not belong there', async () => {
    for (const typed of [
      'netctl plan no',
      'netctl plan --yes --addi',
      'netctl persist --print --remo',
      'netctl --timeout pl',
    ]) {
      expect(await shell.completed(typed)).toEqual(typed.split(' '));
    }
  });

  // As somebody types the first letters of it in this shell.
  const begun: Readonly<Record<string, string>> = {
    $: '\\$',
    '`': '\\`',
    ';': '\\;',
    '{': '\\{',
    '~': '\\~',
    '*': '\\*',
  };
  test.each(hostile)('the network %j, quoted as it has to be', async (network) => {
    const first = network.slice(0, 2);
    const typed =
      (begun[first.charAt(0)] ?? first.charAt(0)) +
      (begun[first.charAt(0)] === undefined ? first.charAt(1).trim() : '');
    expect(await shell.completed(`netctl import ${typed}`)).toEqual(['netctl', 'import', network]);
  });

  test('no name that a line cannot hold, and what is typed is not run', async () => {
    for (const typed of ['new', 'esc'])
      expect(await shell.completed(`netctl import ${typed}`)).toEqual(['netctl', 'import', typed]);
    await shell.completed("netctl import '$(touch pwned)'");
    expect(await readdir(desk.folder)).not.toContain('pwned');
  });
});

test('bash offers nothing inside quotes that would mean something there', async () => {
  await using shell = await desk.start('bash');
  expect(await shell.completed('netctl import "la')).toEqual(['netctl', 'import', 'lan']);
  expect(await shell.completed("netctl import 'a")).toEqual(['netctl', 'import', 'a b']);
  await expect(access(join(desk.folder, 'pwned'))).rejects.toThrow();
});
