import { readFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Socket } from 'node:net';

import { NetctlError } from '../errors.js';
import { printable } from '../printable.js';

/** Who holds the lock, as told to whoever asks. */
export interface LockHolder {
  readonly pid: number;
  readonly stack: string;
  /** ISO 8601 */
  readonly since: string;
}

export interface LockOptions {
  /** What to lock: an engine's id. */
  readonly name: string;
  readonly holder: LockHolder;
  /** Milliseconds to wait for another holder to finish; 0 gives up at once. */
  readonly wait: number;
  readonly signal?: AbortSignal | undefined;
  /** What it is for, in the message for whoever does not get it. */
  readonly of?: string;
  /** Told whom it waits for, before it waits. */
  readonly onWait?: OnWait | undefined;
}

/** Takes `another netctl (process 7, stack home, since …)`. */
export type OnWait = (what: string) => void;

/** How long a holder may take to say who it is. */
const INTRODUCTION_MS = 1000;

/** Characters of what a holder says that are looked at; who he is takes fewer. */
const MOST_HEARD = 4096;

/** Characters of the name of a stack. */
const LONGEST_NAME = 63;

/**
 * The lock that keeps two netctl on one host from changing one engine at once: an abstract Unix socket, which the
 * kernel frees when the process ends, however it ends. Whoever connects to it is told who holds it.
 * @throws NetctlError LOCKED when somebody holds it after `wait`
 */
export async function takeLock(options: LockOptions): Promise<AsyncDisposable> {
  const path = pathOf(options.name);
  const end = performance.now() + options.wait;
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = await listen(path, options.holder);
    if (lock !== undefined) return lock;
    // It may have been aborted meanwhile, and an event that is past is not heard.
    options.signal?.throwIfAborted();
    const left = Math.max(end - performance.now(), 0);
    const other = await watchHolder(path, left, options);
    if (!other.gone) throw locked(other.holder, options.of);
  }
}

/**
 * Waits until nobody holds a lock, without taking it.
 * @throws NetctlError LOCKED when somebody holds it after `wait`
 */
export async function waitForLock(options: Omit<LockOptions, 'holder'>): Promise<void> {
  const other = await watchHolder(pathOf(options.name), options.wait, options);
  options.signal?.throwIfAborted();
  if (!other.gone) throw locked(other.holder, options.of);
}

const PREFIX = 'netctl/';

function pathOf(name: string): string {
  return `\0${PREFIX}${name}`;
}

/**
 * The names of the locks that are held in this network namespace. The kernel lists an abstract socket with `@` for each
 * NUL, and Node.js fills a name up with them.
 */
export async function heldLocks(): Promise<readonly string[]> {
  // Not /proc/net, a link to it that a sandbox may hide.
  const text = await readFile('/proc/self/net/unix', 'utf8').catch(() => '');
  return [...new Set([...text.matchAll(/ @netctl\/(\S+?)@*$/gm)].map(([, name = '']) => name))];
}

function locked(holder: LockHolder | undefined, of = 'this engine'): NetctlError {
  const who = holder === undefined ? '' : ` (${introduce(holder)})`;
  return new NetctlError('LOCKED', `Another netctl is at work on ${of}${who}`, {
    hint: 'Wait for it to finish, or let this one wait for it with --wait 30s.',
  });
}

function introduce({ pid, stack, since }: LockHolder): string {
  return `process ${pid}, stack ${stack}, since ${since}`;
}

/** Undefined when the name is taken. */
function listen(path: string, holder: LockHolder): Promise<AsyncDisposable | undefined> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.unref();
      socket.on('error', () => socket.destroy());
      socket.on('close', () => waiting.delete(socket));
      socket.write(`${JSON.stringify(holder)}\n`);
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    const close = (): Promise<void> =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of waiting) socket.destroy();
      });
    server.listen(path, () => {
      server.unref();
      resolve({ [Symbol.asyncDispose]: close });
    });
  });
}

interface Other {
  readonly gone: boolean;
  readonly holder?: LockHolder;
}

/** Waits for the holder to go: its end of the connection closes with it. */
function watchHolder(
  path: string,
  wait: number,
  { signal, onWait }: Omit<LockOptions, 'name' | 'holder' | 'wait'>,
): Promise<Other> {
  return new Promise((resolve) => {
    let text = '';
    let told = false;
    const socket = createConnection(path);
    const finish = (gone: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      const holder = parseHolder(text);
      resolve({ gone, ...(holder === undefined ? {} : { holder }) });
    };
    const onAbort = (): void => finish(true);
    // Even without waiting, the holder gets the time to say who it is.
    const timer = setTimeout(() => finish(false), Math.max(wait, INTRODUCTION_MS));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('data', (chunk) => {
      if (told || text.length > MOST_HEARD) return;
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      told = true;
      const holder = parseHolder(text);
      if (wait === 0) finish(false);
      else if (holder !== undefined) onWait?.(`another netctl (${introduce(holder)})`);
    });
    socket.on('close', () => finish(true));
    socket.on('error', () => finish(true));
  });
}

/** Anybody on the host can take the name, and say what he likes: nothing of it is to do more than be shown. */
function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, stack, since } = JSON.parse(text) as Partial<Record<keyof LockHolder, unknown>>;
    if (!Number.isSafeInteger(pid) || typeof stack !== 'string' || typeof since !== 'string') return undefined;
    return { pid: Number(pid), stack: shownOf(stack), since: shownOf(since) };
  } catch {
    return undefined;
  }
}

function shownOf(text: string): string {
  return printable(text).slice(0, LONGEST_NAME);
}
