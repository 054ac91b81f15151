import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../../integration/support/netctl.js';

/** The packages of this repository as npm would publish them, and a way to install them as a user who has nothing else. */
export interface Packed extends AsyncDisposable {
  /** The tarball of a package, by the name of its folder in packages/. */
  tarball(name: string): string;
  /** A new folder with these tarballs installed, without network, cache, or settings of this machine's user. */
  installed(tarballs: readonly string[], options?: { readonly ignoreScripts?: boolean }): Promise<Installed>;
  /** Tarballs of packages of others that lie in node_modules of this repository. */
  others(names: readonly string[]): Promise<readonly string[]>;
}

export interface Installed {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function packAll(): Promise<Packed> {
  const work = await mkdtemp(join(tmpdir(), 'netctl-packed-'));
  const tarballs = join(work, 'tarballs');
  const home = join(work, 'home');
  await Promise.all([mkdir(tarballs), mkdir(home)]);
  const pack = async (folders: readonly string[]) => {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs, ...folders];
    const { stdout } = await execa('npm', args, { cwd: repository, timeout: 60_000 });
    return (JSON.parse(stdout) as { filename: string }[]).map(({ filename }) => join(tarballs, basename(filename)));
  };
  const names = ['core', 'iproute2', 'ssh', 'consul', 'cli'];
  const own = await pack(names.map((name) => `./packages/${name}`));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  return {
    tarball: (name) => own[names.indexOf(name)] ?? '',
    installed: async (files, { ignoreScripts = false } = {}) => {
      const folder = await mkdtemp(join(work, 'installed-'));
      await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
      const args = ['install', '--offline', '--no-audit', '--no-fund', ...(ignoreScripts ? ['--ignore-scripts'] : [])];
      await execa('unshare', ['--net', '--', 'npm', ...args, ...files], {
        cwd: folder,
        env,
        extendEnv: false,
        timeout: 60_000,
      });
      return { folder, env };
    },
    others: (wanted) => pack(wanted.map((name) => `./node_modules/${name}`)),
    [Symbol.asyncDispose]: () => rm(work, { recursive: true, force: true }),
  };
}

/** Every file below a folder, by its path. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
