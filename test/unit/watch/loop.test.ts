import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeLoop } from '../../../packages/core/src/watch/loop.js';
import type { Loop, RoundEnd, Woken } from '../../../packages/core/src/watch/loop.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const timing = { debounce: 500, ceiling: 5000, interval: 30_000, backoff: { first: 1000, longest: 8000 } };

/** A loop whose rounds a test looks at. Each takes no time unless told. */
function bench(ends: (round: number) => { readonly end?: RoundEnd; readonly takes?: number } = () => ({})) {
  const controller = new AbortController();
  const starts: number[] = [];
  const woken: Woken<string>[] = [];
  let atOnce = 0;
  let most = 0;
  const loop: Loop<string> = makeLoop<string>({
    timing,
    random: () => 1,
    run: async (what) => {
      starts.push(performance.now());
      woken.push(what);
      atOnce += 1;
      most = Math.max(most, atOnce);
      const { end, takes = 0 } = ends(starts.length);
      if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
      atOnce -= 1;
      return end;
    },
  });
  const ended = loop.run(controller.signal);
  const begun = performance.now();
  return {
    loop,
    woken,
    /** When rounds began, from the start of the loop. */
    at: () => starts.map((start) => Math.round(start - begun)),
    most: () => most,
    pass: async (milliseconds: number) => {
      await vi.advanceTimersByTimeAsync(milliseconds);
    },
    stop: async () => {
      controller.abort();
      await vi.advanceTimersByTimeAsync(100_000);
      await ended;
    },
  };
}

test('it looks at once, and then as often as the interval says', async () => {
  const { at, pass, stop, woken } = bench();
  await pass(61_000);
  expect(at()).toEqual([0, 30_000, 60_000]);
  expect(woken[1]).toEqual({ reasons: [], count: 0 });
  await stop();
});

test('what happens together is looked at together, after a moment of silence', async () => {
  const { loop, at, pass, stop, woken } = bench();
  await pass(10_000);
  loop.wake('a');
  await pass(400);
  loop.wake('b');
  await pass(400);
  expect(at()).toEqual([0]);
  await pass(200);
  expect(at()).toEqual([0, 10_900]);
  expect(woken[1]).toEqual({ reasons: ['a', 'b'], count: 2 });
  await stop();
});

test('a stream that never pauses is looked at all the same, and no more often than the ceiling says', async () => {
  const { loop, at, pass, stop, woken } = bench();
  await pass(1000);
  for (let count = 0; count < 200; count += 1) {
    loop.wake('event');
    await pass(100);
  }
  expect(at()).toEqual([0, 6000, 11_000, 16_000, 21_000]);
  expect(woken[1]?.reasons).toHaveLength(10);
  expect(woken[1]?.count).toBe(50);
  await stop();
});

test('a wish during a round has another one follow', async () => {
  const { loop, at, pass, stop } = bench((round) => ({ takes: round === 1 ? 3000 : 0 }));
  await pass(1000);
  loop.wake('now');
  await pass(2400);
  expect(at()).toEqual([0]);
  await pass(200);
  expect(at()).toEqual([0, 3500]);
  await stop();
});

describe('failures', () => {
  test('the pause doubles to the longest, whatever happens, and is forgotten with a success', async () => {
    const { loop, at, pass, stop } = bench((round) => ({ end: { failed: round < 6 } }));
    const events = setInterval(() => loop.wake('event'), 50);
    await pass(40_000);
    clearInterval(events);
    // The sixth is well, so that the events count again.
    expect(at().slice(0, 8)).toEqual([0, 1000, 3000, 7000, 15_000, 23_000, 28_050, 33_100]);
    await stop();
  });

  test('jitter takes a quarter at the most', async () => {
    const { backoff } = await import('../../../packages/core/src/watch/timing.js');
    expect([1, 2, 3, 4, 5, 1000].map((failures) => backoff(failures, timing.backoff, 0))).toEqual([
      750, 1500, 3000, 6000, 6000, 6000,
    ]);
    expect(backoff(1, timing.backoff, 1)).toBe(1000);
  });

  test('what somebody asks for does not wait for the end of a pause', async () => {
    const { loop, at, pass, stop } = bench(() => ({ end: { failed: true } }));
    await pass(8000);
    expect(at()).toEqual([0, 1000, 3000, 7000]);
    loop.wake('SIGHUP', true);
    await pass(600);
    expect(at()).toEqual([0, 1000, 3000, 7000, 8500]);
    await stop();
  });

  test('a pause that a round asks for is kept, and is none of a failure', async () => {
    const { loop, at, pass, stop } = bench((round) => ({ end: round === 1 ? { pause: 20_000 } : undefined }));
    await pass(100);
    loop.wake('event');
    await pass(20_000);
    expect(at()).toEqual([0, 20_000]);
    await stop();
  });
});

test('the end waits for the round in hand, and begins none', async () => {
  const { loop, at, pass, stop } = bench(() => ({ takes: 5000 }));
  await pass(100);
  expect(loop.busyFor()).toBe(100);
  loop.wake('event');
  await stop();
  expect(at()).toEqual([0]);
  expect(loop.busyFor()).toBeUndefined();
});

test('what a round throws ends the loop', async () => {
  const loop = makeLoop<string>({ timing, run: () => Promise.reject(new Error('broken')) });
  await expect(loop.run(new AbortController().signal)).rejects.toThrow('broken');
});

test('whatever wakes it and however rounds end: never two at once, never too many, and one after the last wish', async () => {
  const move = fc.oneof(
    fc.record({ pass: fc.integer({ min: 0, max: 7000 }) }),
    fc.record({ wake: fc.constantFrom(false, true) }),
  );
  const round = fc.record({
    takes: fc.integer({ min: 0, max: 3000 }),
    end: fc.constantFrom<RoundEnd>(undefined, { failed: true }, { pause: 4000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { maxLength: 40 }),
      fc.array(round, { minLength: 1, maxLength: 20 }),
      async (moves, rounds) => {
        const { loop, at, most, pass, stop, woken } = bench((number) => rounds[(number - 1) % rounds.length] ?? {});
        let wishes = 0;
        let lastWish = 0;
        const begun = performance.now();
        for (const one of moves) {
          if ('pass' in one) await pass(one.pass);
          else {
            loop.wake('event', one.wake);
            wishes += 1;
            lastWish = performance.now() - begun;
          }
        }
        // The longest pause, the longest round and the debounce.
        await pass(8000 + 3000 + 3000 + 500);
        expect(most()).toBe(1);
        const starts = at();
        for (const [index, start] of starts.entries()) {
          if (index > 0) expect(start - (starts[index - 1] ?? 0)).toBeGreaterThanOrEqual(timing.debounce);
        }
        expect(woken.reduce((sum, { count }) => sum + count, 0)).toBe(wishes);
        if (wishes > 0) expect(starts.at(-1)).toBeGreaterThanOrEqual(Math.round(lastWish));
        await stop();
      },
    ),
    { numRuns: 200 },
  );
});
