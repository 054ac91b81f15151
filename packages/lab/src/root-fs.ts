import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from './error.js';
import { findProgram } from './programs.js';
import { run } from './run.js';

/** What goes into an image. */
export interface ImageFiles {
  /** Full paths of programs of this machine; each is put at the same path, with the libraries it is linked to. */
  readonly programs?: readonly string[];
  /** True: busybox at /bin/busybox, with the names a network workload needs linked to it. */
  readonly busybox?: boolean;
}

/** More than a test wants today; a name that this machine's busybox lacks would fail only when it is called. */
const applets = ['sh', 'ip', 'ping', 'ping6', 'arping', 'sleep', 'httpd', 'nc', 'cat', 'ls', 'hostname', 'true'];

/** Fills an empty folder with the root file system of an image. */
export async function fillRootFs(root: string, files: ImageFiles): Promise<void> {
  for (const program of files.programs ?? []) await addProgram(root, program, program);
  if (files.busybox !== true) return;
  const busybox = await findProgram('busybox');
  if (busybox === undefined) throw new LabError('the image needs busybox (Debian package busybox-static)');
  await addProgram(root, busybox, '/bin/busybox');
  for (const applet of applets) await symlink('busybox', join(root, 'bin', applet));
}

async function addProgram(root: string, program: string, target: string): Promise<void> {
  await copy(program, join(root, target));
  for (const library of await librariesOf(program)) await copy(library, join(root, library));
}

/** The loader and the libraries of a dynamic program, by ldd; none for a static one, at which ldd fails. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run(['ldd', program], { reject: false });
  const missing = /^\s*(\S+) => not found/m.exec(stdout)?.[1];
  if (missing !== undefined) throw new LabError(`${program} needs ${missing}, which is not on this machine`);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}

/** Links are followed: the copy is the file, at the path by which the loader asks for it. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to).catch((error: unknown) => {
    throw new LabError(`cannot copy ${from} into the image: ${(error as Error).message}`, { cause: error });
  });
}
