import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programPage } from '../support/reference/program.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

const { commands } = programPage();
const examples = commands.flatMap(({ examples: list, name }) => list.map(({ line }) => [name, line] as const));

let cli: CliFolder;
beforeAll(async () => {
  cli = await openCliFolder();
  const spec =
    'name: home\nnetworks:\n  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }\n';
  for (const file of ['netctl.yaml', 'lan.yaml']) await cli.write(file, spec);
  await cli.write('compose.yaml', 'name: shop\nservices: {}\nnetworks: { front: {} }\n');
  await cli.write('.config/fish/completions/kept', '');
});
afterAll(() => cli[Symbol.asyncDispose]());

test.each(commands.map(({ name }) => name))('netctl %s has an example', (name) => {
  expect(examples.some(([of]) => of === name)).toBe(true);
});

describe('every example can be typed as it stands', () => {
  // One would boot an engine, one has nothing to keep, one look at this machine's LAN, one write to it, one stay, and one is for another shell than bash.
  const elsewhere = /^netctl (rehearse|confirm|init.*|persist( --remove)?|watch.*)$|zsh/;
  const typed = examples.filter(([, line]) => !elsewhere.test(line));
  test.each(typed)('%s: %s', async (_name, line) => {
    const { exitCode, stderr } = await cli.shell(line);
    expect([0, 1, 69], stderr).toContain(exitCode);
    expect(stderr).not.toMatch(/^error: |command not found/m);
  });
});

test.each(commands.map(({ name }) => name))(
  'the help of %s fits into 80 columns, but for what is one word',
  async (name) => {
    const { stdout } = await cli.netctl([...name.split(' '), '--help'], { env: { COLUMNS: '80' } });
    const [help = ''] = stdout.split('\nExamples:');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);
