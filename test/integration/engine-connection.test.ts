import { connectDocker } from '@netctl/core';
import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askEngine,
  engineVersion,
  type Inspected,
  inspectNetwork,
  isAtLeast,
  networkNames,
} from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { answerWith, type EngineProxy, type Interference, proxyEngine } from './support/engine-proxy.js';
import { expectText } from './support/failures.js';
import { type Desk, openDesk } from './support/netctl.js';

/* What comes between netctl and an engine: a restart, a connection that breaks, an answer that is lost, another engine. */

let host: Host;
let desk: Desk;
let spec: string;

beforeAll(async () => {
  host = await startHost({ interfaces: [{ name: 'eth0' }], engine: testEngine() });
  desk = await openDesk(host);
  spec = await desk.write('one.yaml', { name: 'one', networks: { 'only-one': { subnet: '10.99.0.0/24' } } });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

async function destroyed(): Promise<void> {
  const gone = await desk.netctl(['destroy', spec, '--yes']);
  expect(gone.exitCode, gone.stderr).toBe(0);
  expect(await networkNames(host)).not.toContain('only-one');
}

const count = ({ calls }: EngineProxy, wanted: string): number =>
  calls.filter(({ method, aside }) => method === wanted && !aside).length;

test('a backend that is kept over a restart of the engine reads and writes', async () => {
  await using backend = await connectDocker({ host: host.dockerHost });
  const { engine } = await backend.observe();
  const props = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };
  for (const name of ['read-first', 'write-first']) {
    await host.restartEngine();
    if (name === 'read-first') expect((await backend.observe()).engine).toEqual(engine);
    await backend.createNetwork({ name, props, asked: props }, { stack: 'kept', ref: `network:${name}` });
    const { Id } = await inspectNetwork(host, name);
    await backend.removeNetwork({ name, id: Id, scope: 'local' });
  }
});

test('a create that was called off before it began asks nothing of the engine', async () => {
  await using proxy = await proxyEngine(host.socket);
  await using backend = await connectDocker({ host: proxy.dockerHost });
  const props = { driver: 'bridge', ipam: { config: [] }, options: {}, labels: {} };
  const reason = new Error('enough');
  const step = { name: 'called-off', props, asked: props };
  const owner = { stack: 'called-off', ref: 'network:called-off' } as const;
  await expect(backend.createNetwork(step, owner, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(proxy.calls.map(({ path }) => path)).toEqual(['/_ping']);
});

describe('a connection that breaks', () => {
  /** Breaks the first request of this kind, before or after the engine has got it. */
  const breaking = (method: string, path: RegExp, after: boolean): Interference => {
    let broken = false;
    return async (call, outgoing, forward) => {
      if (broken || call.aside || call.method !== method || !path.test(call.path)) return false;
      broken = true;
      if (after) await forward();
      outgoing.destroy();
      return true;
    };
  };

  test.each(['/info', '/networks', '/containers/json'])('once at GET %s is of no consequence', async (path) => {
    await using proxy = await proxyEngine(host.socket, breaking('GET', new RegExp(`^${path}$`), false));
    const planned = await desk.netctl(['plan', spec, '--detailed-exitcode', '--host', proxy.dockerHost]);
    expect(planned.exitCode, planned.stderr).toBe(2);
    expect(proxy.calls.filter((call) => call.path === path)).toHaveLength(2);
  });

  test.each([
    ['before the engine has it', false],
    ['after the engine has done it', true],
  ])('at a create, %s: it is asked for once, and the next apply looks whose network it is', async (_when, after) => {
    await using proxy = await proxyEngine(host.socket, breaking('POST', /^\/networks\/create$/, after));
    const cut = await desk.netctl(['apply', spec, '--host', proxy.dockerHost]);
    expectText(cut, {
      exit: 1,
      code: 'STEP_FAILED',
      cause: /Could not make network only-one: .* went away during POST \/networks\/create/,
      cure: /the same command goes on from here/,
    });
    expect(count(proxy, 'POST')).toBe(1);

    const again = await desk.netctl(['apply', spec, '--host', proxy.dockerHost]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(count(proxy, 'POST')).toBe(after ? 1 : 2);
    const networks = await askEngine<readonly Inspected[]>(host, 'GET', '/networks');
    expect(networks.filter(({ Name }) => Name === 'only-one')).toHaveLength(1);
    await destroyed();
  });

  test('at a removal that was done is no failure, and nothing is removed twice', async () => {
    expect((await desk.netctl(['apply', spec])).exitCode).toBe(0);
    await using proxy = await proxyEngine(host.socket, breaking('DELETE', /^\/networks\//, true));
    const gone = await desk.netctl(['destroy', spec, '--yes', '--host', proxy.dockerHost]);
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect(count(proxy, 'DELETE')).toBe(1);
    expect(await networkNames(host)).not.toContain('only-one');
  });
});

test('a request says what it is about in its body, and names a network by its id', async () => {
  await using proxy = await proxyEngine(host.socket);
  for (const args of [
    ['apply', spec],
    ['destroy', spec, '--yes'],
  ]) {
    const ran = await desk.netctl([...args, '--host', proxy.dockerHost]);
    expect(ran.exitCode, ran.stderr).toBe(0);
  }
  const writes = proxy.calls.filter(({ method, aside, throwaway }) => method !== 'GET' && (!aside || throwaway));
  const told = (some: typeof writes): readonly string[] =>
    some.map(({ method, path, query }) => `${method} ${path.replace(/[0-9a-f]{64}$/, 'ID')}${query}`);
  const pair = ['POST /networks/create', 'DELETE /networks/ID'];
  expect(told(writes.filter(({ throwaway }) => !throwaway))).toEqual(pair);
  // Before anything else is made, and only of an engine that may add options.
  const looks = isAtLeast(await engineVersion(host), '24.0') ? pair : [];
  expect(told(writes)).toEqual([...looks, ...pair]);
  expect(told(writes.filter(({ throwaway }) => throwaway))).toEqual(looks);
  expect(proxy.calls.filter(({ path }) => path.includes('only-one'))).toEqual([]);
});

test('another engine that answers in the middle of an apply is left alone', async () => {
  let looks = 0;
  await using proxy = await proxyEngine(host.socket, async ({ path }, outgoing, forward) => {
    if (path !== '/info') return false;
    looks += 1;
    const answer = await forward();
    const info = JSON.parse(answer.body.toString()) as object;
    answerWith(outgoing, { ...answer, body: Buffer.from(JSON.stringify({ ...info, ID: `ENGINE:${String(looks)}` })) });
    return true;
  });
  expectText(await desk.netctl(['apply', spec, '--host', proxy.dockerHost]), {
    exit: 3,
    code: 'REFUSED',
    cause: /nothing was changed: another engine answers now/,
    cure: /which engine the socket leads to/,
  });
  expect(count(proxy, 'POST')).toBe(0);
});
