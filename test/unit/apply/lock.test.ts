import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { takeLock } from '../../../packages/core/src/apply/lock.js';
import type { LockOptions } from '../../../packages/core/src/apply/lock.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const holder = { pid: 4711, stack: 'home', since: '2026-01-01T00:00:00.000Z' };
const options = (change: Partial<LockOptions> = {}): LockOptions => ({
  name: randomUUID(),
  holder,
  wait: 0,
  ...change,
});

describe('the lock of an engine', () => {
  test('is refused to a second one, who is told who holds it', async () => {
    const wanted = options();
    await using _lock = await takeLock(wanted);
    const second = takeLock({ ...wanted, holder: { ...holder, pid: 1 } });
    await expect(second).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    await expect(second).rejects.toThrow('(process 4711, stack home, since 2026-01-01T00:00:00.000Z)');
  });

  test('is another for another engine', async () => {
    await using _first = await takeLock(options());
    await using _second = await takeLock(options());
  });

  test('is free again once it was given back', async () => {
    const wanted = options();
    await (await takeLock(wanted))[Symbol.asyncDispose]();
    await using _lock = await takeLock(wanted);
  });

  test('goes to one who waits, as soon as it is given back', async () => {
    const wanted = options();
    const first = await takeLock(wanted);
    const order: string[] = [];
    const second = takeLock({ ...wanted, wait: 60_000 }).then((lock) => {
      order.push('second');
      return lock;
    });
    await new Promise((resolve) => setImmediate(resolve));
    order.push('first gives it back');
    await first[Symbol.asyncDispose]();
    await using _lock = await second;
    expect(order).toEqual(['first gives it back', 'second']);
  });

  test('goes to one of many who wait', async () => {
    const wanted = options();
    const first = await takeLock(wanted);
    let held = 0;
    const all = Array.from({ length: 5 }, async () => {
      await using _lock = await takeLock({ ...wanted, wait: 60_000 });
      held += 1;
      expect(held).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      held -= 1;
    });
    await first[Symbol.asyncDispose]();
    await Promise.all(all);
  });

  test('is freed by the kernel when its holder is killed', async () => {
    const wanted = options();
    const child = spawn(
      process.execPath,
      ['-e', `require('net').createServer().listen('\\0netctl/${wanted.name}', () => process.send('held'))`],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    await once(child, 'message');
    const waiting = takeLock({ ...wanted, wait: 60_000 });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await using _lock = await waiting;
  });

  test('is given up by a signal, with its reason', async () => {
    const wanted = options();
    await using _lock = await takeLock(wanted);
    const controller = new AbortController();
    const reason = new NetctlError('INTERRUPTED', 'stop');
    const waiting = takeLock({ ...wanted, wait: 60_000, signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test.each([
    ['no JSON', 'hello'],
    ['nothing', 'null'],
    ['no number', JSON.stringify({ ...holder, pid: '\u001b[2J' })],
    ['no name', JSON.stringify({ ...holder, stack: { toString: 'a' } })],
    ['no time', JSON.stringify({ ...holder, since: 7 })],
    ['more than anybody reads', JSON.stringify({ ...holder, more: 'x'.repeat(1_000_000) })],
  ])('a holder that says something else is a holder all the same: %s', async (_what, said) => {
    const wanted = options();
    await using _server = await stranger(wanted.name, said);
    const error = await takeLock(wanted).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'LOCKED', message: 'Another netctl is at work on this engine' });
  });

  test('what a holder says moves no cursor, and fills no screen', async () => {
    const wanted = options();
    const stack = `\u001b]0;x\u0007${'y'.repeat(200)}`;
    await using _server = await stranger(wanted.name, JSON.stringify({ pid: 1, stack, since: '\u009b2J' }));
    const told: string[] = [];
    const error = await takeLock({ ...wanted, wait: 1, onWait: (what) => told.push(what) }).catch(
      (reason: unknown) => reason,
    );
    const who = `(process 1, stack \\u001b]0;x\\u0007${'y'.repeat(47)}, since \\u009b2J)`;
    expect(error).toMatchObject({ message: `Another netctl is at work on this engine ${who}` });
    expect(told).toEqual([`another netctl ${who}`]);
  });
});

/** Somebody who has taken the name of a lock, and says this to whoever asks. */
async function stranger(name: string, said: string): Promise<AsyncDisposable> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.write(`${said}\n`);
  });
  await new Promise<void>((resolve) => server.listen(`\0netctl/${name}`, resolve));
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
