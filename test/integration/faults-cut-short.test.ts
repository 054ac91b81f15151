import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askEngine, engineVersion, inspectNetwork, isAtLeast } from './support/engine-client.js';
import { type EngineProxy, type Interference, proxyEngine } from './support/engine-proxy.js';
import { type Expected, expectFailure, expectText } from './support/failures.js';
import { type FaultBench, openFaultBench, plainSpec, wholeNetworks, wholeSpec } from './support/fault-bench.js';
import { snapshotOf } from './support/host-snapshot.js';
import { documentOf, itemsOf, type PlanDocument, reportOf } from './support/netctl.js';
import { until } from './support/until.js';

let bench: FaultBench;
let host: FaultBench['host'];
let desk: FaultBench['desk'];
let plain: string;
let whole: string;
let eth0: readonly string[];

beforeAll(async () => {
  bench = await openFaultBench();
  ({ host, desk } = bench);
  plain = await desk.write('plain.yaml', plainSpec);
  whole = await desk.write('whole.yaml', wholeSpec);
  eth0 = await bench.parent();
});

afterAll(() => bench[Symbol.asyncDispose]());

afterEach(async () => {
  expect(await bench.parent()).toEqual(eth0);
});

describe('an apply that is cut short', () => {
  let bare: Awaited<ReturnType<typeof snapshotOf>>;

  beforeEach(async ({ onTestFailed }) => {
    bare = await snapshotOf(host);
    // What a failure leaves would fail the next test too.
    onTestFailed(async () => {
      await desk.netctl(['destroy', whole, '--yes']);
    });
  });

  /** The next apply says that it goes on, finishes, and leaves nothing behind but what the spec wants. */
  async function expectConvergence(): Promise<void> {
    expect(await desk.stateFiles()).toContainEqual(expect.stringMatching(/^netctl\/[^/]+\/whole\.json$/));
    const planned = await desk.netctl(['plan', whole, '--json']);
    expect(documentOf<PlanDocument>(planned).problems.filter(({ severity }) => severity === 'error')).toEqual([]);

    const applied = await desk.netctl(['apply', whole, '--yes']);
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
    const destroyed = await desk.netctl(['destroy', whole, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(bare);
    expect(await desk.stateFiles()).toEqual([]);
  }

  /** Does this to the n-th request that makes a network, and lets the others through. */
  const atCreate =
    (number: number, interfere: Interference): Interference =>
    (call, outgoing, forward) =>
      call.method === 'POST' && !call.aside && call.number === number ? interfere(call, outgoing, forward) : false;

  const hangUp: Interference = (_call, outgoing) => {
    outgoing.destroy();
    return true;
  };
  const hangUpAfterwards: Interference = async (_call, outgoing, forward) => {
    await forward();
    outgoing.destroy();
    return true;
  };
  const killEngine: Interference = async (_call, outgoing) => {
    await host.killEngine();
    outgoing.destroy();
    return true;
  };
  const killEngineAfterwards: Interference = async (_call, outgoing, forward) => {
    await forward();
    await host.killEngine();
    outgoing.destroy();
    return true;
  };

  const failed: Expected = {
    exit: 1,
    code: 'STEP_FAILED',
    cause: /Could not make network \S+: The Docker Engine at \S+ went away during POST \/networks\/create/,
    cure: /\d of 6 steps are done; once that is mended, the same command goes on from here/,
  };

  describe.each([1, 3, 5])('at network number %i', (number) => {
    test.each([
      ['the connection breaks', hangUp],
      ['the answer is lost', hangUpAfterwards],
    ])('%s', async (_name, interfere) => {
      await using proxy = await proxyEngine(host.socket, atCreate(number, interfere));
      expectText(await desk.netctl(['apply', whole, '--host', proxy.dockerHost]), failed);
      await expectConvergence();
    });
  });

  // What is made and removed first, to see what the engine adds to every network.
  describe.each(['POST', 'DELETE'])('at the %s of a network that is thrown away', (method) => {
    const atThrowaway =
      (interfere: Interference): Interference =>
      (call, outgoing, forward) =>
        call.throwaway && call.method === method && call.number === 1 ? interfere(call, outgoing, forward) : false;

    beforeEach(async (ctx) => {
      const version = await engineVersion(host);
      if (!isAtLeast(version, '24.0')) ctx.skip(`engine ${version} adds nothing, and none is made`);
    });

    test.each([
      ['the connection breaks', hangUp],
      ['the answer is lost', hangUpAfterwards],
    ])('%s', async (_name, interfere) => {
      await using proxy = await proxyEngine(host.socket, atThrowaway(interfere));
      const cut = await desk.netctl(['apply', whole, '--host', proxy.dockerHost]);
      if (method === 'DELETE' && interfere === hangUpAfterwards) {
        // A removal that was done is one, whoever heard of it.
        expect(cut.exitCode, cut.stderr).toBe(0);
        await expectDestroyed();
        return;
      }
      const cause = new RegExp(`Could not make network \\S+: The Docker Engine at \\S+ went away during ${method} `);
      expectText(cut, { ...failed, cause });
      await expectConvergence();
    });

    test('SIGKILL', async () => {
      let letGo = (): void => undefined;
      const held = new Promise<boolean>((resolve) => (letGo = () => resolve(false)));
      await using proxy = await proxyEngine(
        host.socket,
        atThrowaway(() => held),
      );
      const running = desk.start(['apply', whole, '--host', proxy.dockerHost]);
      const reached = () => proxy.calls.some((call) => call.throwaway && call.method === method);
      await until('it is there', async () => Promise.resolve(reached()));
      await running.signal('SIGKILL');
      await running.ended;
      letGo();
      await expectConvergence();
    });
  });

  describe('the engine dies', () => {
    afterEach(async () => host.startEngine());

    test.each([
      ['before it makes network 2', 2, killEngine],
      // The last is alone: an engine that dies while it makes a bridge beside this one leaves that bridge.
      ['after it made network 5, before it says so', 5, killEngineAfterwards],
    ])('%s', async (_name, number, interfere) => {
      await using proxy = await proxyEngine(host.socket, atCreate(number, interfere));
      const cut = await desk.netctl(['apply', whole, '--json', '--host', proxy.dockerHost]);
      expect(cut.exitCode).toBe(1);
      const { error } = reportOf(cut);
      expect(error).toMatchObject({ code: 'STEP_FAILED', step: expect.stringMatching(/^make network /) as string });
      // A network made beside it may be the first to notice, when an old engine is asked for others of its name.
      expect(error?.message).toMatch(
        /Could not make network \S+: The Docker Engine at \S+ went away during (POST \/networks\/create|GET \/networks)/,
      );
      expect(error?.hint).toMatch(failed.cure);
      expect(itemsOf(cut).filter(({ state }) => state === 'failed')).not.toEqual([]);
      await host.startEngine();
      // An engine that starts fills in gateways: from here on is what to compare with.
      bare = { ...bare, ...(await withoutStack()) };
      await expectConvergence();
    });

    /** What the networks that are not ours look like after the restart. */
    async function withoutStack(): Promise<Awaited<ReturnType<typeof snapshotOf>>> {
      const now = await snapshotOf(host);
      const networks = now.networks.filter((line) => /"Name":"(bridge|host|none)"/.test(line));
      return { ...bare, links: await foreignLinks(now.links), networks };
    }

    async function foreignLinks(links: readonly string[]): Promise<readonly string[]> {
      const mine = await askEngine<readonly { Id: string; Name: string }[]>(host, 'GET', '/networks');
      const bridges = mine.filter(({ Name }) => wholeNetworks.includes(Name)).map(({ Id }) => `br-${Id.slice(0, 12)}`);
      return Promise.resolve(links.filter((line) => ![...bridges, 'lan-shim'].some((name) => line.includes(name))));
    }
  });

  test('a lost answer to a removal is no failure when the network is gone', async () => {
    const applied = await desk.netctl(['apply', whole]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    await using proxy = await proxyEngine(host.socket, (call, outgoing, forward) =>
      call.method === 'DELETE' && !call.aside ? hangUpAfterwards(call, outgoing, forward) : false,
    );
    const destroyed = await desk.netctl(['destroy', whole, '--yes', '--host', proxy.dockerHost]);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host)).toEqual(bare);
  });

  test('a create that never ends is given up, and the next apply goes on', async () => {
    await using proxy = await proxyEngine(
      host.socket,
      atCreate(2, () => true),
    );
    expectText(await desk.netctl(['apply', whole, '--host', proxy.dockerHost, '--timeout', '2s']), {
      ...failed,
      cause: /did not finish POST \/networks\/create within 2 s/,
    });
    await expectConvergence();
  });

  /** An apply that waits at its n-th network until it is let go. */
  async function heldAt(number: number): Promise<{ readonly proxy: EngineProxy; readonly letGo: () => void }> {
    let letGo = (): void => undefined;
    const held = new Promise<boolean>((resolve) => (letGo = () => resolve(false)));
    const proxy = await proxyEngine(
      host.socket,
      atCreate(number, () => held),
    );
    return { proxy, letGo };
  }

  const posts = ({ calls }: EngineProxy): number =>
    calls.filter(({ method, aside }) => method === 'POST' && !aside).length;

  test('SIGINT: what had begun is finished, nothing more is begun', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const running = desk.start(['apply', whole, '--host', proxy.dockerHost]);
    // The two of its first stage.
    await until('it makes its first networks', async () => Promise.resolve(posts(proxy) === 2));
    await running.signal('SIGINT');
    letGo();
    const { exitCode, stderr } = await running.ended;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/^netctl: Interrupted/m);
    expect(stderr).toMatch(
      /No step was cut off, and none was begun after it; the same command goes on from what is there\./,
    );
    expect(posts(proxy)).toBe(2);
    await inspectNetwork(host, 'config');
    await inspectNetwork(host, 'web');
    await expectConvergence();
  });

  test('Ctrl-C, which reaches every process of the terminal, does not cut off the ip that makes a link', async () => {
    const folder = join(desk.folder, 'slow');
    const began = join(folder, 'began');
    await mkdir(folder, { recursive: true });
    const ip = `#!/bin/sh\nPATH=\${PATH#*:}\ncase "$*" in *'alias netctl'*) touch '${began}'; sleep 1;; esac\nexec ip "$@"\n`;
    await writeFile(join(folder, 'ip'), ip, { mode: 0o755 });
    // Job control gives what runs in the background a process group, as at a terminal.
    const script = `set -m
      PATH='${folder}':"$PATH" "$@" & group=$!
      until [ -e '${began}' ]; do sleep 0.05; done
      kill -INT -- -$group
      wait $group`;
    const stopped = await desk.netctl(['apply', whole], { through: ['bash', '-c', script, 'bash'] });
    expect(stopped.exitCode, stopped.stderr).toBe(130);
    expect(stopped.stderr).toMatch(/^netctl: Interrupted/m);
    const links = JSON.parse((await host.run('ip', ['-json', 'link', 'show', 'dev', 'lan-shim'])).stdout) as unknown;
    expect(links).toMatchObject([
      { ifalias: 'netctl:whole/link:lan-shim', flags: expect.arrayContaining(['UP']) as unknown },
    ]);
    await expectConvergence();
  });

  test('SIGTERM: the same, with a status of its own', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const running = desk.start(['apply', whole, '--json', '--host', proxy.dockerHost]);
    // The two of its first stage.
    await until('it makes its first networks', async () => Promise.resolve(posts(proxy) === 2));
    await running.signal('SIGTERM');
    letGo();
    const { exitCode, stdout, stderr } = await running.ended;
    expect(exitCode, stderr).toBe(143);
    expect(reportOf({ stdout }).error).toMatchObject({ code: 'TERMINATED', exit: 143 });
    await expectConvergence();
  });

  test('a second SIGINT ends it at once', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const running = desk.start(['apply', whole, '--host', proxy.dockerHost]);
    // The two of its first stage.
    await until('it makes its first networks', async () => Promise.resolve(posts(proxy) === 2));
    await running.signal('SIGINT');
    await running.signal('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
    letGo();
    await until('the engine makes it all the same', async () => {
      const networks = await askEngine<readonly { Name: string }[]>(host, 'GET', '/networks');
      return networks.some(({ Name }) => Name === 'config');
    });
    await expectConvergence();
  });

  test('SIGKILL', async () => {
    const { proxy, letGo } = await heldAt(2);
    await using _proxy = proxy;
    const running = desk.start(['apply', whole, '--host', proxy.dockerHost]);
    await until('it makes its second network', async () => Promise.resolve(posts(proxy) >= 2));
    await running.signal('SIGKILL');
    await running.ended;
    letGo();
    await expectConvergence();
  });

  test('two at once: the second one names the first and gives up, or waits for it', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const first = desk.start(['apply', whole, '--host', proxy.dockerHost]);
    await until('it makes its first network', async () => Promise.resolve(posts(proxy) >= 1));

    await expectFailure((more) => desk.netctl(['apply', plain, ...more]), {
      exit: 75,
      code: 'LOCKED',
      cause: /Another netctl is at work on this engine \(process \d+, stack whole, since \d{4}-\d\d-\d\dT\S+\)/,
      cure: /--wait 30s/,
    });

    await using watched = await proxyEngine(host.socket);
    const waiting = desk.start(['apply', plain, '--wait', '60s', '--host', watched.dockerHost]);
    await until('the second one has looked', async () => Promise.resolve(watched.calls.length >= 4));
    letGo();
    expect((await first.ended).exitCode).toBe(0);
    const { exitCode, stderr, stdout } = await waiting.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('done: make network plain-net');
    await desk.netctl(['destroy', plain, '--yes']);
    await expectDestroyed();
  });
});
