import type { FoundGuard, GuardNote } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import type { Place } from '../place.js';
import { guardFiles, KEEP } from './guard-program.js';

const TIMEOUT_MS = 10_000;

/** To set one takes a moment. */
const OLD_MS = 60_000;

/** The guards of this user on the host; those that were kept, or whose process was killed, are cleared away. */
export async function findGuards(place: Place, base: string, user: string): Promise<readonly FoundGuard[]> {
  // In a folder that others may write to, what others have made there is theirs.
  const search = ['find', base, '-maxdepth', '1', '-type', 'd', '-user', user, '-name', 'netctl-guard.*'];
  const { stdout } = await place.run(search, { timeout: TIMEOUT_MS });
  const found = await Promise.all(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((folder) => toGuard(place, folder)),
  );
  return found.flatMap((guard) => guard ?? []);
}

async function toGuard(place: Place, folder: string): Promise<FoundGuard | undefined> {
  const files = guardFiles(folder);
  const names = await place.files.list(folder);
  const note = toNote((await place.files.read([files.note])).get(files.note));
  const has = (name: string): boolean => names.includes(name);
  if (note !== undefined && has('undone')) return { id: folder, note, state: 'undone' };
  const isAlive =
    has('note') && (await place.run(['flock', '-n', '-x', files.note, 'true'], { timeout: TIMEOUT_MS })).exit !== 0;
  if (note !== undefined && isAlive && (has('undo') || has('undoing'))) return { id: folder, note, state: 'armed' };
  // One that was just made has no process yet, and belongs to a netctl that is at work.
  const isOld = note !== undefined && Date.now() - Date.parse(note.since) > OLD_MS;
  if (has('kept') || (!isAlive && isOld)) await removeGuard(place, folder);
  return undefined;
}

/** Keeps what it guards, or forgets what it has undone. */
export async function settleGuard(place: Place, folder: string): Promise<boolean> {
  const { undo, kept, gate } = guardFiles(folder);
  const isKept = (await place.run(['mv', undo, kept], { timeout: TIMEOUT_MS })).exit === 0;
  // Its process reads the word and ends; one that has ended reads nothing, which nobody waits for.
  if (isKept) await place.run(['timeout', '2', 'tee', gate], { timeout: TIMEOUT_MS, input: `${KEEP}\n` });
  else await guardEnd(place, folder, TIMEOUT_MS);
  await removeGuard(place, folder);
  return isKept;
}

/** Resolves when its process has ended, or after this time. */
export async function guardEnd(place: Place, folder: string, ms: number): Promise<void> {
  const seconds = String(Math.ceil(ms / 1000));
  await place.run(['flock', '-w', seconds, '-x', guardFiles(folder).note, 'true'], { timeout: ms + TIMEOUT_MS });
}

export async function removeGuard(place: Place, folder: string): Promise<void> {
  await runThere(place, ['rm', '-r', '-f', '--', folder]);
}

/** Runs a program there that has to succeed, and returns what it printed. */
export async function runThere(place: Place, argv: readonly string[], input?: string): Promise<string> {
  const outcome = await place.run(argv, { timeout: TIMEOUT_MS, ...(input === undefined ? {} : { input }) });
  if (outcome.exit === 0) return outcome.stdout;
  const said = outcome.stderr.trim() === '' ? (outcome.startError ?? 'it was not found') : outcome.stderr.trim();
  throw new NetctlError(
    'LINK_FAILED',
    `Cannot watch over the links of ${place.where} while they are changed: ${argv[0] ?? ''}: ${said}`,
    {
      hint: 'It takes the programs of coreutils, findutils and util-linux there, and a folder /run or /tmp that can be written to.',
    },
  );
}

function toNote(text: string | undefined): GuardNote | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<GuardNote>;
    if (typeof value.stack !== 'string' || typeof value.since !== 'string') return undefined;
    return {
      stack: value.stack,
      since: value.since,
      ...(typeof value.until === 'string' ? { until: value.until } : {}),
    };
  } catch {
    return undefined;
  }
}
