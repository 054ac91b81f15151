import { expect, test } from 'vitest';
import type { ApiContainerDetails } from '../../../packages/core/src/docker/api.js';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { isAttached } from '../../../packages/core/src/docker/is-attached.js';

const NETWORK = { id: 'n'.repeat(64), name: 'lan' };
const ID = 'c'.repeat(64);

const running = (StartedAt: string): ApiContainerDetails => ({
  Id: ID,
  State: { Status: 'running', StartedAt },
  NetworkSettings: { Networks: { lan: { NetworkID: NETWORK.id, EndpointID: 'e', IPAddress: '10.5.0.2' } } },
});
const restarting: ApiContainerDetails = { ...running('9'), State: { Status: 'restarting' } };

/** An engine whose network lists nobody, and whose container is seen so, one look after another. */
function engineThatShows(...looks: readonly ApiContainerDetails[]): EngineClient {
  const rest = [...looks];
  const answer = (path: string): unknown => (path.startsWith('/networks/') ? { Containers: {} } : rest.shift());
  return {
    where: 'nowhere',
    call: (_method, path) => Promise.resolve({ json: answer(path), headers: {} }),
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
}

test.each([
  ['runs on as before is there by half', [running('1'), running('1')], false],
  ['ended between the looks is there', [running('1'), restarting], true],
  ['ended and was started again between the looks is there', [running('1'), running('2')], true],
  [
    'does not run is there, since only those that run are listed',
    [{ ...running('1'), State: { Status: 'exited' } }],
    true,
  ],
])('a container that its network does not list and that %s', async (_what, looks, there) => {
  expect(await isAttached(engineThatShows(...looks), NETWORK, ID)).toBe(there);
});
