import { beforeEach, expect, test } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { refused } from '../../support/memory/refused.js';
import { applyText } from '../../support/memory/run.js';
import { AFTER, crowd } from './host.js';

/* What a failed replacement says. */

let host: MemoryHost;
beforeEach(async () => {
  host = await crowd();
});

/** The engine refuses each write of that title, as long as it lives. */
async function failureAt(title: string): Promise<NetctlError> {
  const write = host.faults.write.bind(host.faults);
  Object.assign(host.faults, {
    write: (what: string, change: () => void) => {
      if (what === title) throw refused(500, 'no room');
      write(what, change);
    },
  });
  const error: unknown = await applyText(host, AFTER, { recreate: true }).catch((reason: unknown) => reason);
  if (error instanceof NetctlError) return error;
  throw new Error(`no failure: ${String(error)}`);
}

test('a network that cannot be made again: everybody who is off it is named', async () => {
  const { problems } = await failureAt('create network lan');
  expect(problems).toMatchObject([{ code: 'NOT_RECOVERED', severity: 'error' }]);
  for (const name of ['web', 'db', 'cache', 'old', 'fresh', 'loop']) expect(problems[0]?.message).toContain(name);
});

test('a journal that cannot be kept in the engine: nothing was changed', async () => {
  const { code, message } = await failureAt('create network netctl-journal');
  expect(code).toBe('ENGINE_ERROR');
  expect(message).toMatch(/^Nothing was changed: the plan cannot be kept in the engine: .*no room/);
});

test('a journal that cannot be removed from the engine is said to be that', async () => {
  const { code, message } = await failureAt('remove network netctl-journal');
  expect(code).toBe('ENGINE_ERROR');
  expect(message).toMatch(/^The copy of the journal in the engine could not be removed: .*no room/);
});
