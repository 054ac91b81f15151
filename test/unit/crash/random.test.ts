import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { foreignTraces, rest, traces } from './host.js';
import { hostWith, isValid } from './random-host.js';
import { engine, spec, surroundings } from './random.js';

vi.setConfig({ testTimeout: 600_000 });

/** NETCTL_TEST_POINTS=all looks further; each takes several applies. */
const runs = { numRuns: process.env['NETCTL_TEST_POINTS'] === 'all' ? 1000 : 200 };

/** Whether it was done; a refusal has changed nothing, and any other failure fails the test. */
async function tryApply(host: MemoryHost, text: string, fault?: Fault): Promise<boolean> {
  const before = traces(host.world);
  host.faults.arm(fault);
  try {
    await applyText(host, text);
    return true;
  } catch (error) {
    if (isKilled(error)) return false;
    if (!(error instanceof NetctlError && error.code === 'REFUSED')) throw error;
    expect(traces(host.world)).toEqual(before);
    return false;
  } finally {
    host.faults.arm();
  }
}

const valid = spec.filter(isValid);

test('what was applied has nothing left to do, touches nobody, and can be taken back whole', async () => {
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(engine, surroundings, valid, async (version, foreign, text) => {
      const host = hostWith(version, foreign);
      const clean = traces(host.world);
      if (await tryApply(host, text)) {
        applied += 1;
        expect(await rest(host, text)).toEqual([]);
        expect(foreignTraces(host.world)).toEqual(clean);
        const writes = host.faults.writes;
        await applyText(host, text);
        expect(host.faults.writes).toBe(writes);
      }
      await applyText(host, text, { destroy: true });
      expect(traces(host.world)).toEqual(clean);
    }),
    runs,
  );
  expect(applied, 'stacks that were not refused').toBeGreaterThan(50);
});

test('one stack becomes another, killed anywhere on the way', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(engine, surroundings, valid, valid, fc.nat(40), async (version, foreign, first, then, write) => {
      const host = hostWith(version, foreign);
      const clean = traces(host.world);
      if (await tryApply(host, first)) {
        await tryApply(host, then, { write, when: 'after', how: 'crash' });
        if (await tryApply(host, then)) {
          changed += 1;
          expect(await rest(host, then)).toEqual([]);
          expect(foreignTraces(host.world)).toEqual(clean);
        }
      }
      await applyText(host, then, { destroy: true });
      // What was half made for the first spec is known by the first spec alone.
      await applyText(host, first, { destroy: true });
      expect(traces(host.world)).toEqual(clean);
    }),
    runs,
  );
  expect(changed, 'changes that were not refused').toBeGreaterThan(50);
});
