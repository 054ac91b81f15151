import { expect, test } from 'vitest';

import type { ApiContainer, ApiContainerDetails } from '../../../packages/core/src/docker/api.js';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { workloadReader } from '../../../packages/core/src/docker/workloads.js';
import { refused } from '../../support/memory/refused.js';

/* What is asked of an engine for its workloads; what comes out of real ones is in test/contract/engine.ts. */

interface Bench {
  listed: ApiContainer[];
  readonly details: Map<string, ApiContainerDetails>;
  readonly calls: string[];
  /** How many calls there were at once, at the most. */
  most: number;
  readonly read: ReturnType<typeof workloadReader>;
}

function bench(...ids: readonly string[]): Bench {
  const calls: string[] = [];
  let atWork = 0;
  const client: EngineClient = {
    where: 'here',
    call: async (method, path, { query } = {}) => {
      one.most = Math.max(one.most, (atWork += 1));
      await new Promise(setImmediate);
      atWork -= 1;
      calls.push(`${method} ${path}${query?.['all'] === undefined ? '' : '?all'}`);
      if (path === '/containers/json') return Promise.resolve({ json: one.listed, headers: {} });
      const json = one.details.get(path.split('/')[2] ?? '');
      return json === undefined
        ? Promise.reject(refused(404, 'No such container'))
        : Promise.resolve({ json, headers: {} });
    },
    stream: () => Promise.resolve(),
    useVersion: () => undefined,
    close: () => undefined,
  };
  const one: Bench = {
    listed: ids.map((Id) => ({ Id, Names: [`/${Id}`], State: 'running' })),
    details: new Map(ids.map((id) => [id, { Id: id, Config: { Env: [`NAME=${id}`] } }])),
    calls,
    most: 0,
    read: workloadReader(client),
  };
  return one;
}

test('one call for all, and one more for each container, once', async () => {
  const engine = bench('a', 'b', 'c');
  expect((await engine.read()).map(({ env }) => env)).toEqual([{ NAME: 'a' }, { NAME: 'b' }, { NAME: 'c' }]);
  expect([...engine.calls].sort()).toEqual([
    'GET /containers/a/json',
    'GET /containers/b/json',
    'GET /containers/c/json',
    'GET /containers/json',
  ]);
  engine.calls.length = 0;
  await engine.read();
  expect(engine.calls).toEqual(['GET /containers/json']);
});

test('what is gone is forgotten', async () => {
  const engine = bench('a', 'b');
  await engine.read();
  const [, second] = engine.listed;
  engine.listed = engine.listed.slice(0, 1);
  await engine.read();
  engine.listed.push(second ?? {});
  engine.details.set('b', { Config: { Env: ['NAME=again'] } });
  engine.calls.length = 0;
  expect((await engine.read()).map(({ env }) => env)).toEqual([{ NAME: 'a' }, { NAME: 'again' }]);
  expect(engine.calls).toEqual(['GET /containers/json', 'GET /containers/b/json']);
});

test('one that goes between the two calls is no workload', async () => {
  const engine = bench('a', 'b');
  engine.details.delete('b');
  const client = engine.read();
  // The list says that it is gone, of every engine alike.
  engine.listed = engine.listed.slice(0, 1);
  expect((await client).map(({ name }) => name)).toEqual(['a']);
});

test('no more than a few containers are asked about at once', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `c${String(index)}`);
  const engine = bench(...ids);
  expect((await engine.read()).map(({ name }) => name)).toEqual(ids);
  expect(engine.calls).toHaveLength(51);
  expect(engine.most).toBe(4);
});

test('odd answers are read as far as they go', async () => {
  const engine = bench('a');
  engine.listed = [
    {
      Id: 'a',
      Names: ['/other/alias', '/a'],
      Ports: [
        { PrivatePort: 1, Type: 'tcp' },
        { PrivatePort: 2, PublicPort: 3, Type: 'quic' },
      ],
      NetworkSettings: { Networks: { lan: null, v6: { NetworkID: 'n', IPAddress: '', GlobalIPv6Address: 'fd00::2' } } },
    },
  ];
  engine.details.set('a', {
    Config: { Image: 'web:1', Env: ['ALONE', '__proto__=x'], ExposedPorts: { '80': {}, '81/quic': {}, '82/sctp': {} } },
  });
  const [only] = await engine.read();
  expect(only).toEqual({
    id: 'a',
    name: 'a',
    image: 'web:1',
    state: 'unknown',
    labels: {},
    env: Object.fromEntries([
      ['ALONE', ''],
      ['__proto__', 'x'],
    ]),
    exposed: [{ port: 82, protocol: 'sctp' }],
    published: [],
    places: [
      { network: 'lan', networkId: '' },
      { network: 'v6', networkId: 'n', ipv6: 'fd00::2' },
    ],
  });
});
