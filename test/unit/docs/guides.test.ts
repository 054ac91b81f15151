import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { differences } from '../../support/guides/compare.js';
import { readGuide } from '../../support/guides/guide.js';

const repository = resolve(import.meta.dirname, '../../..');

test('every guide is followed by a test', () => {
  const followed = [
    'test/host/guides/one-host.test.ts',
    'test/host/guides/two-hosts.test.ts',
    'test/kernel/subjects/guides.ts',
  ]
    .map((file) => readFileSync(join(repository, file), 'utf8'))
    .join('\n');
  const guides = readdirSync(join(repository, 'docs/guides')).map((file) => `guides/${file}`);
  expect([...guides, 'when-it-does-not-work.md'].filter((page) => !followed.includes(`'${page}'`))).toEqual([]);
});

test('a guide is files, commands with what they print, and commands that its reader does not type', () => {
  const page = [
    '```yaml',
    '# netctl.yaml',
    'name: a',
    '```',
    '<!-- before, at router: ip link set lan0 down -->',
    '```console',
    '$ netctl plan',
    'one',
    'node01$ ping x',
    '```',
    '```sh',
    'netctl apply',
    '```',
  ];
  expect(readGuide(page.join('\n'))).toEqual([
    { type: 'file', name: 'netctl.yaml', text: '# netctl.yaml\nname: a\n' },
    { type: 'hidden', machine: 'router', command: 'ip link set lan0 down' },
    { type: 'command', machine: '', command: 'netctl plan', shown: ['one'], line: 6 },
    { type: 'command', machine: 'node01', command: 'ping x', shown: [], line: 8 },
  ]);
});

describe('what is shown and what is printed', () => {
  test.each([
    ['in another order', ['b', 'a'], ['a', 'b'], []],
    [
      'with other times and ids',
      ['64 bytes: time=0.1 ms', 'a1b2c3d4e5f6'],
      ['64 bytes: time=22 ms', 'f6b2c3d4e5a1'],
      [],
    ],
    ['with lines left out', ['a', '…'], ['x', 'a', 'y'], []],
    ['a line more', ['a'], ['a', 'b'], ['printed, and not shown: b']],
    ['a line less', ['a', 'b', '…'], ['a'], ['shown, and not printed: b']],
    ['a line twice', ['a', 'a'], ['a'], ['shown, and not printed: a']],
  ] as const)('%s', (_, shown, printed, wrong) => {
    expect(differences(shown, printed)).toEqual(wrong);
  });
});
