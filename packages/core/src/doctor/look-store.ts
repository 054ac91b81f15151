import type { HostReader } from './host-reader.js';
import type { Looked, StoreFacts } from './facts.js';

/** Where an engine keeps its data unless told (moby, its config package). */
const DEFAULT_ROOT = '/var/lib/docker';

/** The two meta pages of bbolt, 4,096 bytes each, with a page header of 16 bytes before the meta. */
const METAS = [16, 4096 + 16];

/** Looks at the file of the engine's local networks, by programs that only read. */
export async function lookAtStore(
  reader: HostReader,
  rootDir: string | undefined,
  signal?: AbortSignal,
): Promise<Looked<StoreFacts>> {
  const root = rootDir === undefined || rootDir === '' ? DEFAULT_ROOT : rootDir;
  const path = `${root}/network/files/local-kv.db`;
  const [room, mounts, ...metas] = await Promise.all([
    reader.print(['stat', '-f', '-c', '%S %a %d', root], signal),
    reader.read(['/proc/self/mounts'], signal),
    ...METAS.map((at) => reader.print(['od', '-A', 'n', '-t', 'x4', '-j', String(at), '-N', '8', path], signal)),
  ]);
  if (room.exit !== 0) {
    const why = room.stderr.includes('No such file') ? `there is no folder ${root}` : `${root} cannot be looked at`;
    return {
      why: rootDir === undefined ? `${why}, and no engine says where its own is` : why,
      cure: 'Run it as root.',
    };
  }
  const [blockSize = NaN, blocks = NaN, inodes = NaN] = room.stdout.trim().split(' ').map(Number);
  const [first, second] = metas;
  const readable = first?.exit === 0 && second?.exit === 0;
  return {
    seen: {
      path,
      ...(Number.isNaN(blocks) ? {} : { freeBytes: blockSize * blocks }),
      ...(Number.isNaN(inodes) ? {} : { freeInodes: inodes }),
      readOnly: isReadOnly(mounts.get('/proc/self/mounts') ?? '', root),
      ...(readable ? { metas: [first.stdout.trim(), second.stdout.trim()] } : {}),
    },
  };
}

/** By the mount that the folder is on: the one with the longest path, and of those the last. */
function isReadOnly(mounts: string, folder: string): boolean {
  const on = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, at = '', , options = '']) => ({ at: at.replaceAll('\\040', ' '), options: options.split(',') }))
    .filter(({ at }) => at === '/' || folder === at || folder.startsWith(`${at}/`));
  const longest = Math.max(...on.map(({ at }) => at.length));
  return on.findLast(({ at }) => at.length === longest)?.options.includes('ro') === true;
}
