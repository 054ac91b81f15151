import { beforeEach, describe, expect, test } from 'vitest';

import { apply } from '../../../packages/core/src/apply/apply.js';
import type { Hosts } from '../../../packages/core/src/apply/hosts.js';
import { takeLock } from '../../../packages/core/src/apply/lock.js';
import type { Backends } from '../../../packages/core/src/apply/observe.js';
import type { ApplyOptions, Report } from '../../../packages/core/src/apply/options.js';
import { plan } from '../../../packages/core/src/apply/plan.js';
import type { EngineBackend } from '../../../packages/core/src/docker/backend.js';
import { NetctlError } from '../../../packages/core/src/errors.js';
import { stepTitle } from '../../../packages/core/src/plan/format.js';
import { stepsOf } from '../../../packages/core/src/plan/plan.js';
import { memoryHost, swarmNode } from '../../support/memory/index.js';
import type { MemoryHost } from '../../support/memory/index.js';
import { loadText, stateDir } from '../../support/memory/run.js';

const HEAD = 'name: home\nhosts: { a: { docker: "unix:///a" }, b: { docker: "unix:///b" } }\n';
const LAN = `networks:
  lan:
    driver: macvlan
    scope: swarm
    attachable: true
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/26
    split: 28
    shim: true
`;

let a: MemoryHost;
let b: MemoryHost;
beforeEach(() => {
  const nodes = ['a', 'b'].map((name) => ({
    id: `node-${name}`,
    hostname: name,
    address: '',
    role: name === 'a' ? ('manager' as const) : ('worker' as const),
    state: 'ready' as const,
    availability: 'active' as const,
    labels: {},
  }));
  a = memoryHost({ engine: { swarm: { state: 'active', manager: true, nodeId: 'node-a', nodes } } });
  b = memoryHost({ engine: { swarm: { state: 'active', manager: false, nodeId: 'node-b' } } });
});

type Create = EngineBackend['createNetwork'];

/** The hosts, one of which makes networks otherwise. */
function hosts(
  host?: MemoryHost,
  createNetwork?: (make: Create, ...args: Parameters<Create>) => ReturnType<Create>,
): Hosts {
  const on = ({ engine, links, ...rest }: MemoryHost): Backends => {
    if (rest.world !== host?.world || createNetwork === undefined) return { engine, links };
    return {
      links,
      engine: {
        ...engine,
        createNetwork: (...args) => createNetwork((...more) => engine.createNetwork(...more), ...args),
      },
    };
  };
  return new Map([
    ['a', on(a)],
    ['b', on(b)],
  ]);
}

const run = (on: Hosts, options: ApplyOptions = {}, text = HEAD + LAN): Promise<Report> =>
  apply(loadText(text), on, { allowDisruptive: true, stateDir, ...options });

async function failure(work: Promise<unknown>): Promise<NetctlError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof NetctlError) return error;
  throw new Error(`not a NetctlError: ${String(error)}`);
}

const told = ({ problems }: NetctlError): readonly string[] =>
  problems.map(({ code, host, message }) => `${code} ${host ?? ''}: ${message}`).sort();

/** What is there of the network. */
const left = (): readonly (readonly string[])[] =>
  [a, b].map(({ world }) =>
    [...world.networks.map(({ Name = '' }) => Name), ...world.links.map(({ name }) => name)]
      .filter((name) => name.startsWith('lan'))
      .sort(),
  );

const both = (name: string): readonly string[] =>
  ['a', 'b'].map(
    (host) =>
      `RECOVERED ${host}: the network ${name} and the shim lan-shim were taken back, since lan could not be made on all nodes`,
  );

describe('a macvlan network of the swarm', () => {
  test('is made, and is then as it should be', async () => {
    expect((await run(hosts())).done.map(stepTitle).sort()).toEqual([
      'make link lan-shim on a',
      'make link lan-shim on b',
      'make network lan on a',
      'make network lan-config on a',
      'make network lan-config on b',
    ]);
    expect(stepsOf(await plan(loadText(HEAD + LAN), hosts(), { stateDir }))).toEqual([]);
    await run(hosts(), { destroy: true });
    expect(left()).toEqual([[], []]);
  });

  test('is nowhere when one node could not have its configuration', async () => {
    const refusing = hosts(b, () => Promise.reject(new NetctlError('ENGINE_ERROR', 'the disk is full')));
    const error = await failure(run(refusing));
    expect(error.code).toBe('STEP_FAILED');
    expect(error.message).toContain('b: Could not make network lan-config on b: the disk is full');
    expect(told(error)).toEqual([
      ...both('lan-config').slice(0, 1),
      'RECOVERED b: the shim lan-shim was taken back, since lan could not be made on all nodes',
    ]);
    expect(left()).toEqual([[], []]);
  });

  test('is nowhere when the swarm refuses it', async () => {
    const refusing = hosts(a, (make, step, ...rest) =>
      step.name === 'lan' ? Promise.reject(new NetctlError('ENGINE_ERROR', 'no')) : make(step, ...rest),
    );
    expect(told(await failure(run(refusing)))).toEqual(both('lan-config'));
    expect(left()).toEqual([[], []]);
  });

  test('is nowhere when nobody knows whether it was made', async () => {
    const silent = hosts(a, async (make, step, ...rest) => {
      const id = await make(step, ...rest);
      if (step.name === 'lan') throw new NetctlError('ENGINE_TIMEOUT', 'no answer');
      return id;
    });
    expect(told(await failure(run(silent)))).toEqual(
      [
        ...both('lan-config'),
        'RECOVERED a: the network lan was taken back, since lan could not be made on all nodes',
      ].sort(),
    );
    expect(left()).toEqual([[], []]);
  });

  test('is nowhere when nobody knows whether one node has its configuration', async () => {
    const silent = hosts(b, async (make, ...args) => {
      await make(...args);
      throw new NetctlError('ENGINE_TIMEOUT', 'no answer');
    });
    expect(told(await failure(run(silent)))).toEqual(both('lan-config'));
    expect(left()).toEqual([[], []]);
  });

  test('of somebody else, who was faster, stays', async () => {
    const late = hosts(a, async (make, step, ...rest) => {
      const id = await make(step, ...rest);
      if (step.name === 'lan') throw new NetctlError('ENGINE_ERROR', 'network with name lan already exists');
      return id;
    });
    expect(told(await failure(run(late)))).toEqual([]);
    expect(left()).toEqual([
      ['lan', 'lan-config', 'lan-shim'],
      ['lan-config', 'lan-shim'],
    ]);
  });

  test('is not made when a node has lost its configuration meanwhile', async () => {
    await run(hosts());
    a.world.networks = a.world.networks.filter(({ Name }) => Name !== 'lan');
    const losing = hosts(a, (make, step, ...rest) => {
      b.world.networks = b.world.networks.filter(({ Name }) => Name !== 'lan-config');
      return make(step, ...rest);
    });
    // That on this host is made again too, and takes the time in which the other goes.
    a.world.networks = a.world.networks.filter(({ Name }) => Name !== 'lan-config');
    const error = await failure(run(losing));
    expect(error.message).toContain('lan-config, of which lan is made, is gone on b');
    expect(left()).toEqual([['lan-shim'], ['lan-shim']]);
  });

  test('is not made where a node cannot be looked at', async () => {
    const away = new NetctlError('ENGINE_UNREACHABLE', 'nobody listens');
    const error = await failure(run(new Map([...hosts(), ['b', away]]), { partial: true }));
    expect(error.code).toBe('REFUSED');
    expect(told(error)).toContain(
      'HOST_UNREACHABLE a: it is made when every node has its configuration, and b cannot be looked at',
    );
    expect(left()).toEqual([[], []]);
  });

  test('keeps what takes the place of something older, which the next apply goes on with', async () => {
    await run(hosts());
    const changed = (HEAD + LAN).replace('split: 28', 'split: 29');
    const refusing = hosts(b, () => Promise.reject(new NetctlError('ENGINE_ERROR', 'the disk is full')));
    const error = await failure(run(refusing, {}, changed));
    expect(told(error)).toEqual([
      'NOT_RECOVERED b: the network lan-config could not be made again as it was: the disk is full',
      'RECOVERED a: the network lan was made again as it was',
    ]);
    expect(left()[0]).toEqual(['lan', 'lan-config', 'lan-shim']);
    await run(hosts(), {}, changed);
    expect(stepsOf(await plan(loadText(changed), hosts(), { stateDir }))).toEqual([]);
  });

  test('is not taken back while somebody makes links on the host', async () => {
    const order: string[] = [];
    const refusing = hosts(a, async (make, step, ...rest) => {
      if (step.name !== 'lan') return make(step, ...rest);
      const holder = { pid: 4711, stack: 'home', since: '2026-01-01T00:00:00.000Z' };
      const lock = await takeLock({ name: 'links', holder, wait: 60_000 });
      setTimeout(() => {
        order.push('links are made');
        void lock[Symbol.asyncDispose]();
      }, 200);
      throw new NetctlError('ENGINE_ERROR', 'no');
    });
    const watching = new Map(
      ['a', 'b'].map((name) => {
        const backends = refusing.get(name) as Backends;
        const remove: Backends['links']['remove'] = async (...args) => {
          order.push('a shim is removed');
          return backends.links.remove(...args);
        };
        return [name, { ...backends, links: { ...backends.links, remove } }];
      }),
    );
    expect(told(await failure(run(watching)))).toEqual(both('lan-config'));
    expect(order).toEqual(['links are made', 'a shim is removed', 'a shim is removed']);
  });

  test('says what could not be taken back', async () => {
    const refusing = hosts(a, (make, step, ...rest) =>
      step.name === 'lan' ? Promise.reject(new NetctlError('ENGINE_ERROR', 'no')) : make(step, ...rest),
    );
    const stuck = refusing.get('b') as Backends;
    const removeNetwork = (): Promise<void> => Promise.reject(new NetctlError('ENGINE_ERROR', 'never'));
    const error = await failure(
      run(new Map([...refusing, ['b', { ...stuck, engine: { ...stuck.engine, removeNetwork } }]])),
    );
    expect(told(error)).toEqual([
      'NOT_RECOVERED b: the network lan-config could not be taken back: never',
      ...both('lan-config').slice(0, 1),
    ]);
    await run(hosts());
    expect(stepsOf(await plan(loadText(HEAD + LAN), hosts(), { stateDir }))).toEqual([]);
  });

  test('of one node is taken back too', async () => {
    a = memoryHost({
      engine: { swarm: { state: 'active', manager: true, nodeId: 'node-a', nodes: [swarmNode({ id: 'node-a' })] } },
    });
    const refusing = hosts(a, (make, step, ...rest) =>
      step.name === 'lan' ? Promise.reject(new NetctlError('ENGINE_ERROR', 'no')) : make(step, ...rest),
    );
    const text = `name: home\n${LAN.replace('    split: 28\n', '')}swarm:\n`;
    const error = await failure(apply(loadText(text), refusing.get('a') as Backends, { stateDir }));
    expect(told(error)).toHaveLength(1);
    expect(left()[0]).toEqual([]);
  });
});
