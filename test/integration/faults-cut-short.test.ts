import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atCreate, cutShort, failed, QUICKLY } from './support/cut-short.js';
import { askEngine, engineVersion, inspectNetwork, isAtLeast } from './support/engine-client.js';
import { type EngineProxy, type Interference, proxyEngine } from './support/engine-proxy.js';
import { expectFailure, expectText } from './support/failures.js';
import { plainSpec } from './support/fault-bench.js';
import { snapshotOf } from './support/host-snapshot.js';
import { reportOf } from './support/netctl.js';
import { until } from './support/until.js';

const { host, desk, whole, bare, expectConvergence, expectDestroyed } = cutShort();

describe('an apply that is cut short', () => {
  let plain: string;

  beforeAll(async () => {
    plain = await desk().write('plain.yaml', plainSpec);
  });

  const hangUp: Interference = (_call, outgoing) => {
    outgoing.destroy();
    return true;
  };
  const hangUpAfterwards: Interference = async (_call, outgoing, forward) => {
    await forward();
    outgoing.destroy();
    return true;
  };
  describe.each([1, 3, 5])('at network number %i', (number) => {
    test.each([
      ['the connection breaks', hangUp],
      ['the answer is lost', hangUpAfterwards],
    ])('%s', async (_name, interfere) => {
      await using proxy = await proxyEngine(host().socket, atCreate(number, interfere));
      expectText(await desk().netctl(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]), failed);
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
      const version = await engineVersion(host());
      if (!isAtLeast(version, '24.0')) ctx.skip(`engine ${version} adds nothing, and none is made`);
    });

    test.each([
      ['the connection breaks', hangUp],
      ['the answer is lost', hangUpAfterwards],
    ])('%s', async (_name, interfere) => {
      await using proxy = await proxyEngine(host().socket, atThrowaway(interfere));
      const cut = await desk().netctl(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
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
        host().socket,
        atThrowaway(() => held),
      );
      const running = desk().start(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
      const reached = () => proxy.calls.some((call) => call.throwaway && call.method === method);
      await until('it is there', async () => Promise.resolve(reached()));
      await running.signal('SIGKILL');
      await running.ended;
      letGo();
      await expectConvergence();
    });
  });

  test('a lost answer to a removal is no failure when the network is gone', async () => {
    const applied = await desk().netctl(['apply', whole(), QUICKLY]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    await using proxy = await proxyEngine(host().socket, (call, outgoing, forward) =>
      call.method === 'DELETE' && !call.aside ? hangUpAfterwards(call, outgoing, forward) : false,
    );
    const destroyed = await desk().netctl(['destroy', whole(), '--yes', '--host', proxy.dockerHost]);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(await snapshotOf(host())).toEqual(bare());
  });

  test('a create that never ends is given up, and the next apply goes on', async () => {
    await using proxy = await proxyEngine(
      host().socket,
      atCreate(2, () => true),
    );
    expectText(await desk().netctl(['apply', whole(), QUICKLY, '--host', proxy.dockerHost, '--timeout', '2s']), {
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
      host().socket,
      atCreate(number, () => held),
    );
    return { proxy, letGo };
  }

  const posts = ({ calls }: EngineProxy): number =>
    calls.filter(({ method, aside }) => method === 'POST' && !aside).length;

  test('SIGINT: what had begun is finished, nothing more is begun', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const running = desk().start(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
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
    await inspectNetwork(host(), 'config');
    await inspectNetwork(host(), 'web');
    await expectConvergence();
  });

  test('Ctrl-C, which reaches every process of the terminal, does not cut off the ip that makes a link', async () => {
    const folder = join(desk().folder, 'slow');
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
    const stopped = await desk().netctl(['apply', whole(), QUICKLY], { through: ['bash', '-c', script, 'bash'] });
    expect(stopped.exitCode, stopped.stderr).toBe(130);
    expect(stopped.stderr).toMatch(/^netctl: Interrupted/m);
    const links = JSON.parse((await host().run('ip', ['-json', 'link', 'show', 'dev', 'lan-shim'])).stdout) as unknown;
    expect(links).toMatchObject([
      { ifalias: 'netctl:whole/link:lan-shim', flags: expect.arrayContaining(['UP']) as unknown },
    ]);
    await expectConvergence();
  });

  test('SIGTERM: the same, with a status of its own', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const running = desk().start(['apply', whole(), QUICKLY, '--json', '--host', proxy.dockerHost]);
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
    const running = desk().start(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
    // The two of its first stage.
    await until('it makes its first networks', async () => Promise.resolve(posts(proxy) === 2));
    await running.signal('SIGINT');
    await running.signal('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
    letGo();
    await until('the engine makes it all the same', async () => {
      const networks = await askEngine<readonly { Name: string }[]>(host(), 'GET', '/networks');
      return networks.some(({ Name }) => Name === 'config');
    });
    await expectConvergence();
  });

  test('SIGKILL', async () => {
    const { proxy, letGo } = await heldAt(2);
    await using _proxy = proxy;
    const running = desk().start(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
    await until('it makes its second network', async () => Promise.resolve(posts(proxy) >= 2));
    await running.signal('SIGKILL');
    await running.ended;
    letGo();
    await expectConvergence();
  });

  test('two at once: the second one names the first and gives up, or waits for it', async () => {
    const { proxy, letGo } = await heldAt(1);
    await using _proxy = proxy;
    const first = desk().start(['apply', whole(), QUICKLY, '--host', proxy.dockerHost]);
    await until('it makes its first network', async () => Promise.resolve(posts(proxy) >= 1));

    await expectFailure((more) => desk().netctl(['apply', plain, ...more]), {
      exit: 75,
      code: 'LOCKED',
      cause: /Another netctl is at work on this engine \(process \d+, stack whole, since \d{4}-\d\d-\d\dT\S+\)/,
      cure: /--wait 30s/,
    });

    await using watched = await proxyEngine(host().socket);
    const waiting = desk().start(['apply', plain, '--wait', '60s', '--host', watched.dockerHost]);
    await until('the second one has looked', async () => Promise.resolve(watched.calls.length >= 4));
    letGo();
    expect((await first.ended).exitCode).toBe(0);
    const { exitCode, stderr, stdout } = await waiting.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('done: make network plain-net');
    await desk().netctl(['destroy', plain, '--yes']);
    await expectDestroyed();
  });
});
