import { setImmediate as turn } from 'node:timers/promises';

import type { IpCommand } from './commands.js';
import { batchOf } from './batch.js';
import type { Batch } from './batch.js';
import type { Outcome } from './run.js';

/** Runs one program for one command, or for `count` of them. */
export type RunCommand = (command: IpCommand, count: number) => Promise<Outcome>;

interface Waiting {
  readonly command: IpCommand;
  readonly batch: Batch;
  readonly done: (outcome: Outcome) => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * Runs commands that are asked for side by side by one program: a hundred links are made, named, brought up and routed to
 * by a handful of processes instead of a thousand. Each command still succeeds or fails by itself, and one that is asked for
 * alone runs as it is. One of a group runs at a time; what is asked for meanwhile waits and is run together.
 */
export function sideBySide(run: RunCommand): (command: IpCommand) => Promise<Outcome> {
  const groups = new Map<string, Waiting[]>();

  const work = async (group: string, waiting: Waiting[]): Promise<void> => {
    // Whoever asks in this turn of the event loop is in time.
    do {
      await turn();
      await runAll(waiting.splice(0));
    } while (waiting.length > 0);
    groups.delete(group);
  };

  const runAll = async (all: readonly Waiting[]): Promise<void> => {
    const [first] = all;
    if (first === undefined) return;
    const commands = all.map((one) => one.command);
    try {
      const joined = all.length === 1 ? first.command : first.batch.join(commands);
      // An answer for many is one command all the same.
      const whole = await run(joined, joined === first.command ? 1 : all.length);
      for (const [at, { batch, done }] of all.entries()) {
        done(all.length === 1 ? whole : batch.outcomeOf(commands, at, whole));
      }
    } catch (reason) {
      for (const { failed } of all) failed(reason);
    }
  };

  return (command) => {
    const batch = batchOf(command);
    if (batch === undefined) return run(command, 1);
    return new Promise((done, failed) => {
      const waiting = groups.get(batch.group);
      const one = { command, batch, done, failed };
      if (waiting !== undefined) {
        waiting.push(one);
        return;
      }
      const own = [one];
      groups.set(batch.group, own);
      void work(batch.group, own);
    });
  };
}
