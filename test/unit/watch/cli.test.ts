import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenAddress } from '../../../packages/cli/src/options.js';
import { watchFiles } from '../../../packages/cli/src/watch/files.js';
import { watchLines } from '../../../packages/cli/src/watch/text.js';
import type { WatchEvent } from '../../../packages/core/src/watch/events.js';

/* What the command has around the watch of the library. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-watched-'));
});
afterEach(() => rm(folder, { recursive: true }));

const round: WatchEvent = {
  event: 'round',
  round: 1,
  result: 'quiet',
  woken: [],
  wakes: 0,
  done: 0,
  left: 0,
  durationMs: 1,
};
const failed: WatchEvent = {
  event: 'failed',
  result: 'failed',
  code: 'LOCKED',
  message: 'it is',
  problems: [],
  times: 1,
};

test('files are watched by name: written, replaced, gone, back, or behind a link that moves', async () => {
  const [spec, env, target] = ['spec.yaml', '.env', 'one'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(target, 'a');
  await symlink(target, spec);
  let changes = 0;
  using files = watchFiles(() => (changes += 1));
  const read = (...names: readonly string[]): Promise<void> =>
    files.reading((onRead) => {
      for (const name of names) onRead(name);
      return Promise.resolve();
    });
  await read(spec, env);
  const noticed = async (act: () => Promise<unknown>): Promise<void> => {
    // Two changes within one look at the file are one.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const before = changes;
    await act();
    await expect.poll(() => changes, { timeout: 20_000 }).toBeGreaterThan(before);
  };
  await noticed(() => writeFile(target, 'bb'));
  await noticed(async () => {
    await writeFile(join(folder, 'two'), 'bb');
    await symlink(join(folder, 'two'), join(folder, 'new'));
    await rename(join(folder, 'new'), spec);
  });
  await noticed(() => rm(spec));
  await noticed(() => writeFile(spec, 'a'));
  await noticed(() => writeFile(env, 'A=b'));
  await read(spec);
  const before = changes;
  await writeFile(env, 'A=longer');
  await noticed(() => writeFile(spec, 'longer'));
  expect(changes).toBe(before + 1);
});

test('people read what lasts once', () => {
  expect(watchLines(failed, 'x')).toEqual(['failed: it is']);
  expect(watchLines({ ...failed, times: 2 }, 'x')).toEqual([]);
  expect(watchLines(round, 'x')).toEqual([]);
});

test.each([
  ['9479', '127.0.0.1', 9479],
  ['127.0.0.1:9479', '127.0.0.1', 9479],
  ['0.0.0.0:1', '0.0.0.0', 1],
  ['[::1]:9479', '::1', 9479],
  ['localhost:65535', 'localhost', 65_535],
])('a place to listen: %s', (text, host, port) => {
  expect(listenAddress(text)).toEqual({ host, port });
});
test.each(['', ':9479', '0', '65536', '::1:9479', 'a b:1', '127.0.0.1'])('no place to listen: %s', (text) => {
  expect(() => listenAddress(text)).toThrow(/Write an address and a port/);
});
