import { type Host, startHost } from '@netctl/lab';
import type { LinkSafety } from '@netctl/core';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { iproute2 } from '../../packages/iproute2/src/backend.js';
import { until } from '../integration/support/until.js';

/* The guard by itself, on links of a kernel. */

let host: Host;
/** Programs that fail, once each, where they are run with such an argument. */
let broken: { program: string; argument: string }[];
let safety: LinkSafety;

beforeAll(async () => {
  host = await startHost({ engine: false });
  await ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'v1');
  // As over a connection of ssh, which may refuse a session for a moment.
  const command = (argv: readonly string[]): readonly string[] => {
    const at = broken.findIndex((one) => argv[0] === one.program && argv.some((some) => some.endsWith(one.argument)));
    if (at < 0) return argv;
    broken.splice(at, 1);
    return ['false'];
  };
  const ssh = { where: 'ssh://there', command, lost: () => Promise.resolve(undefined) };
  const links = iproute2({ command: ['ip', '-n', host.name], ssh });
  if (links.safety === undefined) throw new Error('nothing keeps the host within reach');
  ({ safety } = links);
});
afterAll(() => host.close());

beforeEach(async () => {
  broken = [];
  await ip('link', 'add', 'd0', 'link', 'v0', 'type', 'macvlan');
  await ip('addr', 'add', '10.7.0.1/24', 'dev', 'd0');
});
afterEach(async () => {
  await host.run('ip', ['link', 'delete', 'd0'], { reject: false });
  await until('no guard is left', async () => (await processes()).length === 0, 20_000);
  expect((await safety.guards()).filter((one) => one.note.stack === note.stack)).toEqual([]);
});

const ip = async (...args: string[]): Promise<string> => (await host.run('ip', args)).stdout;
const isThere = async (): Promise<boolean> => (await ip('-brief', 'link', 'show', 'type', 'macvlan')).includes('d0');
const note = { stack: 'link-guard', since: new Date().toISOString() };
const removal = [{ op: 'remove', name: 'd0' }] as const;

/** Those of guards of this test, which a folder tells. */
async function processes(): Promise<readonly number[]> {
  const { stdout } = await execa('ps', ['-e', '-o', 'pid=,args=']);
  const lines = stdout.split('\n').filter((line) => line.includes('netctl-guard.') && line.includes(host.name));
  return lines.map((line) => Number(line.trim().split(' ')[0]));
}

test('what is changed after a guard had undone is undone by another one that knows what it knew', async () => {
  const guard = await safety.guard(removal, 1_000, note, []);
  await ip('link', 'delete', 'd0');
  await until('the guard has undone', isThere);
  // The step of whoever was not heard in time ends only now.
  await ip('link', 'delete', 'd0');
  expect(await guard.undo()).toBe(false);
  expect(await isThere()).toBe(false);
  const again = await safety.guard([], 60_000, note, [], guard);
  expect(await again.undo()).toBe(true);
  expect(await ip('-brief', 'addr', 'show', 'dev', 'd0')).toContain('10.7.0.1/24');
});

test('a guard that was killed does not say that it has undone', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  const found = await processes();
  expect(found.length).toBeGreaterThan(0);
  for (const pid of found) process.kill(pid, 'SIGKILL');
  await ip('link', 'delete', 'd0');
  expect(await guard.undo()).toBe(false);
  expect(await isThere()).toBe(false);
});

test('a renewal that fails leaves the guard that is there, and nobody who undoes', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  await ip('link', 'delete', 'd0');
  broken.push({ program: 'cat', argument: '/ready' });
  await expect(guard.renew(60_000)).rejects.toMatchObject({ code: 'LINK_FAILED' });
  expect(await guard.renew(60_000)).toBe(true);
  expect(await guard.renew(60_000)).toBe(true);
  expect(await guard.keep()).toBe(true);
  expect(await isThere()).toBe(false);
});

test('after a renewal that failed, and one that did not, a guard that hears nothing undoes', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  await ip('link', 'delete', 'd0');
  broken.push({ program: 'cat', argument: '/ready' });
  await expect(guard.renew(60_000)).rejects.toMatchObject({ code: 'LINK_FAILED' });
  expect(await guard.renew(60_000)).toBe(true);
  expect(await guard.renew(1_000)).toBe(true);
  await until('the guard has undone', isThere);
  expect(await guard.keep()).toBe(false);
});

test('a word that did not get through decides nothing', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  broken.push({ program: 'mv', argument: '/undo' });
  expect(await guard.keep()).toBe(true);
  const other = await safety.guard(removal, 60_000, note, []);
  broken.push({ program: 'mv', argument: '/undo' }, { program: 'mv', argument: '/undo' });
  await ip('link', 'delete', 'd0');
  await expect(other.keep()).rejects.toMatchObject({ code: 'LINK_FAILED' });
  // It is at work still.
  expect(await other.undo()).toBe(true);
  expect(await isThere()).toBe(true);
});

test('one that was left to a confirmation, and could not be seen to be, undoes when it is told to', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  await ip('link', 'delete', 'd0');
  broken.push({ program: 'ls', argument: '/undo' });
  await expect(guard.leave(60_000)).rejects.toMatchObject({ code: 'LINK_FAILED' });
  expect(await guard.undo()).toBe(true);
  expect(await isThere()).toBe(true);
});

test('one that has undone is not left to a confirmation, and is gone at once', async () => {
  const guard = await safety.guard(removal, 1_000, note, []);
  await ip('link', 'delete', 'd0');
  await until('the guard has undone', isThere);
  expect(await guard.leave(60_000)).toBe(false);
  expect(await guard.keep()).toBe(false);
});

test('a look at the guard that fails is not taken for a guard that has undone', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  broken.push({ program: 'ls', argument: '/undo' });
  await expect(guard.renew(60_000)).rejects.toThrow('What has become of the guard of the links of ssh://there');
  expect(await guard.renew(60_000)).toBe(true);
  expect(await guard.keep()).toBe(true);
});

test('what is left of a guard that was let go is no failure', async () => {
  const guard = await safety.guard(removal, 60_000, note, []);
  broken.push({ program: 'rm', argument: '' });
  expect(await guard.keep()).toBe(true);
});
