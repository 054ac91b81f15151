import { describe, expect, test } from 'vitest';
import { parseAuto } from '../../../packages/core/src/addresses/auto.js';
import { formatPrefix } from '../../../packages/core/src/addresses/prefix.js';
import type { FoundNetwork } from '../../../packages/core/src/model.js';
import { memoryHost } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';
import { applyText, planText } from '../../support/memory/run.js';
import { factsOf, resolveText } from '../resolve/facts.js';

/** The subnets of each network of a spec on a host. */
function subnets(networks: string, input: Parameters<typeof factsOf>[0] = {}): Readonly<Record<string, string>> {
  const { networks: resolved } = resolveText(networks, factsOf(input));
  return Object.fromEntries(
    resolved.map(({ name, props }) => [name, props.ipam.config.map(({ subnet }) => subnet ?? '').join(' ')]),
  );
}

const one = (subnet: string, more = ''): string => `networks: { web: { subnet: ${subnet}${more} } }`;

describe('how it is written', () => {
  test.each([
    ['auto', '4', undefined, undefined],
    ['auto/26', '4', 26, undefined],
    ['auto from 10.200.0.0/16', '4', undefined, '10.200.0.0/16'],
    ['auto/26 from 10.200.0.0/16', '4', 26, '10.200.0.0/16'],
    ['auto/16  from  10.200.0.0/16', '4', 16, '10.200.0.0/16'],
    ['auto from fd00:9::/48', '6', undefined, 'fd00:9::/48'],
    ['auto/30', '4', 30, undefined],
    ['auto/120 from fd00:9::/48', '6', 120, 'fd00:9::/48'],
  ])('%s', (text, family, length, from) => {
    const auto = parseAuto(text);
    expect(auto).toBeDefined();
    expect(String(auto?.family)).toBe(family);
    expect(auto?.length).toBe(length);
    expect(auto?.from && formatPrefix(auto.from)).toBe(from);
  });

  test.each([
    'auto/31',
    'auto/7',
    'auto/0',
    'auto/x',
    'automatic',
    'auto from',
    'auto from 10.200.0.1/16',
    'auto from 10.200.0.0',
    'auto/15 from 10.200.0.0/16',
    'auto/127 from fd00::/48',
    'auto/24 from fd00::/48',
  ])('%s is refused', (text) => {
    expect(parseAuto(text)).toBeUndefined();
  });
});

describe('what is chosen', () => {
  test('the first prefix of the size, from where it is to come', () => {
    expect(subnets(one('auto'))).toEqual({ web: '172.28.0.0/24' });
    expect(subnets(one('auto/26'))).toEqual({ web: '172.28.0.0/26' });
    expect(subnets(one('auto/20'))).toEqual({ web: '172.28.0.0/20' });
    expect(subnets(one('auto from 10.200.0.0/16'))).toEqual({ web: '10.200.0.0/24' });
    expect(subnets(one('auto from 10.200.7.0/26'))).toEqual({ web: '10.200.7.0/26' });
    expect(subnets(one('auto/28 from 10.200.7.0/26'))).toEqual({ web: '10.200.7.0/28' });
  });

  test('several do not meet, whatever their sizes', () => {
    const text =
      'networks: { a: { subnet: auto/26 }, b: { subnet: auto/24 }, c: { subnet: auto/26 }, d: { subnet: auto/24 } }';
    expect(subnets(text)).toEqual({
      a: '172.28.0.0/26',
      b: '172.28.1.0/24',
      c: '172.28.0.64/26',
      d: '172.28.2.0/24',
    });
  });

  test('the order in the file changes nothing', () => {
    const there = subnets('networks: { a: { subnet: auto }, b: { subnet: auto/25 }, c: { subnet: auto } }');
    expect(subnets('networks: { c: { subnet: auto }, a: { subnet: auto }, b: { subnet: auto/25 } }')).toEqual(there);
  });

  test.each<[string, WorldInput]>([
    [
      'a Docker network',
      { networks: [{ Name: 'x', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.28.0.0/16' }] } }] },
    ],
    [
      'a network of a swarm',
      { networks: [{ Name: 'x', Driver: 'overlay', Scope: 'swarm', IPAM: { Config: [{ Subnet: '172.28.0.0/16' }] } }] },
    ],
    [
      'an address',
      { links: [{ name: 'eth7', addresses: [{ address: '172.28.4.4', prefixLength: 16, scope: 'global' }] }] },
    ],
    ['a route', { routes: [{ destination: '172.28.0.0/16', table: 'main', link: 'wg0' }] }],
    ['a route of another table', { routes: [{ destination: '172.28.0.0/16', table: '51820', link: 'wg0' }] }],
    ['a route that is part of it', { routes: [{ destination: '172.28.255.255/32', table: 'main', link: 'wg0' }] }],
  ])('is clear of %s', (_what, input) => {
    expect(subnets(one('auto from 172.28.0.0/15'), input)).toEqual({
      web: input.routes?.[0]?.destination === '172.28.255.255/32' ? '172.28.0.0/24' : '172.29.0.0/24',
    });
    expect(subnets(one('auto/16 from 172.28.0.0/15'), input)).toEqual({ web: '172.29.0.0/16' });
  });

  test('is clear of what the spec pins and of what it says to avoid', () => {
    const text =
      'networks: { web: { subnet: auto }, z: { subnet: 172.28.0.0/24 } }\navoid: [172.28.1.0/24, 172.28.3.0/28]';
    expect(subnets(text)).toEqual({ web: '172.28.2.0/24', z: '172.28.0.0/24' });
  });

  test('is clear of the pools of a swarm, the default one where its manager does not say', () => {
    const swarm = { state: 'active', manager: true };
    const from = one('auto from 10.0.0.0/7');
    expect(subnets(from, { engine: { swarm } })).toEqual({ web: '11.0.0.0/24' });
    const pools = { ...swarm, addressPools: ['10.0.0.0/16'] };
    expect(subnets(from, { engine: { swarm: pools } })).toEqual({ web: '10.1.0.0/24' });
  });

  test('a default route, and the two halves that a VPN makes of it, are in nobody’s way', () => {
    const routes = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'].map((destination) => ({ destination, table: 'main' }));
    expect(subnets(one('auto'), { routes })).toEqual({ web: '172.28.0.0/24' });
  });

  test('IPv6 comes from the prefix of the engine, which is the same for ever', () => {
    const six = one('auto', ', enable_ipv6: true');
    const [four, local = ''] = (subnets(six)['web'] ?? '').split(' ');
    expect(four).toBe('172.28.0.0/24');
    expect(local).toMatch(/^fd[0-9a-f]{2}:[0-9a-f]{1,4}:[0-9a-f]{1,4}::\/64$/);
    expect(subnets(six)['web']).toBe(`172.28.0.0/24 ${local}`);
    expect(subnets(six, { engine: { id: 'ANOTHER' } })['web']).not.toContain(local);
    expect(subnets(one('auto', ', enable_ipv6: true, enable_ipv4: false'))).toEqual({ web: local });
    expect(subnets(one('"auto from fd00:9::/48"', ', enable_ipv6: true'))).toEqual({
      web: '172.28.0.0/24 fd00:9::/64',
    });
  });
});

test('an IPv6 subnet that netctl chooses is for every engine', async () => {
  const host = memoryHost({ engine: { version: '20.10.24', apiVersion: '1.41' } });
  const { problems } = await planText(host, `name: home\n${one('auto', ', enable_ipv6: true')}\n`);
  expect(problems).toEqual([]);
});

describe('what was chosen stays', () => {
  const text = (web: string, more = ''): string => `name: home\nnetworks:\n  web: { subnet: ${web} }\n${more}`;

  async function applied(web: string): Promise<ReturnType<typeof memoryHost>> {
    const host = memoryHost();
    await applyText(host, text(web));
    return host;
  }
  const steps = async (host: ReturnType<typeof memoryHost>, wanted: string): Promise<readonly string[]> =>
    (await planText(host, wanted)).stages.flat().map(({ op, ref, why }) => `${op} ${ref}: ${why}`);

  test('whatever is added before it or becomes free', async () => {
    const host = await applied('auto');
    expect(await steps(host, text('auto'))).toEqual([]);
    expect(await steps(host, text('auto', '  aaa: { subnet: auto }\n'))).toEqual([
      'network.create network:aaa: it is not there yet',
    ]);
    host.world.routes.push({ destination: '172.28.0.0/16', table: '7', link: 'eth0' });
    expect(await steps(host, text('auto'))).toEqual([]);
  });

  test('while it is of the size and from where it was to come', async () => {
    const host = await applied('auto/26 from 10.200.0.0/16');
    for (const same of ['auto', 'auto/26', 'auto from 10.200.0.0/24', 'auto/26 from 10.0.0.0/8']) {
      expect(await steps(host, text(same)), same).toEqual([]);
    }
    const why = 'subnet 10.200.0.0/26 → 10.200.0.64/27';
    expect(await steps(host, text('auto/27 from 10.200.0.0/16'))).toEqual([
      `network.remove network:web: ${why}`,
      `network.create network:web: ${why}`,
    ]);
    expect(await steps(host, text('auto from 10.201.0.0/16'))).toHaveLength(2);
  });

  test('until the spec avoids it, or gives it to another network', async () => {
    const host = await applied('auto');
    expect(await steps(host, text('auto', 'avoid: [172.28.0.0/20]\n'))).toContain(
      'network.create network:web: subnet 172.28.0.0/24 → 172.28.16.0/24',
    );
    expect(await steps(host, text('auto', '  z: { subnet: 172.28.0.0/24 }\n'))).toContain(
      'network.create network:web: subnet 172.28.0.0/24 → 172.28.1.0/24',
    );
  });
});

test('nothing left is an error that says where netctl looked', () => {
  const found: FoundNetwork[] = [];
  const { addresses } = resolveText(
    one('auto/24 from 10.200.0.0/23'),
    factsOf({ found, routes: [{ destination: '10.200.0.0/16', table: 'main' }] }),
  );
  expect(addresses.networks.get('web')?.none).toMatchObject([{ family: 4, length: 24 }]);
});
