import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';

import { NetctlError } from '@netctl/core';

import { masterArguments } from './arguments.js';
import type { Control } from './arguments.js';
import { connectFailure, sshMissing, tooSlow } from './errors.js';
import { quote } from './quote.js';

/** The `ssh` that keeps a connection. */
export interface Master {
  /** What it said on its standard error so far. */
  said(): string;
  /** Whether it has ended. */
  over(): boolean;
  /** Ends the connection, and resolves when its process is gone. */
  close(): Promise<void>;
}

/** For that to end which is asked to; then it is killed. */
const PATIENCE_MS = 3_000;

/** Enough to say what went wrong. */
const KEPT = 8_000;

/**
 * Makes the connection and shares it. At the far end `cat` reads what this process does not write, until its end: when
 * netctl goes, however it goes, `cat` ends and with it the connection. That it answers is the sign that the login is done.
 */
export async function startMaster(
  control: Control,
  names: { readonly where: string; readonly destination: string },
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Master> {
  signal?.throwIfAborted();
  const { where, destination } = names;
  const child = spawn('ssh', masterArguments(control, timeout, quote(['cat'])), {
    stdio: 'pipe',
    // A session of its own: Ctrl-C in a terminal is for netctl, which finishes the step that is under way.
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
  });
  let said = '';
  let over = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT)));
  // It may be gone before it reads.
  child.stdin.on('error', () => undefined);
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      over = true;
      resolve();
    }),
  );
  const close = async (): Promise<void> => {
    if (over || child.pid === undefined) return;
    child.stdin.end();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(timer);
  };

  const word = `netctl-${randomBytes(8).toString('hex')}`;
  let heard = '';
  const answered = new Promise<'answered'>((resolve) => {
    // Its shell may have said something first.
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard = (heard + text).slice(-KEPT);
      if (heard.includes(word)) resolve('answered');
    });
  });
  child.stdin.write(`${word}\n`);
  const deadline = AbortSignal.timeout(timeout);
  const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const stopped = new Promise<'stopped'>((resolve) =>
    stop.addEventListener('abort', () => resolve('stopped'), { once: true }),
  );
  const first = await Promise.race([answered, failed, ended, stopped]);
  if (first === 'answered') return { said: () => said, over: () => over, close };
  if (first instanceof Error) {
    if ((first as NodeJS.ErrnoException).code === 'ENOENT') throw sshMissing(where, first);
    throw new NetctlError('ENGINE_UNREACHABLE', `Cannot run ssh for ${where}: ${first.message}`, {
      hint: 'Look at whether the program ssh can be run here.',
      cause: first,
    });
  }
  await close();
  signal?.throwIfAborted();
  throw first === 'stopped' ? tooSlow(where, timeout, said) : connectFailure(where, destination, said);
}
