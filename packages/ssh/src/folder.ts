import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';

const PREFIX = 'netctl-ssh-';

/** The longest path of a Unix socket is 107 bytes, and ssh adds 17 to it while it makes one. */
const LONGEST_FOLDER = 70;

/** Between the folder and the socket in it that says whose it is passes a moment; what lacks one for longer has no owner. */
const MAKING_MS = 3_600_000;

/** A folder that nobody else can look into, for the sockets of one connection. Gone when disposed of. */
export interface PrivateFolder extends AsyncDisposable {
  readonly path: string;
  /** Where ssh shares the connection. */
  readonly control: string;
}

/**
 * Makes it where sockets belong: below the runtime folder, or below `/tmp` where that has a path that ssh would take for
 * something else. What netctl left there when it was killed is removed.
 */
export async function privateFolder(runtime: string): Promise<PrivateFolder> {
  const fits = /^\/[A-Za-z0-9_./-]*$/.test(runtime) && runtime.length <= LONGEST_FOLDER;
  const base = fits && (await isFolder(runtime)) ? runtime : '/tmp';
  await sweep(base);
  // mkdtemp makes it for its owner alone (0700).
  const path = await mkdtemp(join(base, PREFIX));
  const owner = await listen(ownerOf(path));
  return {
    path,
    control: join(path, 'c'),
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => owner.close(resolve));
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** A socket at which somebody is as long as the process lives that made the folder. */
function ownerOf(folder: string): string {
  return join(folder, 'o');
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** By their sockets, and not by process ids, which are others' in another container. */
async function sweep(base: string): Promise<void> {
  const names = (await readdir(base).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  for (const path of names.map((name) => join(base, name))) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.uid !== process.geteuid?.()) continue;
    const answer = await knock(ownerOf(path));
    const old = Date.now() - found.mtimeMs > MAKING_MS;
    const dead = answer === 'ECONNREFUSED' || (answer === 'ENOENT' && old);
    if (dead) await rm(path, { recursive: true, force: true });
  }
}

/** What comes of connecting to a socket; `open` where somebody is there. */
function knock(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const say = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => say('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => say(error.code ?? '?'));
  });
}
