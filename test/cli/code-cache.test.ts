import {
  chmod,
  chown,
  copyFile,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { netctlProgram } from '../integration/support/netctl.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netctl-cache-'));
  await chmod(folder, 0o755);
  await cp(dirname(netctlProgram), bundle('own'), { recursive: true, filter: (path) => !path.includes('.v8-') });
  await writeFile(join(folder, 'netctl.yaml'), 'name: home\nnetworks: {}\n');
});

afterEach(() => rm(folder, { recursive: true }));

const bundle = (name: string): string => join(folder, name);

/** What a plan of the links of nothing says. */
async function plan(name: string, through: readonly string[] = []): Promise<string> {
  const program = join(bundle(name), basename(netctlProgram));
  const argv = [...through, process.execPath, program, 'plan', '--links-only', join(folder, 'netctl.yaml')];
  const [command = '', ...args] = argv;
  const { stdout, stderr } = await execa(command, args, { reject: false, timeout: 30_000 });
  return stdout + stderr;
}

async function fileOf(name: string, what: (file: string) => boolean): Promise<string | undefined> {
  const found = (await readdir(bundle(name))).find(what);
  return found === undefined ? undefined : join(bundle(name), found);
}

const cacheOf = (name: string): Promise<string | undefined> => fileOf(name, (file) => file.includes('.v8-'));

const NOTHING = 'Nothing to do';
const OTHER = 'SOMETHING ELSE'.slice(0, NOTHING.length);

/**
 * Puts code into the cache that says something else than the script. V8 looks at the length of a script alone, so what it
 * then says tells which of the two was run.
 */
async function exchangeCache(): Promise<string> {
  await plan('own');
  await cp(bundle('own'), bundle('other'), { recursive: true, filter: (path) => !path.includes('.v8-') });
  const script = await fileOf('other', (file) => /^start-.*\.cjs$/.test(file));
  if (script === undefined) throw new Error('no script in the bundle');
  await writeFile(script, (await readFile(script, 'latin1')).replaceAll(NOTHING, OTHER), 'latin1');
  await plan('other');
  const [own, other] = [await cacheOf('own'), await cacheOf('other')];
  if (own === undefined || other === undefined) throw new Error('no cache was kept');
  await copyFile(other, own);
  return own;
}

describe('the compiled code of netctl', () => {
  test('is kept by the first run, for all users, and taken by the next', async () => {
    const cache = await exchangeCache();
    expect((await stat(cache)).mode & 0o777).toBe(0o644);
    expect(await plan('own')).toContain(OTHER);
    expect((await readdir(bundle('own'))).filter((file) => file.includes('.v8-'))).toEqual([basename(cache)]);
  });

  test.each([
    ['that others may write', (cache: string) => chmod(cache, 0o666)],
    ['of another user', (cache: string) => chown(cache, 65_534, 65_534)],
  ])('is not taken from a file %s', async (_name, spoil) => {
    await spoil(await exchangeCache());
    expect(await plan('own')).toContain(NOTHING);
  });

  test('is made again where its file was cut short', async () => {
    const cache = await exchangeCache();
    const { size } = await stat(cache);
    await truncate(cache, size >> 1);
    expect(await plan('own')).toContain(NOTHING);
    expect((await stat(cache)).size).toBeGreaterThan(size >> 1);
    expect(await plan('own')).toContain(NOTHING);
  });

  test('is not kept where the user may not write', async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(await plan('own', nobody)).toContain(NOTHING);
    expect(await cacheOf('own')).toBeUndefined();
  });
});
