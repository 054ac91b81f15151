import { describe, expect, test, vi } from 'vitest';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { copiesOf } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { applyText } from '../../support/memory/run.js';
import { CASES, converges, kept, recreate } from './cases.js';
import { AFTER, BEFORE, crowd, settle } from './host.js';

vi.setConfig({ testTimeout: 600_000 });

async function failure(host: MemoryHost, text: string): Promise<NetctlError> {
  const error: unknown = await applyText(host, text, recreate).catch((reason: unknown) => reason);
  if (error instanceof NetctlError) return error;
  throw new Error(`no failure: ${String(error)}`);
}
const told = ({ problems }: NetctlError): readonly string[] =>
  problems.map(({ code, message }) => `${code} ${message}`);
const idOf = (host: MemoryHost, name: string): string | undefined =>
  host.world.networks.find(({ Name }) => Name === name)?.Id;

describe.each(CASES)('$name', ({ start: make, text }) => {
  const start = copiesOf(make);

  test.each(['before', 'after'] as const)('a failure %s any write: everybody is back at once', async (when) => {
    const clean = await start();
    const before = kept(clean);
    await applyText(clean, text, recreate);
    const { writes, log } = clean.faults;
    for (let write = 0; write < writes; write += 1) {
      const host = await start();
      host.faults.arm({ write, when, how: new NetctlError('ENGINE_ERROR', 'no') });
      const what = `${when} ${log[write] ?? ''}`;
      // A failure that changes nothing in what is to be is none: the journal's copy that was dropped all the same.
      const error: unknown = await applyText(host, text, recreate).catch((reason: unknown) => reason);
      if (error !== undefined && error instanceof NetctlError) expect([1, 3], what).toContain(error.exit);
      expect(kept(host), what).toEqual(before);
      await converges(host, text, before, what);
    }
  });
});

test('before the removal everybody is back on the old network', async () => {
  const host = await crowd();
  const old = idOf(host, 'lan');
  // The copy of the journal, two that tell what the engine adds, six containers and a stop, then the removal.
  host.faults.arm({ write: 10, when: 'before', how: new NetctlError('ENGINE_ERROR', 'no') });
  const error = await failure(host, AFTER);
  expect(error).toMatchObject({ code: 'STEP_FAILED', exit: 1, step: 'remove network lan' });
  expect(idOf(host, 'lan')).toBe(old);
  expect(told(error).join('\n')).toMatch(/RECOVERED the container web is on the network lan again, after \d+ ms/);
});

test('after it the old network is made again as it was, and everybody is on it', async () => {
  const host = await crowd();
  const old = structuredClone(host.world.networks.find(({ Name }) => Name === 'lan'));
  host.faults.arm({ write: 11, when: 'before', how: new NetctlError('ENGINE_ERROR', 'no') });
  const error = await failure(host, AFTER);
  expect(error).toMatchObject({ code: 'STEP_FAILED', step: 'make network lan' });
  const again = host.world.networks.find(({ Name }) => Name === 'lan');
  expect(again).toMatchObject({ IPAM: old?.IPAM, Labels: old?.Labels });
  expect(again?.Id).not.toBe(old?.Id);
  expect(told(error)[0]).toBe('RECOVERED the network lan was made again as it was');
});

describe('one that cannot return', () => {
  const port = async (): Promise<{ readonly host: MemoryHost; readonly before: unknown }> => {
    const host = await crowd();
    settle(host, [
      { name: 'a', state: 'running', ports: ['8080'], networks: { lan: { ip: '10.5.0.2', ip6: 'fd00:5::2' } } },
      { name: 'b', state: 'running', networks: { lan: { ip: '10.5.0.3', ip6: 'fd00:5::3' } } },
    ]);
    const before = kept(host);
    host.faults.arm();
    host.world.takenPorts = ['8080'];
    return { host, before };
  };

  test('stays in the journal, is named, and the others are back; the next apply finishes once it can', async () => {
    const { host, before } = await port();
    const error = await failure(host, AFTER);
    expect(error).toMatchObject({ code: 'STEP_FAILED', exit: 1 });
    expect(told(error).join('\n')).toMatch(
      /NOT_RECOVERED the container a is not on the network lan as it was: .*half connected/,
    );
    expect(host.world.containers.find(({ name }) => name === 'b')?.networks).toHaveProperty('lan');
    expect(idOf(host, 'netctl-journal')).toBeDefined();
    // Still: only a restart cures it.
    host.world.takenPorts = [];
    expect(told(await failure(host, AFTER)).join('\n')).toContain('half connected');
    await applyText(host, AFTER, { ...recreate, restartStuck: true });
    expect(kept(host)).toEqual(before);
    expect(idOf(host, 'netctl-journal')).toBeUndefined();
  });

  test('a foreign network that took the name is never touched, and the journal stays', async () => {
    const host = await crowd();
    const before = kept(host);
    let taken = false;
    const { engine } = host;
    const meddled: MemoryHost = {
      ...host,
      engine: {
        ...engine,
        removeNetwork: async (step, signal) => {
          await engine.removeNetwork(step, signal);
          if (taken || step.name !== 'lan') return;
          taken = true;
          host.world.networks.push({
            Id: 'f'.repeat(64),
            Name: 'lan',
            Driver: 'bridge',
            Scope: 'local',
            IPAM: { Config: [] },
          });
        },
      },
    };
    const error = await failure(meddled, AFTER);
    expect(told(error).join('\n')).toContain('NOT_RECOVERED the network lan could not be made again as it was');
    expect(idOf(host, 'lan')).toBe('f'.repeat(64));
    expect(idOf(host, 'netctl-journal')).toBeDefined();
    expect((await failure(host, AFTER)).code).toBe('REFUSED');
    host.world.networks = host.world.networks.filter(({ Id }) => Id !== 'f'.repeat(64));
    await converges(host, AFTER, before, 'once the name is free');
  });
});

test('what the engine did not answer it may still do: the journal stays until somebody has looked', async () => {
  const host = await crowd();
  const before = kept(host);
  host.faults.arm({ write: 5, when: 'before', how: new NetctlError('ENGINE_TIMEOUT', 'no answer') });
  await failure(host, AFTER);
  expect(kept(host)).toEqual(before);
  expect(idOf(host, 'netctl-journal')).toBeDefined();
  // Now it does.
  const lan = idOf(host, 'lan');
  host.world.containers = host.world.containers.map((one) => {
    const { lan: _off, ...networks } = one.networks;
    return one.name === 'db' ? { ...one, networks } : one;
  });
  expect((await applyText(host, BEFORE)).moved).toMatchObject([{ name: 'db', result: 'restored' }]);
  expect(kept(host)).toEqual(before);
  expect(idOf(host, 'lan')).toBe(lan);
});
