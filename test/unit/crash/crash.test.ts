import { describe, expect, test, vi } from 'vitest';
import { copiesOf, isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { crowdedHost, foreignTraces, rest, traces } from './host.js';
import { STACKS } from './stacks.js';
import type { StackCase } from './stacks.js';

// Thousands of applies.
vi.setConfig({ testTimeout: 600_000 });

type Phase = 'first apply' | 'change' | 'destroy';

/** A phase of a stack's life, to be tried time and again. */
interface Trial {
  /** A host just before it. */
  readonly start: () => Promise<MemoryHost>;
  /** The spec that it applies. */
  readonly text: string;
  readonly destroy: boolean;
  /** All that there is before the stack and after it. */
  readonly bare: unknown;
}

function trialOf(stack: StackCase, phase: Phase): Trial {
  return {
    start: copiesOf(async () => {
      const host = crowdedHost(stack.host);
      if (phase !== 'first apply') await applyText(host, stack.first);
      return host;
    }),
    text: phase === 'change' ? stack.then : stack.first,
    destroy: phase === 'destroy',
    bare: traces(crowdedHost(stack.host).world),
  };
}

async function run(host: MemoryHost, text: string, destroy: boolean, fault?: Fault): Promise<void> {
  host.faults.arm(fault);
  try {
    await applyText(host, text, { destroy });
  } catch (error) {
    if (!isKilled(error)) throw error;
  } finally {
    host.faults.arm();
  }
}

/** Kills the process at each of the writes given, one after another, then lets it finish. */
async function survives({ start, text, destroy, bare }: Trial, faults: readonly Fault[]): Promise<number> {
  const host = await start();
  const untouched = foreignTraces(host.world);
  for (const fault of faults) await run(host, text, destroy, fault);
  const told = JSON.stringify(faults);
  host.faults.arm();
  await applyText(host, text, { destroy });
  const writes = host.faults.writes;
  expect(await rest(host, text, destroy), told).toEqual([]);
  expect(foreignTraces(host.world), told).toEqual(untouched);
  // Nothing half-made may be left that no later run would know for its own.
  await applyText(host, text, { destroy: true });
  expect(traces(host.world), told).toEqual(bare);
  return writes;
}

/** NETCTL_TEST_POINTS=all tries every pair of writes. */
const stride = process.env['NETCTL_TEST_POINTS'] === 'all' ? 1 : 4;

const WHEN = ['before', 'after'] as const;

describe.each(STACKS)('$name', (stack) => {
  describe.each(['first apply', 'change', 'destroy'] as const)('%s', (phase) => {
    const trial = trialOf(stack, phase);

    test('killed at every write, once', async () => {
      const writes = await survives(trial, []);
      expect(writes).toBeGreaterThan(0);
      for (let write = 0; write < writes; write += 1) {
        for (const when of WHEN) await survives(trial, [{ write, when, how: 'crash' }]);
      }
    });

    test('killed at every write, and again at some writes of the next run', async () => {
      const writes = await survives(trial, []);
      for (let write = 0; write < writes; write += 1) {
        const first: Fault = { write, when: 'after', how: 'crash' };
        const left = await survives(trial, [first]);
        // Of all pairs every fourth, along diagonals, so that each write is one of some: all of them take minutes.
        for (let again = write % stride; again < left; again += stride) {
          await survives(trial, [first, { write: again, when: 'after', how: 'crash' }]);
        }
      }
    });
  });
});
