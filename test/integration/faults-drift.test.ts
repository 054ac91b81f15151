import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { askEngine } from './support/engine-client.js';
import { type FaultBench, lanNetwork, openFaultBench } from './support/fault-bench.js';
import { snapshotOf } from './support/host-snapshot.js';
import { reportOf } from './support/netctl.js';
import { pings, reaches } from './support/pings.js';
import { busyboxImage, startContainer } from './support/workload.js';

let bench: FaultBench;
let host: FaultBench['host'];
let desk: FaultBench['desk'];
let eth0: readonly string[];

beforeAll(async () => {
  bench = await openFaultBench();
  ({ host, desk } = bench);
  eth0 = await bench.parent();
});

afterAll(() => bench[Symbol.asyncDispose]());

afterEach(async () => {
  expect(await bench.parent()).toEqual(eth0);
});

describe('a shim that has drifted', () => {
  const spec = { name: 'drift', networks: { lan: { ...lanNetwork, shim: true } } };
  let path: string;
  let address: string;

  beforeAll(async () => {
    path = await desk.write('drift.yaml', spec);
    const applied = await desk.netctl(['apply', path]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const image = await busyboxImage(host);
    const container = await startContainer(host, { image, name: 'on-lan', network: 'lan' });
    address = container.getIpAddress('lan');
    await reaches(host, address);
  });

  afterAll(async () => {
    await askEngine(host, 'DELETE', '/containers/on-lan?force=1');
    const destroyed = await desk.netctl(['destroy', path, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
  });

  const drifts: readonly (readonly [string, readonly string[], RegExp, boolean])[] = [
    [
      'its address is gone',
      ['address', 'delete', '192.168.1.223/32', 'dev', 'lan-shim'],
      /192\.168\.1\.223\/32 is missing/,
      true,
    ],
    [
      'it has the prefix of the LAN',
      ['address', 'add', '192.168.1.223/24', 'dev', 'lan-shim'],
      /it should not have 192\.168\.1\.223\/24/,
      false,
    ],
    [
      'its route is gone',
      ['route', 'delete', '192.168.1.192/27', 'dev', 'lan-shim'],
      /the route to 192\.168\.1\.192\/27 is missing/,
      true,
    ],
    [
      'it has a route too many',
      ['route', 'add', '192.168.1.64/27', 'dev', 'lan-shim', 'proto', 'static'],
      /the route to 192\.168\.1\.64\/27 should not be there/,
      false,
    ],
    ['it is down', ['link', 'set', 'lan-shim', 'down'], /it is down/, true],
    ['its MTU is another', ['link', 'set', 'lan-shim', 'mtu', '1300'], /its MTU should be 1500/, false],
    ['its mark is gone', ['link', 'set', 'lan-shim', 'alias', ''], /its mark is missing/, false],
    ['it is gone', ['link', 'delete', 'lan-shim'], /^\+ link lan-shim/, true],
  ];

  test.each(drifts)('%s: the plan names it, apply repairs it and nothing else', async (_name, drift, why, cuts) => {
    const before = await snapshotOf(host);
    await host.run('ip', drift);
    if (cuts) expect(await pings(host, address)).toBe(false);

    const planned = await desk.netctl(['plan', path, '--detailed-exitcode']);
    expect(planned.exitCode, planned.stderr).toBe(2);
    expect(planned.stdout).toMatch(why);
    const status = await desk.netctl(['status', path]);
    expect(status.stdout).toMatch(/^ {2}(drifted|missing) +link lan-shim/m);
    const applied = await desk.netctl(['apply', path, '--json']);
    expect(applied.exitCode, applied.stdout).toBe(0);
    expect(reportOf(applied).done?.map(({ ref }) => ref)).toEqual(['link:lan-shim']);
    expect((await desk.netctl(['plan', path, '--detailed-exitcode'])).exitCode).toBe(0);

    const after = await snapshotOf(host);
    // A link that was made again has another index; its name, its MAC and all else are what they were.
    const withoutIndex = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/^\d+: /, '')).sort();
    expect({ ...after, links: withoutIndex(after.links) }).toEqual({ ...before, links: withoutIndex(before.links) });
    await reaches(host, address);
    await reaches(host, '192.168.1.1');
  });
});
