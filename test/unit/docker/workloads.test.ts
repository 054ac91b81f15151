import { expect, test } from 'vitest';

import type { ApiContainer, ApiContainerDetails } from '../../../packages/core/src/docker/api.js';
import type { EngineClient } from '../../../packages/core/src/docker/client.js';
import { workloadReader } from '../../../packages/core/src/docker/workloads.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { refused } from '../../support/memory/refused.js';

/* What is asked of an engine for its workloads; what comes out of real ones is in test/contract/engine.ts. */

interface Bench {
  listed: ApiContainer[];
  readonly details: Map<string, ApiContainerDetails>;
  /** What asking for a container fails with. */
  readonly faults: Map<string, NetctlError>;
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
    call: async (method, path, { query, timeout } = {}) => {
      one.most = Math.max(one.most, (atWork += 1));
      await new Promise(setImmediate);
      atWork -= 1;
      calls.push(`${method} ${path}${query?.['all'] === undefined ? '' : '?all'}`);
      if (path === '/containers/json') return Promise.resolve({ json: one.listed, headers: {} });
      if (timeout !== 5000) throw new Error('it may hang for long');
      const id = path.split('/')[2] ?? '';
      const fault = one.faults.get(id);
      if (fault !== undefined) throw fault;
      const json = one.details.get(id);
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
    faults: new Map(),
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

const hung = (): NetctlError => new NetctlError('ENGINE_TIMEOUT', 'It did not finish');

test.each([
  ['hangs', hung(), 'It did not finish'],
  ['breaks', refused(500, 'no driver'), expect.stringContaining('no driver')],
])('one that %s is unread, and all others are read and remembered', async (_name, fault, unread: unknown) => {
  const engine = bench('a', 'b', 'c');
  engine.listed[1] = { ...engine.listed[1], NetworkSettings: { Networks: { lan: { IPAddress: '10.0.0.2' } } } };
  engine.faults.set('b', fault);
  const [a, b, c] = await engine.read();
  expect([a?.env, c?.env]).toEqual([{ NAME: 'a' }, { NAME: 'c' }]);
  expect(b).toMatchObject({ name: 'b', env: {}, exposed: [], places: [{ network: 'lan', ipv4: '10.0.0.2' }], unread });
  engine.calls.length = 0;
  engine.faults.clear();
  expect((await engine.read())[1]).toMatchObject({ name: 'b', env: { NAME: 'b' } });
  expect(engine.calls).toEqual(['GET /containers/json', 'GET /containers/b/json']);
});

test('a read has an end however many hang, and the next one begins with the others', async () => {
  const hanging = Array.from({ length: 20 }, (_, index) => `h${String(index)}`);
  const engine = bench(...hanging, 'z');
  for (const id of hanging) engine.faults.set(id, hung());
  expect((await engine.read()).every(({ unread }) => unread !== undefined)).toBe(true);
  expect(engine.calls).toHaveLength(5);
  for (let round = 0; round < 5; round += 1) await engine.read();
  expect((await engine.read()).filter(({ unread }) => unread === undefined).map(({ name }) => name)).toEqual(['z']);
});

test('an engine that is away is an error', async () => {
  const engine = bench('a', 'b');
  engine.faults.set('b', new NetctlError('ENGINE_UNREACHABLE', 'Nobody answers'));
  await expect(engine.read()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
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
