import { type Host, startHost, startLan, type Lan } from '@netctl/lab';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testEngine } from './support/engine.js';
import { type Call, type EngineProxy, proxyEngine } from './support/engine-proxy.js';
import { snapshotOf } from './support/host-snapshot.js';
import { type Desk, openDesk } from './support/netctl.js';
import { PLAIN_LAN } from './support/plain-lan.js';

/** A shim, a macvlan network and a bridge network with a subnet to be chosen: every kind of step there can be here. */
const wanted = {
  name: 'reads',
  networks: {
    lan: PLAIN_LAN,
    web: { subnet: 'auto' },
  },
};
/** The same stack with one network less and another one changed: something to remove and to replace. */
const other = { name: 'reads', networks: { web: { internal: true } } };

/** What it takes to see an engine whole. */
const oneLook = ['GET /_ping', 'GET /containers/json', 'GET /info', 'GET /networks'];

let lan: Lan;
let host: Host;
let desk: Desk;
let proxy: EngineProxy;
let spec: string;
let otherSpec: string;
/** Where the calls of the test at hand begin. */
let seen = 0;

const callsNow = (): readonly Call[] => proxy.calls.slice(seen);
const distinct = (calls: readonly Call[]): readonly string[] =>
  calls.map(({ method, path }) => `${method} ${path}`).sort();

beforeAll(async () => {
  lan = await startLan({ addresses: ['192.168.1.1/24'] });
  host = await startHost({
    interfaces: [{ name: 'eth0', lan, addresses: ['192.168.1.10/24'], gateway: '192.168.1.1' }],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  proxy = await proxyEngine(host.socket);
  spec = await desk.write('wanted.yaml', wanted);
  otherSpec = await desk.write('other.yaml', other);
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await host.close();
  await lan.close();
});

beforeEach(() => {
  seen = proxy.calls.length;
});

/** Runs a command that has nothing to write, and looks that it wrote nothing. */
async function onlyReads(args: readonly string[], exitCode: number): Promise<void> {
  const before = await snapshotOf(host);
  const ran = await desk.netctl([...args, '--host', proxy.dockerHost]);
  expect(ran.exitCode, ran.stderr).toBe(exitCode);
  expect(new Set(callsNow().map(({ method }) => method))).toEqual(new Set(['GET']));
  expect(await snapshotOf(host)).toEqual(before);
  expect(await desk.stateFiles()).toEqual([]);
}

describe('on an empty host', () => {
  test('plan reads only, with something to make', async () => onlyReads(['plan', spec, '--detailed-exitcode'], 2));
  test('status reads only', async () => onlyReads(['status', spec], 0));
  test('an apply that is refused reads only', async () => {
    const refused = await desk.write('refused.yaml', {
      name: 'refused',
      networks: { ok: {}, bad: { driver: 'macvlan', parent: 'nosuch0', subnet: '10.9.0.0/24', gateway: '10.9.0.1' } },
    });
    await onlyReads(['apply', refused, '--yes'], 3);
  });

  test('validate asks no engine at all', async () => {
    const before = await snapshotOf(host);
    const ran = await desk.netctl(['validate', spec, '--host', proxy.dockerHost]);
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(callsNow()).toEqual([]);
    expect(await snapshotOf(host)).toEqual(before);
    expect(await desk.stateFiles()).toEqual([]);
  });
});

describe('on a host that was applied to', () => {
  beforeAll(async () => {
    const applied = await desk.netctl(['apply', spec]);
    expect(applied.exitCode, applied.stderr).toBe(0);
  });

  test('plan reads only, with nothing to do', async () => onlyReads(['plan', spec, '--detailed-exitcode'], 0));
  test('plan reads only, with something to remove and to replace', async () =>
    onlyReads(['plan', otherSpec, '--detailed-exitcode'], 2));
  test('plan --destroy reads only', async () => onlyReads(['plan', spec, '--destroy', '--detailed-exitcode'], 2));
  test('status reads only', async () => onlyReads(['status', spec], 0));
  test('an apply that needs --yes reads only without it', async () => onlyReads(['apply', otherSpec], 3));

  test('an apply with nothing to do looks once', async () => {
    await onlyReads(['apply', spec], 0);
    expect(distinct(callsNow())).toEqual(oneLook);
  });

  test('a plan looks once', async () => {
    await onlyReads(['plan', spec], 0);
    expect(distinct(callsNow())).toEqual(oneLook);
  });
});

test('the proxy records what writes, so the tests above can fail', async () => {
  const applied = await desk.netctl(['apply', otherSpec, '--yes', '--host', proxy.dockerHost]);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const writes = callsNow().filter(({ method }) => method !== 'GET');
  expect(
    writes
      .filter(({ aside }) => !aside)
      .map(({ method }) => method)
      .sort(),
  ).toEqual(['DELETE', 'DELETE', 'POST']);
  const destroyed = await desk.netctl(['destroy', spec, '--yes']);
  expect(destroyed.exitCode, destroyed.stderr).toBe(0);
});
