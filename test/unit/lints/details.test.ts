import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../packages/core/src/addresses/prefix.js';
import type { Problem } from '../../../packages/core/src/problem.js';
import { factsOf } from '../../../packages/core/src/spec/facts.js';
import { roomProblems } from '../../../packages/core/src/spec/rules/room.js';
import { memoryHost } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';
import { loadText, planText } from '../../support/memory/run.js';

async function about(code: string, spec: string, host: WorldInput = {}): Promise<readonly Problem[]> {
  const { problems } = await planText(memoryHost(host), `name: home\n${spec}\n`);
  return problems.filter((one) => one.code === code);
}

const net = (body: string): string => `networks: { n: { ${body} } }`;
const eth0 = (...addresses: readonly string[]): WorldInput => ({
  links: [
    {
      name: 'eth0',
      addresses: addresses.map((address) => ({
        address,
        prefixLength: 24,
        scope: address.startsWith('fe80') ? 'link' : 'global',
      })),
    },
  ],
});

describe('the route that the router needs to ipvlan l3', () => {
  const l3 = 'driver: ipvlan, mode: l3, parent: eth0';
  const cure = async (body: string, host: WorldInput): Promise<string | undefined> =>
    (await about('L3_NEEDS_ROUTE', net(`${l3}, ${body}`), host))[0]?.hint;

  test('is printed with the address of this host on the parent', async () => {
    expect(await cure('subnet: 10.50.0.0/24', eth0('192.168.1.10'))).toBe(
      'On the router: ip route add 10.50.0.0/24 via 192.168.1.10. Then write `ignore: [L3_NEEDS_ROUTE]`.',
    );
  });

  test('is one for each subnet, of its own family, by an address that other machines know', async () => {
    const two = 'enable_ipv6: true, ipam: { config: [{ subnet: 10.50.0.0/24 }, { subnet: "fd00:50::/64" }] }';
    expect(await cure(two, eth0('fe80::1', '192.168.1.10', 'fd00::10'))).toContain(
      'ip route add 10.50.0.0/24 via 192.168.1.10; ip -6 route add fd00:50::/64 via fd00::10.',
    );
  });

  test('tells that the parent has no address yet', async () => {
    expect(await cure('subnet: 10.50.0.0/24, vlan: 40', eth0('192.168.1.10'))).toContain(
      'via <the address that eth0-v40 gets>.',
    );
  });

  test('is not needed to a network without a way out', async () => {
    expect(await cure('subnet: 10.50.0.0/24, internal: true', eth0('192.168.1.10'))).toBeUndefined();
  });
});

describe('a dotted parent', () => {
  const spec = net('driver: ipvlan, parent: eth0.40, subnet: 10.5.0.0/24, gateway: 10.5.0.1, ip_range: 10.5.0.64/26');
  const there = { name: 'eth0.40', kind: 'vlan', parent: 'eth0', vlan: { id: 40, protocol: '802.1q' } };

  test('that the host makes is used, and not worth a word', async () => {
    expect(await about('DOTTED_PARENT', spec, { links: [{ name: 'eth0' }, there] })).toEqual([]);
  });

  test('that netctl made is worth one at every plan, until it has another name', async () => {
    const alias = 'netctl:home/link:eth0.40';
    const host = { links: [{ name: 'eth0' }, { ...there, alias }] };
    expect((await about('DOTTED_PARENT', spec, host))[0]?.hint).toContain('Write `parent: eth0` and `vlan: 40`');
    expect(await about('DOTTED_PARENT', spec.replace('parent: eth0.40', 'parent: eth0, vlan: 40'), host)).toEqual([]);
  });

  test.each([
    ['/etc/netctl/home/links.yaml', 'name: home\nvlans:\n  eth0.40:\n    parent: eth0\n    id: 40\n'],
    [
      '/etc/netctl/home/links.sh',
      '{ [ -e x ] || "$ip" link add link eth0 name eth0.40 group 28259 type vlan id 40; }\n',
    ],
    ['/etc/network/interfaces.d/netctl-home', 'auto eth0.40\niface eth0.40 inet manual\n'],
    ['/etc/systemd/network/05-netctl-home-eth0.40.netdev', '[NetDev]\n'],
    ['/etc/NetworkManager/system-connections/netctl-home-eth0.40.nmconnection', '[connection]\n'],
  ])('that the host makes at boot is not worth a word: %s', async (path, text) => {
    const file = { stack: 'home', path, text };
    expect(await about('DOTTED_PARENT', spec, { persisted: [file] })).toEqual([]);
    expect(await about('DOTTED_PARENT', spec, { persisted: [{ ...file, stack: 'other' }] })).toHaveLength(1);
    const other = { stack: 'home', path: path.replace('0.40', '0.4'), text: text.replaceAll('eth0.40', 'eth0.4') };
    expect(await about('DOTTED_PARENT', spec, { persisted: [other] })).toHaveLength(1);
  });

  test('that is wanted under vlans: is Docker’s to make again as well', async () => {
    expect(await about('DOTTED_PARENT', `${spec}\nvlans: { eth0.40: { parent: eth0, id: 40 } }`)).toHaveLength(1);
  });

  test('of two VLANs Docker cannot make', async () => {
    const two = `${spec.replace('eth0.40', 'eth0.40.7')}\nvlans: { eth0.40: { parent: eth0, id: 40 }, eth0.40.7: { parent: eth0.40, id: 7 } }`;
    expect(await about('DOTTED_PARENT', two)).toEqual([]);
  });
});

describe('the MTU of an overlay and of the link below', () => {
  const on = (mtu: number): WorldInput => ({
    engine: { swarm: { state: 'active', manager: true, nodeAddress: '192.168.1.10' } },
    links: [{ name: 'eth0', mtu, addresses: [{ address: '192.168.1.10', prefixLength: 24, scope: 'global' }] }],
  });

  test.each<[string, number, string | undefined]>([
    ['driver: overlay', 1500, undefined],
    ['driver: overlay', 1450, 'an MTU of 1450, and 1400 fit: the link eth0 below has 1450, and VXLAN'],
    [
      'driver: overlay, encrypted: true',
      1450,
      'an MTU of 1424, and 1372 fit: the link eth0 below has 1450, and VXLAN and ESP',
    ],
    ['driver: overlay, mtu: auto', 1450, undefined],
    ['driver: overlay, mtu: 1400', 1450, undefined],
    ['driver: overlay, mtu: 1401', 1450, 'an MTU of 1401, and 1400 fit'],
    // The option is the MTU of the link below.
    ['driver: overlay, driver_opts: { com.docker.network.driver.mtu: 1450 }', 1450, undefined],
    ['driver: overlay, driver_opts: { com.docker.network.driver.mtu: 1451 }', 1450, 'an MTU of 1401, and 1400 fit'],
    ['driver: overlay, mtu: 8950', 9000, undefined],
  ])('%s on a link of %i', async (body, below, says) => {
    const [found] = await about('MTU_ABOVE_UNDERLAY', net(body), on(below));
    if (says === undefined) expect(found).toBeUndefined();
    else expect(found?.message).toContain(says);
  });
});

describe('the MTU of a VLAN link and of the link below', () => {
  test.each<[string, number]>([
    ['outer: { parent: eth0, id: 10, mtu: 1400 }, inner: { parent: outer, id: 20, mtu: 1400 }', 0],
    ['outer: { parent: eth0, id: 10, mtu: 1400 }, inner: { parent: outer, id: 20, mtu: 1401 }', 1],
  ])('both in the spec: %s', async (vlans, count) => {
    expect(await about('MTU_ABOVE_PARENT', `vlans: { ${vlans} }`)).toHaveLength(count);
  });

  test('of one that is there and is to have more', async () => {
    const alias = 'netctl:home/link:trunk';
    const trunk = { name: 'trunk', kind: 'vlan', parent: 'eth0', vlan: { id: 30, protocol: '802.1q' }, alias };
    const host: WorldInput = { links: [{ name: 'eth0' }, trunk] };
    expect(await about('MTU_ABOVE_PARENT', 'vlans: { trunk: { parent: eth0, id: 30, mtu: 9000 } }', host)).toHaveLength(
      1,
    );
    expect(await about('MTU_ABOVE_PARENT', 'vlans: { trunk: { parent: eth0, id: 30, mtu: 1400 } }', host)).toEqual([]);
  });
});

describe('the room in a network', () => {
  test('is what the containers of the spec want of it', async () => {
    const lan = net('driver: macvlan, parent: eth0, subnet: 10.5.0.0/28, gateway: 10.5.0.1, ip_range: 10.5.0.8/31');
    const places = (...wanted: readonly string[]): string =>
      `${lan}\ncontainers: { ${wanted.map((one, index) => `c${String(index)}: { networks: { n: { ${one} } } }`).join(', ')} }`;
    const room = async (...wanted: readonly string[]): Promise<readonly string[]> =>
      (await about('NO_ROOM', places(...wanted))).map(({ message }) => message);
    expect(await room('', '')).toEqual([]);
    expect(await room('', '', '')).toEqual([
      expect.stringContaining('2 addresses of 10.5.0.0/28 left to hand out, and 3 containers want one') as string,
    ]);
    expect(await room('', '', 'ipv4_address: 10.5.0.3')).toEqual([]);
  });

  const room = (body: string, dynamic: number, ...statics: readonly string[]): readonly string[] => {
    const network = factsOf(loadText(`name: home\n${net(body)}\n`).spec)[0];
    if (network === undefined) throw new Error('no network');
    const wants = { statics: statics.flatMap((text) => parseAddress(text) ?? []), dynamic: { 4: dynamic, 6: dynamic } };
    return roomProblems(network, wants).map(({ message }) => message.replace(/ left to hand out.*/, ''));
  };
  const mac = 'driver: macvlan, parent: eth0, subnet: 10.5.0.0/29';

  test.each<[string, number, readonly string[], readonly string[]]>([
    ['subnet: 10.5.0.0/29', 5, [], []],
    ['subnet: 10.5.0.0/29', 6, [], ['Docker has 5 addresses of 10.5.0.0/29']],
    // Nobody but a bridge or an overlay takes a gateway by itself on every engine.
    [mac, 6, [], []],
    [`${mac}, gateway: 10.5.0.1`, 6, [], ['Docker has 5 addresses of 10.5.0.0/29']],
    [`${mac}, gateway: 10.5.0.1`, 3, ['10.5.0.2', '10.5.0.3'], []],
    [`${mac}, gateway: 10.5.0.1`, 4, ['10.5.0.2', '10.5.0.3'], ['Docker has 3 addresses of 10.5.0.0/29']],
    // One that has two reasons is taken once.
    [`${mac}, gateway: 10.5.0.1`, 4, ['10.5.0.2', '10.5.0.2', '10.5.0.1'], []],
    // What is outside the range takes nothing from it.
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.4/30`, 3, ['10.5.0.2', '10.5.0.3'], []],
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.4/30`, 4, [], ['Docker has 3 addresses of 10.5.0.0/29']],
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.4/30, shim: true`, 2, [], []],
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.4/30, shim: true`, 3, [], ['Docker has 2 addresses of 10.5.0.0/29']],
    // A range for the shim alone, and every container with an address of its own.
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.6/32, shim: true`, 0, ['10.5.0.2'], []],
    [`${mac}, gateway: 10.5.0.1, ip_range: 10.5.0.6/32, shim: true`, 1, [], ['Docker has no address of 10.5.0.0/29']],
    // Two networks of addresses each: whoever has one of the two has not both.
    ['subnet: 10.5.0.0/29, enable_ipv6: true', 5, [], []],
    [
      'enable_ipv6: true, ipam: { config: [{ subnet: 10.5.0.0/24 }, { subnet: "fd00::/126" }] }',
      3,
      [],
      ['Docker has 2 addresses of fd00::/126'],
    ],
    ['driver: macvlan, parent: eth0, ipam: { config: [{ subnet: 10.5.0.0/29 }, { subnet: 10.6.0.0/29 }] }', 12, [], []],
    [
      'driver: macvlan, parent: eth0, ipam: { config: [{ subnet: 10.5.0.0/29 }, { subnet: 10.6.0.0/29 }] }',
      13,
      [],
      ['Docker has 12 addresses of 10.5.0.0/29 and 10.6.0.0/29'],
    ],
    ['subnet: auto', 1000, [], []],
    ['driver: bridge, ipam: { driver: null-ipam, config: [{ subnet: 10.5.0.0/30 }] }', 100, [], []],
  ])('%s for %i and %j', (body, dynamic, statics, expected) => {
    expect(room(body, dynamic, ...statics)).toEqual(expected);
  });

  test('what is reserved altogether is said once, by the rule of reserve:', async () => {
    await expect(
      planText(memoryHost(), `name: home\n${net('subnet: 10.5.0.0/30, reserve: { all: 10.5.0.0/30 }')}\n`),
    ).rejects.toMatchObject({ problems: [{ code: 'RESERVED_ALL' }] });
  });
});
