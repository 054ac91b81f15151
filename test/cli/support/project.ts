import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository } from '../../integration/support/netctl.js';
import type { Packed } from './packed.js';

/**
 * A user's project in `folder`: our packages from their tarballs, and examples/library compiled with the user's compiler, with
 * no setting that only this repository has. What execa needs is taken from the node_modules of this repository.
 */
export async function compileExamples(packed: Packed, folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  for (const name of ['core', 'iproute2']) {
    const place = join(modules, '@netctl', name);
    await mkdir(place, { recursive: true });
    await execa('tar', ['--extract', '--file', packed.tarball(name), '--directory', place, '--strip-components=1']);
  }
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name === '@netctl' || name === '@types' || name.startsWith('.')) continue;
    await symlink(join(repository, 'node_modules', name), join(modules, name));
  }
  // Types of Node, and none of dockerode: what it has to do with stays inside the library.
  await mkdir(join(modules, '@types'));
  await symlink(join(repository, 'node_modules/@types/node'), join(modules, '@types/node'));
  await cp(join(repository, 'examples/library'), join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const compilerOptions = {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    rootDir: 'src',
    outDir: 'dist',
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const { stdout, exitCode } = await execa('npx', ['tsc', '--project', folder], {
    cwd: repository,
    reject: false,
    timeout: 90_000,
  });
  if (exitCode !== 0) throw new Error(`the examples do not compile as a user's project: ${stdout}`);
}
