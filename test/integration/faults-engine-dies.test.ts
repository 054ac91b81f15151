import { afterEach, describe, expect, test } from 'vitest';
import { atCreate, cutShort, failed, QUICKLY } from './support/cut-short.js';
import { askEngine } from './support/engine-client.js';
import { type Interference, proxyEngine } from './support/engine-proxy.js';
import { wholeNetworks } from './support/fault-bench.js';
import { type HostSnapshot, snapshotOf } from './support/host-snapshot.js';
import { itemsOf, reportOf } from './support/netctl.js';

const { host, desk, whole, bare, expectConvergence } = cutShort();

describe('the engine dies', () => {
  afterEach(async () => host().startEngine());

  const killEngine: Interference = async (_call, outgoing) => {
    await host().killEngine();
    outgoing.destroy();
    return true;
  };
  const killEngineAfterwards: Interference = async (_call, outgoing, forward) => {
    await forward();
    await host().killEngine();
    outgoing.destroy();
    return true;
  };

  test.each([
    ['before it makes network 2', 2, killEngine],
    // The last is alone: an engine that dies while it makes a bridge beside this one leaves that bridge.
    ['after it made network 5, before it says so', 5, killEngineAfterwards],
  ])('%s', async (_name, number, interfere) => {
    await using proxy = await proxyEngine(host().socket, atCreate(number, interfere));
    const cut = await desk().netctl(['apply', whole(), '--json', QUICKLY, '--host', proxy.dockerHost]);
    expect(cut.exitCode).toBe(1);
    const { error } = reportOf(cut);
    expect(error).toMatchObject({ code: 'STEP_FAILED', step: expect.stringMatching(/^make network /) as string });
    // A network made beside it may be the first to notice, when an old engine is asked for others of its name.
    expect(error?.message).toMatch(
      /Could not make network \S+: The Docker Engine at \S+ went away during (POST \/networks\/create|GET \/networks)/,
    );
    expect(error?.hint).toMatch(failed.cure);
    expect(itemsOf(cut).filter(({ state }) => state === 'failed')).not.toEqual([]);
    await host().startEngine();
    // An engine that starts fills in gateways: from here on is what to compare with.
    bare(await withoutStack());
    await expectConvergence();
  });

  /** What the networks that are not ours look like after the restart. */
  async function withoutStack(): Promise<HostSnapshot> {
    const now = await snapshotOf(host());
    const networks = now.networks.filter((line) => /"Name":"(bridge|host|none)"/.test(line));
    return { ...bare(), links: await foreignLinks(now.links), networks };
  }

  async function foreignLinks(links: readonly string[]): Promise<readonly string[]> {
    const mine = await askEngine<readonly { Id: string; Name: string }[]>(host(), 'GET', '/networks');
    const bridges = mine.filter(({ Name }) => wholeNetworks.includes(Name)).map(({ Id }) => `br-${Id.slice(0, 12)}`);
    return links.filter((line) => ![...bridges, 'lan-shim'].some((name) => line.includes(name)));
  }
});
