import { NetctlError } from '../errors.js';
import type { HostName } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { FoundGuard, GuardNote, LinkSafety } from '../safety.js';
import { TERM_MS } from './stage-safety.js';

/**
 * What guards on a host have to tell before anything is looked at. One whose netctl was killed undoes now, and is waited
 * for; one that waits for a confirmation is somebody's who may not be there.
 * @throws NetctlError LOCKED
 */
export async function settleGuards(safety: LinkSafety | undefined, host: HostName): Promise<readonly Problem[]> {
  const told: Problem[] = [];
  for (const { id, note, state } of (await safety?.guards()) ?? []) {
    if (state === 'armed' && note.until !== undefined) throw unconfirmed(note);
    if (state === 'armed') await safety?.ended(id, 2 * TERM_MS);
    if ((await safety?.settle(id)) !== true) told.push({ ...problem('note', 'RECOVERED', '', undoneNote(note)), host });
  }
  return told;
}

/** What `confirm` has found on a host. */
export interface Confirmed {
  /** Of whom what was done to the links stays. */
  readonly kept: readonly GuardNote[];
  /** Of whom it had been undone by then. */
  readonly undone: readonly GuardNote[];
}

/** Keeps what an apply with `confirm` did to the links of a host. */
export async function confirmLinks(safety: LinkSafety | undefined): Promise<Confirmed> {
  const guards = ((await safety?.guards()) ?? []).filter(
    ({ state, note }) => state === 'undone' || note.until !== undefined,
  );
  const settled = await Promise.all(
    guards.map(async (guard: FoundGuard) => ({ note: guard.note, kept: (await safety?.settle(guard.id)) === true })),
  );
  return {
    kept: settled.filter(({ kept }) => kept).map(({ note }) => note),
    undone: settled.filter(({ kept }) => !kept).map(({ note }) => note),
  };
}

/** Resolves when all has been undone that nobody has confirmed. */
export async function unconfirmedUndone(safety: LinkSafety | undefined): Promise<void> {
  for (const { id, note, state } of (await safety?.guards()) ?? []) {
    if (note.until === undefined) continue;
    if (state === 'armed') await safety?.ended(id, Math.max(Date.parse(note.until) - Date.now(), 0) + 2 * TERM_MS);
    await safety?.settle(id);
  }
}

/** For people. */
export function undoneNote({ stack, since, until }: GuardNote): string {
  const why = until === undefined ? 'did not live to see whether it cut the host off' : 'was not confirmed';
  return `the links are as they were before an apply of ${stack} that began at ${since} and ${why}`;
}

function unconfirmed({ stack, until }: GuardNote): NetctlError {
  return new NetctlError('LOCKED', `An apply of ${stack} waits to be confirmed until ${until ?? ''}`, {
    hint: 'Run `netctl confirm` to keep what it did, or wait until it is undone.',
  });
}
