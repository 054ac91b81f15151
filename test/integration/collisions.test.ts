import { type Host, startHost } from '@netctl/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEngine, inspectNetwork, makeForeignNetwork, networkNames, tryEngine } from './support/engine-client.js';
import { testEngine } from './support/engine.js';
import { type Desk, openDesk } from './support/netctl.js';
import { planned } from './support/planned.js';
import { refusedUntouched } from './support/refusal.js';

/*
 * Addresses that somebody has already. Engines look at their own networks, and at the host only when they choose a
 * subnet themselves: what is pinned they take, and the bridge then swallows the route, the LAN or the overlay.
 */

let host: Host;
let desk: Desk;

beforeAll(async () => {
  host = await startHost({
    interfaces: [
      { name: 'eth0', addresses: ['192.168.1.10/24'] },
      { name: 'tun0', addresses: ['10.8.0.2/30'] },
    ],
    engine: testEngine(),
  });
  desk = await openDesk(host);
  await host.run('ip', ['route', 'add', '10.44.0.0/16', 'dev', 'tun0', 'table', '51820']);
  await host.run('ip', ['route', 'add', '10.45.0.0/16', 'via', '192.168.1.1', 'dev', 'eth0']);
  await makeForeignNetwork(host, 'shop_default', {
    Labels: { 'com.docker.compose.project': 'shop' },
    IPAM: { Config: [{ Subnet: '10.46.0.0/16' }] },
  });
});

afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await host.close();
});

/** Whether the engine makes a bridge on this subnet when it is told to. It is gone afterwards. */
async function engineMakes(Subnet: string): Promise<boolean> {
  const { status } = await tryEngine(host, 'POST', '/networks/create', {
    Name: 'collision',
    CheckDuplicate: true,
    IPAM: { Config: [{ Subnet }] },
  });
  if (status === 201) await askEngine(host, 'DELETE', '/networks/collision');
  return status === 201;
}

describe('a pinned subnet', () => {
  test.each([
    ['10.44.7.0/24', true, '10.44.0.0/16, to which this host has a route by tun0 (table 51820)'],
    ['10.45.7.0/24', true, '10.45.0.0/16, to which this host has a route by eth0 via 192.168.1.1'],
    ['192.168.0.0/23', true, '192.168.1.10/24, which the link eth0 of this host has'],
    ['10.8.0.0/24', true, '10.8.0.2/30, which the link tun0 of this host has'],
    ['10.46.7.0/24', false, '10.46.0.0/16 of the Docker network shop_default of the Compose project shop'],
  ])(
    '%s, which the engine makes: %s, is refused by whose it is, and a free one is offered',
    async (subnet, makes, whose) => {
      expect(await engineMakes(subnet)).toBe(makes);
      const problems = await refusedUntouched(host, desk, { name: 'pinned', networks: { pinned: { subnet } } });
      expect(problems).toMatchObject([
        { code: 'SUBNET_OVERLAP', path: 'networks.pinned.subnet', message: `${subnet} overlaps ${whose}` },
      ]);
      const free = /^(\S+) is free, or write `subnet: auto`/.exec(problems[0]?.hint ?? '')?.[1] ?? '';
      expect(await engineMakes(free)).toBe(true);
      const spec = await desk.write('free.yaml', { name: 'free', networks: { free: { subnet: free } } });
      expect(await planned(desk, spec)).toEqual(['network.create network:free: it is not there yet']);
    },
  );
});

describe('a subnet that netctl chooses', () => {
  test('is clear of everything, of the size and from where it was to come, and stays', async () => {
    const spec = await desk.write('auto.yaml', {
      name: 'auto',
      networks: {
        plain: { subnet: 'auto', enable_ipv6: true },
        small: { subnet: 'auto/28' },
        vpn: { subnet: 'auto/26 from 10.44.0.0/14' },
        lan: { subnet: 'auto/25 from 192.168.0.0/22' },
        ours: { subnet: 'auto from fd00:44::/48', enable_ipv6: true },
      },
      avoid: ['172.28.0.0/20', '192.168.0.0/24'],
    });
    const applied = await desk.netctl(['apply', spec]);
    expect(applied.exitCode, applied.stderr).toBe(0);
    const subnets = async (name: string): Promise<readonly string[]> =>
      (await inspectNetwork(host, name)).IPAM.Config.map(({ Subnet }) => Subnet ?? '');
    const plain = await subnets('plain');
    expect(plain).toEqual(['172.28.17.0/24', expect.stringMatching(/^fd[0-9a-f:]+::\/64$/)]);
    expect(await subnets('small')).toEqual(['172.28.18.0/28']);
    expect(await subnets('vpn')).toEqual(['10.47.0.0/26']);
    expect(await subnets('lan')).toEqual(['192.168.2.0/25']);
    expect(await subnets('ours')).toEqual(['172.28.16.0/24', 'fd00:44::/64']);
    expect(await planned(desk, spec)).toEqual([]);
    const shown = await desk.netctl(['plan', spec, '--addresses']);
    expect(shown.stdout).toContain(
      'network small  172.28.18.0/28  [x-------------]  0 used, 1 reserved, 13 dynamic, 0 free\n  172.28.18.1               reserved  gateway\n',
    );
    const { addresses } = JSON.parse((await desk.netctl(['plan', spec, '--addresses', '--json'])).stdout) as {
      readonly addresses: readonly {
        readonly network: string;
        readonly subnets: readonly { readonly free: string }[];
      }[];
    };
    expect(addresses.map(({ network, subnets: list }) => `${network} ${String(list.length)}`).sort()).toEqual([
      'lan 1',
      'ours 2',
      'plain 2',
      'small 1',
      'vpn 1',
    ]);
    await host.restartEngine();
    expect(await planned(desk, spec)).toEqual([]);

    // Made again it has the same IPv6 subnet: that comes from the engine's id.
    const destroyed = await desk.netctl(['destroy', spec, '--yes']);
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    const again = await desk.netctl(['apply', spec]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await subnets('plain')).toEqual(plain);
    await desk.netctl(['destroy', spec, '--yes']);
    expect([...(await networkNames(host))].sort()).toEqual(['bridge', 'host', 'none', 'shop_default']);
  });

  test('of nothing is refused', async () => {
    const networks = { full: { subnet: 'auto/24 from 10.44.8.0/23' } };
    expect(await refusedUntouched(host, desk, { name: 'full', networks })).toMatchObject([
      { code: 'NO_FREE_SUBNET', message: 'no free IPv4 /24 is left in 10.44.8.0/23' },
    ]);
  });
});
