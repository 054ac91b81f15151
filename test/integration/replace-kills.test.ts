import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunningNetctl } from './support/netctl.js';
import { atWrite } from './support/replace/at-write.js';
import { openReplaceBench, type Outcome, type ReplaceBench } from './support/replace/bench.js';
import { seed, shuffled } from './support/replace/seeded.js';

/* netctl is killed in the middle of replacing networks in use, at every write; the next apply converges each time. */

vi.setConfig({ testTimeout: 900_000 });

let bench: ReplaceBench;

beforeAll(async () => {
  bench = await openReplaceBench();
});

afterAll(() => bench[Symbol.asyncDispose]());

/** Where an apply is struck: at a request to the engine, or at a command of `ip`, counted from 1. */
interface Point {
  readonly at: 'engine' | 'ip';
  readonly write: number;
  readonly when: 'before' | 'after';
  readonly signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM';
}

/**
 * SIGKILL after the effect of every request, before that of most (which is the same where they go one by one), and at
 * every command; what asks it to stop at some of them.
 */
function pointsOf({ writes, ipWrites }: Outcome): readonly Point[] {
  const after = [...writes.keys()].map((index): Point => kill('engine', index + 1, 'after'));
  const most = shuffled([...writes.keys()]).slice(0, Math.ceil(writes.length * 0.6));
  const before = most.map((index): Point => kill('engine', index + 1, 'before'));
  const cuts = shuffled(ipWrites.map((_, index) => index)).map((index, place): Point => {
    return kill('ip', index + 1, place % 2 === 0 ? 'before' : 'after');
  });
  const stops = [...writes.keys()]
    .filter((index) => index % 4 === 1)
    .map((index): Point => {
      return { at: 'engine', write: index + 1, when: 'before', signal: index % 8 === 1 ? 'SIGINT' : 'SIGTERM' };
    });
  return shuffled([...after, ...before, ...cuts, ...stops, { at: 'ip', write: 2, when: 'after', signal: 'SIGINT' }]);
}

function kill(at: Point['at'], write: number, when: Point['when']): Point {
  return { at, write, when, signal: 'SIGKILL' };
}

function struckAt({ at, write, when, signal }: Point): Promise<Outcome> {
  if (at === 'ip') return bench.attempt({ ip: { write, when, how: signal } });
  let running: RunningNetctl | undefined;
  const engine = atWrite(write, async (_call, outgoing, forward) => {
    if (when === 'after') await forward();
    await running?.signal(signal);
    if (signal !== 'SIGKILL') return false;
    outgoing.destroy();
    return true;
  });
  return bench.attempt({ engine }, (attempt) => {
    running = attempt.running;
  });
}

const exits = { SIGKILL: null, SIGINT: 130, SIGTERM: 143 };

test('wherever it is ended, the next apply converges', async () => {
  const whole = await bench.attempt();
  expect(whole.exitCode, whole.stderr).toBe(0);
  await bench.converge('not struck');
  const points = pointsOf(whole);
  let reached = 0;
  for (const point of points) {
    const { at, write, when, signal } = point;
    const told = `${signal} ${when} write ${String(write)} of ${at}, seed ${String(seed)}`;
    const { exitCode, stderr } = await struckAt(point);
    // One write more or less than the first time: a container that is started all the time is stopped, or needs not be.
    if (exitCode !== 0) {
      reached += 1;
      expect(exitCode, `${told}\n${stderr}`).toBe(exits[signal]);
      // Who is asked to stop puts everybody back first.
      if (signal !== 'SIGKILL') expect(await bench.places(), `${told}\n${stderr}`).toEqual(bench.before);
    }
    await bench.converge(told);
  }
  process.stdout.write(`kill points: ${String(reached)} of ${String(points.length)}, seed ${String(seed)}\n`);
  expect(reached).toBeGreaterThanOrEqual(40);
});
