import { expect, test } from 'vitest';
import { askSwarm } from '../../../packages/core/src/docker/ask-swarm.js';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const MANAGER = { state: 'active', manager: true, nodeId: 'n1' };
const NO_LEADER = 'rpc error: code = Unknown desc = The swarm does not have a leader.';

const engineThat = (answer: () => Promise<unknown>): EngineClient => ({
  where: 'here',
  call: async () => ({ json: await answer(), headers: {} }),
  stream: () => Promise.resolve(),
  useVersion: () => undefined,
  close: () => undefined,
});
const refusing = engineThat(() => Promise.reject(new NetctlError('ENGINE_ERROR', NO_LEADER)));

test('a manager that gave a reason and does not answer has lost its leader', async () => {
  expect(await askSwarm(refusing, { ...MANAGER, error: NO_LEADER })).toEqual({
    swarm: { ...MANAGER, manager: false, leaderless: true, error: NO_LEADER },
    services: [],
  });
});

test('one that gave a reason and answers has a leader again', async () => {
  const { swarm } = await askSwarm(
    engineThat(() => Promise.resolve([])),
    { ...MANAGER, error: NO_LEADER },
  );
  expect(swarm).toMatchObject({ manager: true, nodes: [] });
});

test('one that gave no reason, or cannot be reached, cannot be looked at', async () => {
  await expect(askSwarm(refusing, MANAGER)).rejects.toThrow(NO_LEADER);
  const away = engineThat(() => Promise.reject(new NetctlError('ENGINE_UNREACHABLE', 'gone')));
  await expect(askSwarm(away, { ...MANAGER, error: NO_LEADER })).rejects.toThrow('gone');
});

test('a worker is not asked', async () => {
  const worker = { ...MANAGER, manager: false };
  expect(await askSwarm(refusing, worker)).toEqual({ swarm: worker, services: [] });
});
