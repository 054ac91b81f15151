import { expect, test } from 'vitest';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { restoreEndpoint } from '../../../packages/core/src/docker/restore.js';
import type { Endpoint } from '../../../packages/core/src/endpoints.js';
import { NetctlError } from '../../../packages/core/src/errors.js';

const ID = 'c'.repeat(64);
const NETWORK = { network: 'app', networkId: 'n'.repeat(25) };

const endpointWas = (state: string): Endpoint => ({
  container: ID,
  name: 'web',
  state,
  config: {},
  has: {},
  mode: 'bridge',
});

/** An engine that has just come back: the container has ended, and nobody on a network of the swarm can be started yet. */
function engineBack(ExitCode: number): {
  readonly client: EngineClient;
  readonly calls: string[];
  readonly on: Set<string>;
} {
  const calls: string[] = [];
  const on = new Set<string>();
  const details = () => ({
    Id: ID,
    State: { Status: 'exited', ExitCode },
    NetworkSettings: { Networks: Object.fromEntries([...on].map((name) => [name, { NetworkID: '' }])) },
  });
  const client: EngineClient = {
    where: 'here',
    call: (method, path) => {
      if (method !== 'GET') calls.push(path.replace(ID, 'web'));
      if (path.endsWith('/connect')) on.add('app');
      if (path.endsWith('/disconnect')) on.delete('app');
      if (path.endsWith('/start')) return Promise.reject(new NetctlError('ENGINE_ERROR', 'network app not found'));
      return Promise.resolve({ json: path === '/networks' ? [] : details(), headers: {} });
    },
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
  return { client, calls, on };
}

test('whoever cannot be started is off his network again, so that the next apply puts him on it and starts him', async () => {
  const { client, calls, on } = engineBack(143);
  await expect(restoreEndpoint(client, { ...NETWORK, endpoint: endpointWas('running') })).rejects.toThrow('not found');
  expect(calls).toEqual(['/networks/app/connect', '/containers/web/start', '/networks/app/disconnect']);
  expect([...on]).toEqual([]);
});

test.each([
  ['did not run before', 143, 'exited'],
  ['had done what he was for', 0, 'running'],
])('whoever %s stays on it', async (_what, exitCode, state) => {
  const { client, calls, on } = engineBack(exitCode);
  await restoreEndpoint(client, { ...NETWORK, endpoint: endpointWas(state) });
  expect(calls).toEqual(['/networks/app/connect']);
  expect([...on]).toEqual(['app']);
});
