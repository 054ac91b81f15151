import { describe, expect, test, vi } from 'vitest';
import { isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { crowdedHost, foreignTraces, rest, traces } from './host.js';
import { STACKS } from './stacks.js';
import type { StackCase } from './stacks.js';

// Thousands of applies, of a millisecond or two each.
vi.setConfig({ testTimeout: 600_000 });

type Phase = 'first apply' | 'change' | 'destroy';

/** A host just before a phase, and the spec that the phase applies. */
async function before(stack: StackCase, phase: Phase): Promise<{ host: MemoryHost; text: string; destroy: boolean }> {
  const host = crowdedHost(stack.host);
  if (phase !== 'first apply') await applyText(host, stack.first);
  host.faults.arm();
  return { host, text: phase === 'change' ? stack.then : stack.first, destroy: phase === 'destroy' };
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
async function survives(stack: StackCase, phase: Phase, faults: readonly Fault[]): Promise<number> {
  const { host, text, destroy } = await before(stack, phase);
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
  expect(traces(host.world), told).toEqual(traces(crowdedHost(stack.host).world));
  return writes;
}

const WHEN = ['before', 'after'] as const;

describe.each(STACKS)('$name', (stack) => {
  describe.each(['first apply', 'change', 'destroy'] as const)('%s', (phase) => {
    test('killed at every write, once', async () => {
      const writes = await survives(stack, phase, []);
      expect(writes).toBeGreaterThan(0);
      for (let write = 0; write < writes; write += 1) {
        for (const when of WHEN) await survives(stack, phase, [{ write, when, how: 'crash' }]);
      }
    });

    test('killed at every write, and again at every other write of the next run', async () => {
      const writes = await survives(stack, phase, []);
      for (let write = 0; write < writes; write += 1) {
        const first: Fault = { write, when: 'after', how: 'crash' };
        const left = await survives(stack, phase, [first]);
        // Of all pairs every other one, like the fields of one colour on a chessboard: all of them take minutes.
        for (let again = write % 2; again < left; again += 2) {
          await survives(stack, phase, [first, { write: again, when: 'after', how: 'crash' }]);
        }
      }
    });
  });
});
