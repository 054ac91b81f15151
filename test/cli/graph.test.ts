import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FailureDocument } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

const SPEC = `name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27, shim: true }
containers:
  printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } }
`;

let at: CliFolder;
beforeEach(async () => {
  at = await openCliFolder();
  await at.write('netctl.yaml', SPEC);
});
afterEach(async () => at[Symbol.asyncDispose]());

const file = (name: string): Promise<string> => readFile(join(at.folder, name), 'utf8');
const refused = async (...args: readonly string[]) => {
  const { exitCode, stdout } = await at.netctl(['graph', '--json', ...args]);
  return { exitCode, error: (JSON.parse(stdout) as FailureDocument).error };
};

describe('what is wanted alone', () => {
  test.each<[string, RegExp]>([
    ['a.svg', /^<!-- drawn by netctl graph -->\n<svg [\s\S]*>192\.168\.1\.180<[\s\S]*<\/svg>\n$/],
    ['a.html', /^<!doctype html>\n<!-- drawn by netctl graph -->[\s\S]*>192\.168\.1\.180<[\s\S]*<\/html>\n$/],
    ['a.mmd', /^%% drawn by netctl graph\nflowchart LR\n[\s\S]*192\.168\.1\.180/],
    ['a.dot', /^\/\/ drawn by netctl graph\ndigraph netctl \{\n[\s\S]*192\.168\.1\.180[\s\S]*\}\n$/],
    ['noname', /^<!-- drawn by netctl graph -->\n<svg /],
  ])('%s is written as its name says, and again', async (name, text) => {
    const first = await at.netctl(['graph', '--wanted', '-o', name]);
    expect(first).toEqual({ exitCode: 0, stdout: `${name} is written: stack home, 1 host`, stderr: '' });
    expect(await file(name)).toMatch(text);
    expect((await at.netctl(['graph', '--wanted', '-o', name])).exitCode).toBe(0);
    expect((await readdir(at.folder)).sort()).toEqual(['netctl.yaml', name].sort());
  });

  test('--format goes before the name, and without a file it is printed', async () => {
    const { stdout } = await at.netctl(['graph', '--wanted', '--format', 'dot', '-o', '-']);
    expect(stdout).toMatch(/^\/\/ drawn by netctl graph\ndigraph/);
    expect((await at.netctl(['graph', '--wanted', '--format', 'mermaid', '-o', 'x.svg'])).exitCode).toBe(0);
    expect(await file('x.svg')).toMatch(/^%%/);
  });

  test('--json prints the topology, whatever is written', async () => {
    const { stdout } = await at.netctl(['graph', '--wanted', '--json', '-o', 'a.svg']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      stack: 'home',
      hosts: [{ name: 'this host', state: 'wanted', networks: [{ name: 'lan', members: [{ name: 'printer' }] }] }],
      swarm: [],
      problems: [],
    });
    expect(await file('a.svg')).toContain('<svg');
  });
});

describe('nothing is lost', () => {
  test('a file that is no drawing stays as it is', async () => {
    expect(await refused('--wanted', '--format', 'svg', '-o', 'netctl.yaml')).toMatchObject({
      exitCode: 3,
      error: { code: 'REFUSED', message: 'netctl.yaml is there already, and is no drawing of netctl' },
    });
    expect(await file('netctl.yaml')).toBe(SPEC);
    expect(await refused('--wanted', '-o', '.')).toMatchObject({ exitCode: 3 });
    expect(await readdir(at.folder)).toEqual(['netctl.yaml']);
  });

  test('a name that says another format is refused before an engine is asked, and not given an SVG', async () => {
    const { exitCode, error } = await refused('-o', 'x.png');
    expect(exitCode).toBe(64);
    expect(error.message).toBe('The name of x.png says no format that graph draws');
    expect(error.hint).toBe(
      'Say --format, which takes svg, html, mermaid, dot, or name a file that ends in .svg, .html, .htm, .mmd, .mermaid, .dot, .gv.',
    );
    expect(await readdir(at.folder)).toEqual(['netctl.yaml']);
    expect((await at.netctl(['graph', '--wanted', '--format', 'svg', '-o', 'x.png'])).exitCode).toBe(0);
  });

  test('a folder that is not there', async () => {
    expect(await refused('--wanted', '-o', 'no/a.svg')).toMatchObject({
      exitCode: 64,
      error: { code: 'USAGE', message: 'Cannot write no/a.svg: there is no such folder' },
    });
  });
});

test('--proof of something else, or of nothing, is refused before anything is written', async () => {
  await writeFile(join(at.folder, 'proof.json'), '{}');
  expect(await refused('--wanted', '--proof', 'proof.json', '-o', 'a.svg')).toMatchObject({
    exitCode: 64,
    error: { code: 'USAGE' },
  });
  expect(await refused('--wanted', '--proof', 'none.json', '-o', 'a.svg')).toMatchObject({
    exitCode: 64,
    error: { code: 'USAGE', message: 'Cannot read none.json: there is no such file' },
  });
  expect((await readdir(at.folder)).sort()).toEqual(['netctl.yaml', 'proof.json']);
});

test('without --wanted an engine is asked, and --format knows four', async () => {
  expect(await refused()).toMatchObject({ exitCode: 69, error: { code: 'ENGINE_UNREACHABLE' } });
  const { exitCode, stderr } = await at.netctl(['graph', '--format', 'png']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('Allowed choices are svg, html, mermaid, dot');
});
