/** The files of one guard, in a folder that is its user's alone. */
export interface GuardFiles {
  readonly folder: string;
  /** What it would do, for `ip -batch`. There as long as nobody has taken it: whoever renames it first decides. */
  readonly undo: string;
  readonly undoing: string;
  readonly undone: string;
  readonly kept: string;
  /** Whose it is, in JSON; its process holds a lock on it. */
  readonly note: string;
  /** A FIFO by which it says that it is at work. */
  readonly ready: string;
  /** A FIFO by which it is told of a confirmation, when it listens to nobody's end. */
  readonly gate: string;
  /** What its programs said. */
  readonly log: string;
}

export function guardFiles(folder: string): GuardFiles {
  const at = (name: string): string => `${folder}/${name}`;
  return {
    folder,
    undo: at('undo'),
    undoing: at('undoing'),
    undone: at('undone'),
    kept: at('kept'),
    note: at('note'),
    ready: at('ready'),
    gate: at('gate'),
    log: at('log'),
  };
}

/** The word that ends a guard before its time. */
export const KEEP = 'keep';

/** For whoever starts it to hear of it. */
const START_S = 10;

/**
 * The process that undoes, as one argument vector: `find` is what runs one program after another, and goes on or not by
 * how each ended, without a shell. It says that it is there; waits for the word on its standard input or the gate; and
 * when that ends without the word, or the time is up, renames the lines, runs them, and renames them again.
 * coreutils, findutils and util-linux have all of it, and so has BusyBox.
 */
export function guardProgram(
  { folder, undo, undoing, undone, note, ready, gate }: GuardFiles,
  { ip, peers }: { readonly ip: readonly string[]; readonly peers: readonly string[] },
  ms: number,
  hears: 'input' | 'gate',
): readonly string[] {
  const run = (...argv: readonly string[]): readonly string[] => ['-exec', ...argv, ';'];
  const wait = ['timeout', String(Math.ceil(ms / 1000)), 'grep', '-q', KEEP, hears === 'input' ? '-' : gate];
  return [
    // Shared, since the next one begins before this one ends.
    ...['nohup', 'flock', '-s', note, 'find', folder, '-maxdepth', '0'],
    ...run('timeout', String(START_S), 'cp', '/dev/null', ready),
    ...['!', ...run(...wait)],
    ...run('mv', undo, undoing),
    // It goes on whatever fails: what was not done needs no undoing.
    ...['(', ...run(...ip, '-force', '-batch', undoing), '-o', '-true', ')'],
    // Whoever heard of the host's address from a link that is gone has its MAC, and asks anew only after seconds: the kernel
    // answers for each address on every link (arp_ignore of ip-sysctl). A neighbour that is asked for learns the right one.
    ...peers.flatMap((peer) => ['(', ...run('ping', '-n', '-q', '-c', '1', '-w', '1', peer), '-o', '-true', ')']),
    ...run('mv', undoing, undone),
  ];
}
