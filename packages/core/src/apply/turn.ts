import { NetctlError } from '../errors.js';
import { pause } from '../pause.js';
import type { ApplyEvent } from './events.js';
import { journalFile } from './journal-file.js';
import type { ParkedEndpoint } from '../endpoints.js';
import type { Journal } from './journal.js';
import type { Backends, PlanResult } from './observe.js';
import { isOver, thisOwner } from './owner.js';
import { recover } from './recover.js';
import type { Elsewhere } from './recover.js';
import { startRun } from './run-step.js';

export interface TurnOptions {
  readonly stack: string;
  readonly stateDir: string;
  readonly backends: Backends;
  /** Take over what another machine left unfinished, or is believed to be at. */
  readonly resume: boolean;
  readonly restartStuck: boolean;
  /** Until when to wait for another netctl, by the monotonic clock. */
  readonly end: number;
  readonly look: () => Promise<PlanResult>;
  readonly emit: (event: ApplyEvent) => void;
  readonly elsewhere?: Elsewhere;
  readonly signal: AbortSignal | undefined;
}

const BETWEEN_LOOKS_MS = 250;

/**
 * Waits until nobody else is at work on the engine, as its copy of the journal tells; the local lock is held already.
 * What another stack left unfinished is put back first. What this one left is in the plan that is returned.
 * @throws NetctlError LOCKED, UNFINISHED
 */
export async function takeTurn(options: TurnOptions): Promise<PlanResult> {
  let told = false;
  for (;;) {
    const seen = await options.look();
    const { unfinished } = seen;
    if (unfinished === undefined) return seen;
    const { journal, owners, orphaned } = unfinished;
    const over = await Promise.all(owners.map(({ owner, startedAt }) => isOver(owner, startedAt)));
    if (!options.resume && over.includes(false)) {
      if (performance.now() >= options.end) throw await notOurs(journal);
      if (!told) options.emit({ event: 'waiting', what: `another netctl (${introduce(journal)})` });
      told = true;
      await pause(BETWEEN_LOOKS_MS, options.signal);
      continue;
    }
    const { stack, startedAt, owner } = journal;
    if (orphaned && !options.resume) {
      const parked = seen.facts.parked ?? [];
      if (parked.length > 0) throw forsaken(journal, parked);
      // All of it is right: it was finished from its other copy.
      await journalFile(options.stateDir, seen.facts.engine.id, stack).drop();
      continue;
    }
    options.emit({ event: 'unfinished', stack, startedAt, machine: owner.host });
    if (stack === options.stack) return seen;
    await putBack(journal, seen, unfinished.copies, options);
  }
}

/** Whether it was finished or given up nobody knows, and what is off or stopped now may be so on purpose. */
function forsaken({ stack, startedAt }: Journal, parked: readonly ParkedEndpoint[]): NetctlError {
  const names = parked.map(({ name, endpoint }) => `${endpoint.name} of network ${name}`).join(', ');
  return new NetctlError(
    'UNFINISHED',
    `An apply of ${stack} that began at ${startedAt} took containers off their networks, its copy in the engine is gone, and these are off or stopped: ${names}`,
    {
      hint: 'To have them put back say --resume; if that is as it should be, remove the file that netctl keeps of it.',
    },
  );
}

async function putBack(
  journal: Journal,
  { facts }: PlanResult,
  copies: readonly string[],
  { backends, stateDir, restartStuck, elsewhere }: TurnOptions,
): Promise<void> {
  const { problems, left } = await recover(journal, backends, startRun(journal.stack, restartStuck), elsewhere);
  if (left?.length !== 0) {
    throw new NetctlError('UNFINISHED', `An apply of the stack ${journal.stack} did not finish, and cannot be undone`, {
      problems,
      hint: `Mend what the problems name, then apply the spec of ${journal.stack} again. To give up what they name: docker network rm netctl-journal`,
    });
  }
  await journalFile(stateDir, facts.engine.id, journal.stack).drop();
  for (const id of copies) await backends.engine.dropJournal(id);
}

function introduce({ stack, startedAt, owner }: Journal): string {
  return `stack ${stack}, process ${String(owner.pid)} on ${owner.host}, since ${startedAt}`;
}

async function notOurs(journal: Journal): Promise<NetctlError> {
  const here = journal.owner.bootId === (await thisOwner()).bootId;
  const who = introduce(journal);
  return here
    ? new NetctlError('LOCKED', `Another netctl is at work on this engine (${who})`, {
        hint: 'Wait for it with --wait 30s; if it is over (a container that was removed, for one), go on with --resume.',
      })
    : new NetctlError(
        'UNFINISHED',
        `A netctl of another machine is at work on this engine, or did not finish (${who})`,
        {
          hint: `Wait for it with --wait 30s. If it is over, --resume puts back what it took off, and goes on.`,
        },
      );
}
