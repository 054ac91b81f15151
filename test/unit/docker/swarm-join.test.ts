import { expect, test } from 'vitest';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { joinSwarm } from '../../../packages/core/src/docker/swarm.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const TOKEN = 'SWMTKN-1-secret';
const LOST = new NetctlError('ENGINE_TIMEOUT', `no answer to ${TOKEN}`);
const LEAVE = 'POST /swarm/leave';

/** Joins as a second manager, gets no answer, and asks an engine that then says this of itself. */
async function join(info: object | Error): Promise<{ outcome: unknown; calls: readonly string[] }> {
  const calls: string[] = [];
  let hasLeft = false;
  const client: EngineClient = {
    where: 'here',
    call: (method, path) => {
      calls.push(`${method} ${path}`);
      if (path === '/swarm/join') return Promise.reject(LOST);
      hasLeft ||= path === '/swarm/leave';
      const now = hasLeft ? { Swarm: { LocalNodeState: 'inactive' } } : info;
      return now instanceof Error ? Promise.reject(now) : Promise.resolve({ json: now, headers: {} });
    },
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
  const access = { tokens: { manager: TOKEN, worker: TOKEN }, managers: ['192.168.1.1:2377'] };
  const outcome = await joinSwarm(client, { role: 'manager', by: 'a', advertise: '192.168.1.2' }, access).catch(
    (error: unknown) => error,
  );
  return { outcome, calls };
}

test('a host that the swarm took in after all is its node', async () => {
  const { outcome, calls } = await join({ Swarm: { LocalNodeState: 'active', NodeID: 'node' } });
  expect(outcome).toBe('node');
  expect(calls).not.toContain(LEAVE);
});

test.each(['pending', 'error', 'inactive'])(
  'one that says it is %s leaves, and goes on trying no more',
  async (state) => {
    const { outcome, calls } = await join({ Swarm: { LocalNodeState: state } });
    expect(outcome).toMatchObject({ code: 'ENGINE_ERROR', message: expect.stringContaining('did not take') as string });
    expect(calls).toContain(LEAVE);
  },
);

test.each([
  ['cannot be asked', new NetctlError('ENGINE_UNREACHABLE', 'gone')],
  ['fails to answer', new NetctlError('ENGINE_ERROR', 'context deadline exceeded')],
  ['says nothing of a swarm', {}],
  ['is locked', { Swarm: { LocalNodeState: 'locked' } }],
])('one that %s is not told to leave: it may be a manager that the others need', async (_, info) => {
  const { outcome, calls } = await join(info);
  expect(outcome).toMatchObject({ code: 'ENGINE_TIMEOUT', message: expect.stringContaining('can tell') as string });
  expect(String(outcome)).not.toContain(TOKEN);
  expect(calls).not.toContain(LEAVE);
});
