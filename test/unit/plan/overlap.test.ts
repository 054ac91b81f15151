import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';
import { planText } from '../../support/memory/run.js';

type Network = NonNullable<WorldInput['networks']>[number];

const bridge = (subnet: string, labels: Record<string, string> = {}): Network => ({
  Name: 'other',
  Driver: 'bridge',
  Labels: labels,
  IPAM: { Config: [{ Subnet: subnet }] },
});
const address = (name: string, text: string, prefixLength: number, type = 'ether') => ({
  name,
  type,
  addresses: [{ address: text, prefixLength, scope: 'global' }],
});
const route = (destination: string, link: string, more = {}) => ({ destination, table: 'main', link, ...more });

async function problems(network: string, input: WorldInput, more = ''): Promise<readonly string[]> {
  const plan = await planText(memoryHost(input), `name: home\nnetworks:\n  one: { ${network} }\n${more}`);
  return plan.problems.flatMap(({ code, message, hint = '' }) =>
    ['SUBNET_OVERLAP', 'SUBNET_IN_POOL'].includes(code) ? [`${message}. ${hint}`] : [],
  );
}

describe('a subnet that somebody has', () => {
  const free = '172.28.0.0/24 is free, or write `subnet: auto`.';

  test.each<[string, WorldInput, string]>([
    [
      'a network of a Compose project',
      { networks: [bridge('10.5.0.0/16', { 'com.docker.compose.project': 'shop' })] },
      `10.5.0.0/16 of the Docker network other of the Compose project shop. ${free}`,
    ],
    [
      'a network of another stack, inside it',
      { networks: [bridge('10.5.0.128/28', { 'io.netctl.stack': 'office', 'io.netctl.ref': 'network:x' })] },
      `10.5.0.128/28 of the Docker network other of the stack office. ${free}`,
    ],
    [
      'a network of a swarm stack',
      {
        networks: [
          { ...bridge('10.5.0.0/24', { 'com.docker.stack.namespace': 'web' }), Driver: 'overlay', Scope: 'swarm' },
        ],
      },
      `10.5.0.0/24 of the swarm network other of the swarm stack web. ${free}`,
    ],
    [
      'an address of a link, of the same prefix as no route',
      { links: [address('eth7', '10.5.0.9', 16)] },
      `10.5.0.9/16, which the link eth7 of this host has. ${free}`,
    ],
    [
      'a route around it',
      { routes: [route('10.0.0.0/8', 'tun0')] },
      `10.0.0.0/8, to which this host has a route by tun0. ${free}`,
    ],
    [
      'a route of another table to one address of it, by a router',
      { routes: [route('10.5.0.77/32', 'eth0', { table: '220', via: '192.168.1.1' })] },
      `10.5.0.77/32, to which this host has a route by eth0 via 192.168.1.1 (table 220). ${free}`,
    ],
  ])('%s', async (_what, input, told) => {
    expect(await problems('subnet: 10.5.0.0/24', input)).toEqual([`10.5.0.0/24 overlaps ${told}`]);
  });

  test.each<[string, WorldInput]>([
    ['a network beside it', { networks: [bridge('10.5.1.0/24')] }],
    ['a configuration network', { networks: [{ ...bridge('10.5.0.0/24'), ConfigOnly: true }] }],
    ['the default route, and its two halves', { routes: [route('0.0.0.0/0', 'eth0'), route('0.0.0.0/1', 'tun0')] }],
  ])('is not %s', async (_what, input) => {
    expect(await problems('subnet: 10.5.0.0/24', input)).toEqual([]);
  });

  test('an overlay too, on the host that makes it', async () => {
    const engine = { swarm: { state: 'active', manager: true } };
    const found = await problems('driver: overlay, subnet: 10.5.0.0/24', {
      engine,
      routes: [route('10.5.0.0/16', 'wg0')],
    });
    expect(found).toEqual([
      '10.5.0.0/24 overlaps 10.5.0.0/16, to which this host has a route by wg0. 172.28.0.0/24 is free, or write `subnet: auto`.',
    ]);
  });

  test('the free prefix that is offered is as large, and nobody’s', async () => {
    const input = { routes: [route('10.5.0.0/16', 'wg0'), route('172.28.0.0/15', 'wg0')] };
    const found = await problems(
      'subnet: 10.5.0.0/20',
      input,
      '  two: { subnet: 172.30.0.0/20 }\navoid: [172.30.16.0/24]',
    );
    expect(found).toEqual([expect.stringContaining('172.30.32.0/20 is free') as string]);
  });
});

describe('the pool of a swarm', () => {
  const engine = { swarm: { state: 'active', manager: true, addressPools: ['10.20.0.0/16'] } };

  test('is warned of: its networks may get the same addresses later', async () => {
    expect(await problems('subnet: 10.20.4.0/24', { engine })).toEqual([
      '10.20.4.0/24 is part of 10.20.0.0/16, from which the swarm takes the subnets of its networks, and one of them may get it too. 172.28.0.0/24 is free.',
    ]);
  });

  test('is nothing to a subnet outside it, nor to an overlay', async () => {
    expect(await problems('subnet: 10.21.4.0/24', { engine })).toEqual([]);
    expect(await problems('driver: overlay, subnet: 10.20.4.0/24', { engine })).toEqual([]);
  });
});

describe('macvlan on a LAN', () => {
  const lan = 'driver: macvlan, parent: eth0, subnet: 10.5.0.0/24, gateway: 10.5.0.1, ip_range: 10.5.0.128/25';
  const eth0 = address('eth0', '10.5.0.9', 24);
  const bare = { name: 'eth0' };

  test.each<[string, WorldInput]>([
    ['the LAN of its own parent', { links: [eth0], routes: [route('10.5.0.0/24', 'eth0')] }],
    [
      'that LAN by Wi-Fi as well',
      { links: [eth0, address('wlan0', '10.5.0.10', 24)], routes: [route('10.5.0.0/24', 'eth0')] },
    ],
    [
      'a second cable into the LAN of another link',
      { links: [bare, address('eth1', '10.5.0.10', 24)], routes: [route('10.5.0.0/24', 'eth1')] },
    ],
  ])('%s is meant so', async (_what, input) => {
    expect(await problems(lan, input)).toEqual([]);
  });

  test.each<[string, WorldInput, string]>([
    [
      'behind a tunnel',
      { links: [bare, { name: 'wg0', type: 'none' }], routes: [route('10.0.0.0/8', 'wg0')] },
      '10.5.0.0/24 overlaps 10.0.0.0/8, to which this host has a route by wg0. Name the link that this LAN is on as the parent, and the subnet that this link is in.',
    ],
    [
      'behind a router',
      { links: [bare], routes: [route('10.5.0.0/16', 'eth0', { via: '192.168.1.254' })] },
      '10.5.0.0/24 overlaps 10.5.0.0/16, to which this host has a route by eth0 via 192.168.1.254. Name the link that this LAN is on as the parent, and the subnet that this link is in.',
    ],
  ])('%s is no LAN', async (_what, input, told) => {
    expect(await problems(lan, input)).toEqual([told]);
  });
});
