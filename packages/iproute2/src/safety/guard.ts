import type { ChildProcess } from 'node:child_process';
import type { GuardNote, LinkGuard } from '@netctl/core';
import { NetctlError } from '@netctl/core';
import type { Place } from '../place.js';
import { guardFiles, guardProgram, KEEP } from './guard-program.js';
import type { GuardFiles } from './guard-program.js';
import { removeGuard, runThere } from './guard-folder.js';

/** A guard, and the lines by which it undoes. */
export interface SetGuard extends LinkGuard {
  readonly lines: readonly string[];
}

/** What sets guards on one host. */
export interface GuardHost {
  readonly place: Place;
  /** The argument vector that runs `ip` with the right to change links. */
  readonly ip: readonly string[];
  /** The folder for those of guards. */
  readonly base: string;
  /** Addresses to speak to when something was undone. */
  readonly peers: readonly string[];
}

/** For the process to hear the word and end. */
const END_MS = 10_000;

/** For `ip` to undo what took it a moment to do, link after link, and for each peer to be spoken to. */
const UNDO_MS = 60_000;

/** Sets a guard; it is at work when this resolves. */
export async function setGuard(
  host: GuardHost,
  lines: readonly string[],
  ms: number,
  note: GuardNote,
): Promise<SetGuard> {
  const { place, base } = host;
  const folder = (await runThere(place, ['mktemp', '-d', `${base}/netctl-guard.XXXXXXXXXX`])).trim();
  const files = guardFiles(folder);
  try {
    await runThere(place, ['mkfifo', '-m', '600', files.ready, files.gate]);
    await runThere(place, ['tee', files.note], JSON.stringify(note));
    await runThere(place, ['tee', files.undo], lines.map((line) => `${line}\n`).join(''));
    return handle(host, files, lines, note, await start(host, files, ms, 'input'));
  } catch (error) {
    await removeGuard(place, folder).catch(() => undefined);
    throw error;
  }
}

function handle(
  host: GuardHost,
  files: GuardFiles,
  lines: readonly string[],
  note: GuardNote,
  first: ChildProcess,
): SetGuard {
  const { place } = host;
  let current = first;
  let listens: 'input' | 'gate' = 'input';
  /** One that did not come may wait at the FIFO still, and would be taken for the next one. */
  let isFifoTaken = false;
  let turn: Promise<unknown> = Promise.resolve();
  /** One after another: it may be told to stay while it is told to begin anew. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };
  /** Where neither is seen it is the look that failed, as over a connection that is being lost. */
  const armed = async (): Promise<boolean> => {
    const there = await place.files.present([files.undo, files.note]);
    if (!there.has(files.undo) && !there.has(files.note)) throw unseen(place);
    return there.has(files.undo);
  };
  /** The one that is there goes only after the next one has come. */
  const relieve = async (ms: number, hears: 'input' | 'gate'): Promise<boolean> => {
    if (isFifoTaken) {
      await runThere(place, ['rm', '-f', '--', files.ready]);
      await runThere(place, ['mkfifo', '-m', '600', files.ready]);
    }
    isFifoTaken = true;
    const next = await start(host, files, ms, hears);
    isFifoTaken = false;
    const ended = endOf(current, END_MS);
    current.stdin?.end(`${KEEP}\n`);
    current = next;
    listens = hears;
    await ended;
    return armed();
  };
  const leave = async (ms: number): Promise<boolean> => {
    const until = new Date(Date.now() + ms).toISOString();
    await runThere(place, ['tee', files.note], JSON.stringify({ ...note, until }));
    try {
      return await relieve(ms, 'gate');
    } finally {
      if (listens === 'gate') {
        current.stdin?.end();
        current.unref();
      }
    }
  };
  /** Says the word to it, or nothing, and sees whether it ends in this time. */
  const dismiss = async (word: string, ms: number): Promise<boolean> => {
    const ended = endOf(current, ms);
    if (listens === 'input') current.stdin?.end(word);
    // One that has ended reads nothing, which nobody waits for.
    else await place.run(['timeout', '2', 'tee', files.gate], { timeout: END_MS, input: word });
    return ended;
  };
  /** What is left of it is told of by the next apply, or cleared away: no reason to take back what was decided. */
  const remove = (): Promise<void> => removeGuard(place, files.folder).catch(() => undefined);
  /** Whoever renames the lines first decides. A rename that failed says nothing of that: it may not have been tried. */
  const decide = async (): Promise<boolean> => {
    for (let tries = 0; tries < 2; tries += 1) {
      if ((await place.run(['mv', files.undo, files.kept], { timeout: END_MS })).exit === 0) return true;
      const there = await place.files.present([files.kept, files.undoing, files.undone]);
      if (there.has(files.kept)) return true;
      if (there.size > 0) return false;
    }
    throw unseen(place);
  };
  const undo = async (): Promise<boolean> => {
    let isArmed: boolean;
    let hasEnded: boolean;
    try {
      isArmed = await armed();
    } finally {
      hasEnded = await dismiss('', UNDO_MS);
    }
    if (!hasEnded) throw unseen(place);
    const isUndone = (await place.files.present([files.undone])).has(files.undone);
    await remove();
    return isArmed && isUndone;
  };
  return {
    lines,
    renew: (ms) => inTurn(() => relieve(ms, 'input')),
    leave: (ms) => inTurn(() => leave(ms)),
    keep: () =>
      inTurn(async () => {
        const kept = await decide();
        await dismiss(`${KEEP}\n`, END_MS);
        await remove();
        return kept;
      }),
    undo: () => inTurn(undo),
  };
}

/** Starts the process, and resolves when it says that it is there. */
async function start(
  { place, ip, peers }: GuardHost,
  files: GuardFiles,
  ms: number,
  hears: 'input' | 'gate',
): Promise<ChildProcess> {
  const child = await place.launch(guardProgram(files, { ip, peers }, ms, hears), files.log);
  const ready = place.run(['cat', files.ready], { timeout: END_MS });
  const failed = new Promise<'failed'>((resolve) =>
    child.once('exit', () => resolve('failed')).once('error', () => resolve('failed')),
  );
  const first = await Promise.race([ready, failed]);
  if (first !== 'failed' && first.exit === 0) return child;
  // Not killed: what it started would go on, and undo. It reads the word when somebody hears that it is there, or ends.
  child.stdin?.end(`${KEEP}\n`);
  child.unref();
  const said = (await place.files.read([files.log])).get(files.log) ?? '';
  throw new NetctlError(
    'LINK_FAILED',
    `Cannot watch over the links of ${place.where} while they are changed: ${said.trim() || 'find did not start'}`,
    {
      hint: 'It takes the programs find, flock, timeout, nohup, grep, cp and mv there (findutils, util-linux, coreutils).',
    },
  );
}

function unseen({ where }: Place): NetctlError {
  return new NetctlError('LINK_FAILED', `What has become of the guard of the links of ${where} cannot be seen`, {
    hint: 'The way there may be lost for a moment, or the host be too busy.',
  });
}

/** Whether it ends before this deadline. */
function endOf(child: ChildProcess, ms: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
