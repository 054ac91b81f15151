import { describe, expect, test, vi } from 'vitest';
import { copiesOf, isKilled } from '../../support/memory/index.js';
import type { Fault, MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { CASES, converges, kept, recreate } from './cases.js';

vi.setConfig({ testTimeout: 600_000 });

async function killedAt(host: MemoryHost, text: string, fault: Fault): Promise<void> {
  host.faults.arm(fault);
  try {
    await applyText(host, text, recreate);
  } catch (error) {
    if (!isKilled(error)) throw error;
  } finally {
    host.faults.arm();
  }
}

/** Without leave to take anybody off, the next run puts everybody back before it refuses; or there is no need for it. */
async function staysPut(host: MemoryHost, text: string, before: unknown, told: string): Promise<void> {
  const error: unknown = await applyText(host, text).catch((reason: unknown) => reason);
  if (error instanceof Error) expect(error, told).toMatchObject({ code: 'REFUSED' });
  expect(kept(host), told).toEqual(before);
  await converges(host, text, before, told);
}

let points = 0;

describe.each(CASES)('$name', ({ start: make, text }) => {
  const start = copiesOf(make);

  test('killed at every write, and again at every write of the next run: everybody is back', async () => {
    const clean = await start();
    const before = kept(clean);
    const writes = await converges(clean, text, before, 'not killed');
    expect(writes).toBeGreaterThan(4);
    for (let write = 0; write < writes; write += 1) {
      for (const when of ['before', 'after'] as const) {
        const host = await start();
        await killedAt(host, text, { write, when, how: 'crash' });
        const left = await converges(host, text, before, `killed ${when} write ${String(write)}`);
        points += 1;
        const careful = await start();
        await killedAt(careful, text, { write, when, how: 'crash' });
        await staysPut(careful, text, before, `killed ${when} write ${String(write)}, then refused`);
        points += 1;
        if (when === 'before') continue;
        for (let again = 0; again < left; again += 1) {
          const twice = await start();
          await killedAt(twice, text, { write, when, how: 'crash' });
          await killedAt(twice, text, { write: again, when: 'after', how: 'crash' });
          await converges(twice, text, before, `killed after writes ${String(write)} and ${String(again)}`);
          points += 1;
        }
      }
    }
  });
});

test('there were at least 500 of them', () => {
  process.stdout.write(`kill points in memory: ${String(points)}\n`);
  expect(points).toBeGreaterThanOrEqual(500);
});
