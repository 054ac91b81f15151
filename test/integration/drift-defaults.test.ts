import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testEngine } from './support/engine.js';
import { engineVersion, inspectNetwork, isAtLeast } from './support/engine-client.js';
import { bodyOf, type RawNetwork } from './support/drift/network-body.js';
import { askEngine, networkNames } from './support/engine-client.js';
import { proxyEngine } from './support/engine-proxy.js';
import { type Desk, openDesk } from './support/netctl.js';
import { planned } from './support/planned.js';

const MTU = 'com.docker.network.driver.mtu';
const ICC = 'com.docker.network.bridge.enable_icc';
const IPV6 = 'com.docker.network.enable_ipv6';
const OPTION = '--default-network-opt';

/** Engines from 24 on add options to every network that they are told to. */
describe('an engine with options of its own for every bridge', () => {
  let host: Host | undefined;
  let desk: Desk | undefined;
  let spec: string;
  let version: string;
  let lacks: string | undefined;

  const here = (): { readonly host: Host; readonly desk: Desk } => {
    if (host === undefined || desk === undefined) throw new Error('there is no host');
    return { host, desk };
  };
  const left = async (): Promise<readonly string[]> => planned(here().desk, spec);

  beforeAll(async () => {
    const plain = await startHost({ engine: testEngine() });
    version = await engineVersion(plain);
    await plain.close();
    if (!isAtLeast(version, '24.0')) {
      lacks = `engine ${version} has no default-network-opts`;
      return;
    }
    const options = [OPTION, `bridge=${MTU}=1400`, OPTION, `bridge=${ICC}=false`, OPTION, `bridge=${IPV6}=true`];
    host = await startHost({ engine: { ...testEngine(), arguments: options } });
    desk = await openDesk(host);
    spec = await desk.write('defaults.yaml', {
      name: 'defaults',
      networks: {
        a: { subnet: '10.103.1.0/24' },
        b: { subnet: '10.103.2.0/24', mtu: 1300 },
        c: { config_only: true, subnet: '10.103.3.0/24' },
        d: { config_from: 'c' },
      },
    });
  });

  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]();
    await host?.close();
  });

  test('is asked once what it adds, before the first network is made', async (ctx) => {
    if (lacks !== undefined) ctx.skip(lacks);
    await using proxy = await proxyEngine(here().host.socket);
    const applied = await here().desk.netctl(['apply', spec, '--host', proxy.dockerHost]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const writes = proxy.calls.filter(({ method, aside, throwaway }) => method !== 'GET' && (throwaway || !aside));
    expect(writes.map(({ method, throwaway }) => [method, throwaway])).toEqual([
      ['POST', true],
      ['DELETE', true],
      ...Array.from({ length: 4 }, () => ['POST', false]),
    ]);
    expect([...(await networkNames(here().host))].sort()).toEqual(['a', 'b', 'bridge', 'c', 'd', 'host', 'none']);
  });

  test('is known in a label of each network, and is no drift', async (ctx) => {
    if (lacks !== undefined) ctx.skip(lacks);
    const a = await inspectNetwork(here().host, 'a');
    expect(a.Options).toEqual({ [MTU]: '1400', [ICC]: 'false', [IPV6]: 'true' });
    expect((a as { EnableIPv6?: boolean }).EnableIPv6).toBe(isAtLeast(version, '27.0'));
    expect(a.Labels?.['io.netctl.added']).toBe(`{"options":{"${ICC}":"false","${MTU}":"1400","${IPV6}":"true"}}`);
    expect((await inspectNetwork(here().host, 'b')).Labels?.['io.netctl.added']).toBe(
      `{"options":{"${ICC}":"false","${IPV6}":"true"}}`,
    );
    expect(await left()).toEqual([]);
    await here().host.restartEngine();
    expect(await left()).toEqual([]);
  });

  test('hides no option that is changed or added by hand', async (ctx) => {
    if (lacks !== undefined) ctx.skip(lacks);
    const networks = await askEngine<readonly RawNetwork[]>(here().host, 'GET', '/networks');
    const changes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      a: { [MTU]: '1350' },
      b: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    };
    for (const network of networks) {
      const change = changes[network.Name];
      if (change === undefined) continue;
      const body = bodyOf(network);
      Object.assign(body.Options, change);
      await askEngine(here().host, 'DELETE', `/networks/${network.Id}`);
      await askEngine(here().host, 'POST', '/networks/create', body);
    }
    const whys = {
      a: `driver_opts.${MTU} 1350 → 1400`,
      b: 'driver_opts.com.docker.network.bridge.inhibit_ipv4 true is not wanted',
    };
    expect([...(await left())].sort()).toEqual([
      `network.create network:a: ${whys.a}`,
      `network.create network:b: ${whys.b}`,
      `network.remove network:a: ${whys.a}`,
      `network.remove network:b: ${whys.b}`,
    ]);
    const repaired = await here().desk.netctl(['apply', spec, '--yes']);
    expect(repaired.exitCode, repaired.stderr).toBe(0);
    expect(await left()).toEqual([]);
  });
});
