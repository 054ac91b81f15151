import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { askEngine } from './engine-client.js';
import type { Interference } from './engine-proxy.js';
import type { Expected } from './failures.js';
import { type FaultBench, openFaultBench, wholeNetworks, wholeSpec } from './fault-bench.js';
import { type HostSnapshot, snapshotOf } from './host-snapshot.js';
import { type Desk, documentOf, type PlanDocument } from './netctl.js';

/** To ask the wire takes a second each time, and writes nothing that could be cut short. */
export const QUICKLY = '--no-probe';

/** A host on which applies of `whole` are cut short, each test beginning and ending with nothing of it there. */
export interface CutShort {
  readonly host: () => FaultBench['host'];
  readonly desk: () => Desk;
  /** The path of the spec. */
  readonly whole: () => string;
  /** What the host is without the stack; from now on, where it is given. */
  readonly bare: (now?: HostSnapshot) => HostSnapshot;
  /** The next apply says that it goes on, finishes, and leaves nothing behind but what the spec wants. */
  readonly expectConvergence: () => Promise<void>;
  readonly expectDestroyed: () => Promise<void>;
}

/** Opens it for the tests of a file. */
export function cutShort(): CutShort {
  let bench: FaultBench;
  let whole: string;
  let eth0: readonly string[];
  let bare: HostSnapshot;

  beforeAll(async () => {
    bench = await openFaultBench();
    whole = await bench.desk.write('whole.yaml', wholeSpec);
    eth0 = await bench.parent();
  });

  afterAll(() => bench[Symbol.asyncDispose]());

  beforeEach(async ({ onTestFailed }) => {
    bare = await snapshotOf(bench.host);
    // What a failure leaves would fail the next test too.
    onTestFailed(async () => {
      await bench.desk.netctl(['destroy', whole, '--yes']);
    });
  });

  afterEach(async () => {
    expect(await bench.parent()).toEqual(eth0);
  });

  async function expectConvergence(): Promise<void> {
    const { desk, host } = bench;
    expect(await desk.stateFiles()).toContainEqual(expect.stringMatching(/^netctl\/[^/]+\/whole\.json$/));
    const planned = await desk.netctl(['plan', whole, '--json']);
    expect(documentOf<PlanDocument>(planned).problems.filter(({ severity }) => severity === 'error')).toEqual([]);

    const applied = await desk.netctl(['apply', whole, '--yes', QUICKLY]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout).toMatch(
      /^An apply of whole that began at \S+ on \S+ did not finish; going on from what is there\./,
    );
    const second = await desk.netctl(['plan', whole, '--json', '--detailed-exitcode']);
    expect(documentOf<PlanDocument>(second).steps).toEqual([]);
    const names = (await askEngine<readonly { Name: string }[]>(host, 'GET', '/networks')).map(({ Name }) => Name);
    expect(names.filter((name) => !['bridge', 'host', 'none'].includes(name)).sort()).toEqual(wholeNetworks);
    expect(await desk.stateFiles()).toEqual([]);
    expect(await bench.parent()).toEqual(eth0);
    await expectDestroyed();
  }

  async function expectDestroyed(): Promise<void> {
    const { desk, host } = bench;
    const destroyed = await desk.netctl(['destroy', whole, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(bare);
    expect(await desk.stateFiles()).toEqual([]);
  }

  return {
    host: () => bench.host,
    desk: () => bench.desk,
    whole: () => whole,
    bare: (now) => (bare = now ?? bare),
    expectConvergence,
    expectDestroyed,
  };
}

/** Does this to the n-th request that makes a network, and lets the others through. */
export const atCreate =
  (number: number, interfere: Interference): Interference =>
  (call, outgoing, forward) =>
    call.method === 'POST' && !call.aside && call.number === number ? interfere(call, outgoing, forward) : false;

/** How an apply ends that lost the engine at a network. */
export const failed: Expected = {
  exit: 1,
  code: 'STEP_FAILED',
  cause: /Could not make network \S+: The Docker Engine at \S+ went away during POST \/networks\/create/,
  cure: /\d of 6 steps are done; once that is mended, the same command goes on from here/,
};
