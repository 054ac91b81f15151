import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { netctlProgram } from '../integration/support/netctl.js';
import { type CliFolder, openCliFolder } from './support/run-cli.js';

/* What is no error of netctl's own: a fault of the program, provoked by breaking what Node.js gives it; and an old Node.js. */

const THROWN = `globalThis.AbortController = class { constructor() { throw new TypeError('odd \\u001b[2J thing'); } };`;
const UNCAUGHT = `const Real = AbortController;
globalThis.AbortController = class extends Real {
  constructor() { super(); setImmediate(() => { throw new TypeError('odd \\u001b[2J thing'); }); }
};`;

let folder: CliFolder;
let broken: Record<'thrown' | 'uncaught', string>;
beforeAll(async () => {
  folder = await openCliFolder();
  await folder.write('netctl.yaml', 'name: home\n');
  broken = {
    thrown: `--import=${await folder.write('thrown.mjs', THROWN)}`,
    uncaught: `--import=${await folder.write('uncaught.mjs', UNCAUGHT)}`,
  };
});
afterAll(() => folder[Symbol.asyncDispose]());

test.each(['thrown', 'uncaught'] as const)('%s: one clear message, and what to report', async (how) => {
  const { exitCode, stderr } = await folder.netctl(['validate'], { env: { NODE_OPTIONS: broken[how] } });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `netctl: This is a fault of netctl itself: odd \\u001b[2J thing
    Report it with this line, the command, and what netctl --version says; NETCTL_DEBUG=1 shows where it happened. Run the same command again: it goes on from what is there.`,
  );
});

test('NETCTL_DEBUG shows where it happened', async () => {
  const env = { NODE_OPTIONS: broken.thrown, NETCTL_DEBUG: '1' };
  const { stderr } = await folder.netctl(['validate'], { env });
  expect(stderr).toMatch(/^\s+at new globalThis\.AbortController/m);
  expect(stderr).not.toContain('\u001b');
});

test('with --json it is a document', async () => {
  const env = { NODE_OPTIONS: broken.thrown };
  const { exitCode, stdout, stderr } = await folder.netctl(['validate', '--json'], { env });
  expect([exitCode, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout)).toMatchObject({ event: 'report', error: { code: 'INTERNAL', exit: 1, problems: [] } });
});

test.each(['10.19.0', '12.22.12', '18.20.4', '20.18.3'])('Node.js %s is too old, and is told so', (version) => {
  let said = '';
  const process = { versions: { node: version }, stderr: { write: (text: string) => (said += text) }, exitCode: 0 };
  // As a script, as which one that knows no modules reads it: it imports nothing before it has looked.
  runInNewContext(readFileSync(netctlProgram, 'utf8'), { process });
  expect(process.exitCode).toBe(1);
  expect(said).toMatch(
    new RegExp(`^netctl: This is Node\\.js ${version.replaceAll('.', '\\.')}, and netctl needs 20\\.19`),
  );
  expect(said).toContain('Install a newer Node.js');
});
