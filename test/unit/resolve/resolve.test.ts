import { describe, expect, test } from 'vitest';
import { LINK_GROUP } from '../../../packages/core/src/links.js';
import type { LinkResource, NetworkResource } from '../../../packages/core/src/model.js';
import type { Resolved } from '../../../packages/core/src/resolve/resolve.js';
import type { LinkInput } from '../../support/memory/world.js';
import { factsOf, resolveText } from './facts.js';

const ETH0: LinkInput = { name: 'eth0', mac: '52:54:00:00:00:10' };
const link = ({ links }: Resolved, name: string): LinkResource | undefined =>
  links.find(({ props }) => props.name === name);
const network = ({ networks }: Resolved, key = 'lan'): NetworkResource => {
  const found = networks.find(({ ref }) => ref === `network:${key}`);
  if (found === undefined) throw new Error(key);
  return found;
};
const aux = (resolved: Resolved): unknown =>
  network(resolved).props.ipam.config.map(({ auxAddresses }) => auxAddresses);

const lan = (more = '', range = '192.168.1.192/27'): string =>
  `networks:\n  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: ${range}${more} }\n`;

describe('the link that a network sits on', () => {
  const vlan = (change: Partial<LinkInput> = {}): LinkInput => ({
    name: 'eth0.40',
    kind: 'vlan',
    parent: 'eth0',
    vlan: { id: 40, protocol: '802.1q' },
    ...change,
  });
  const dotted = 'networks:\n  lan: { driver: macvlan, parent: eth0.40, subnet: 10.4.0.0/24, gateway: 10.4.0.1 }\n';

  test.each<[string, readonly LinkInput[], boolean]>([
    ['is made where a dotted one is missing', [ETH0], true],
    ['is used where somebody made it', [ETH0, vlan()], false],
    ['is used whatever its group', [ETH0, vlan({ group: 5 })], false],
    ['is used whatever its alias', [ETH0, vlan({ alias: 'cameras' })], false],
    [
      'is used where another stack made it',
      [ETH0, vlan({ alias: 'netctl:other/link:eth0.40', group: LINK_GROUP })],
      false,
    ],
    ['stays ours where we made it', [ETH0, vlan({ alias: 'netctl:home/link:eth0.40', group: LINK_GROUP })], true],
    ['is ours where we did not live to name it', [ETH0, vlan({ group: LINK_GROUP })], true],
  ])('%s', (_what, links, ours) => {
    const resolved = resolveText(dotted, factsOf({ links }));
    expect(resolved.links.map(({ ref }) => ref)).toEqual(ours ? ['link:eth0.40'] : []);
    expect(network(resolved).requires).toEqual(ours ? ['link:eth0.40'] : []);
    expect(network(resolved).asked.options).toEqual({ parent: 'eth0.40' });
    expect(resolved.problems).toEqual([]);
  });

  const tagged =
    'networks:\n  lan: { driver: macvlan, parent: eth0, vlan: 40, subnet: 10.4.0.0/24, gateway: 10.4.0.1 }\n';

  test('has a name without a dot for vlan:, or the one that vlans: gives', () => {
    expect(network(resolveText(tagged)).asked.options['parent']).toBe('eth0-v40');
    const named = resolveText(`${tagged}vlans: { cams: { parent: eth0, id: 40, mtu: 1400 } }`);
    expect(network(named).asked.options['parent']).toBe('cams');
    expect(named.links.map(({ props }) => [props.name, props.vlanId, props.mtu])).toEqual([['cams', 40, 1400]]);
  });

  test('is named in the error where it has another name', () => {
    const facts = factsOf({ links: [ETH0, vlan({ name: 'cams' })] });
    expect(resolveText(tagged, facts).problems).toMatchObject([{ code: 'VLAN_ID_TAKEN', path: 'networks.lan.vlan' }]);
  });

  test('may have the id of one of ours that nobody wants any more', () => {
    const facts = factsOf({ links: [ETH0, vlan({ name: 'old', alias: 'netctl:home/link:old' })] });
    expect(resolveText(tagged, facts).problems).toEqual([]);
  });

  test('waits for the link below it', () => {
    const resolved = resolveText('vlans: { inner: { parent: outer, id: 2 }, outer: { parent: eth0, id: 1 } }');
    expect(link(resolved, 'inner')?.requires).toEqual(['link:outer']);
    expect(link(resolved, 'outer')?.requires).toEqual([]);
  });
});

describe('the shim', () => {
  test('has a route to each address of a container that is outside the range', () => {
    const containers = `containers:
  printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } }
  nas: { networks: { lan: { ipv4_address: 192.168.1.20 } } }
  elsewhere: { networks: { web: {} } }
`;
    const { props } = link(resolveText(`${lan(', shim: true')}  web: {}\n${containers}`), 'lan-shim') ?? {};
    expect(props?.routes).toEqual(
      ['192.168.1.192/27', '192.168.1.180/32', '192.168.1.20/32'].map((destination) => ({
        destination,
        source: '192.168.1.223',
      })),
    );
    expect(props?.addresses).toEqual(['192.168.1.223']);
  });

  test('takes the last address of the range, and routes the range alone', () => {
    const { props } = link(resolveText(lan(', shim: true')), 'lan-shim') ?? {};
    expect(props).toMatchObject({
      kind: 'macvlan',
      parent: 'eth0',
      mode: 'bridge',
      addresses: ['192.168.1.223'],
      routes: [{ destination: '192.168.1.192/27', source: '192.168.1.223' }],
    });
  });

  test('does not take the broadcast address of the subnet', () => {
    const resolved = resolveText(lan(', shim: true', '192.168.1.128/25'));
    expect(link(resolved, 'lan-shim')?.props.addresses).toEqual(['192.168.1.254']);
  });

  test('has the mode and the flag of an ipvlan network, and no MAC of its own', () => {
    const text = `networks:\n  lan: { driver: ipvlan, parent: eth0, mode: l3, subnet: 10.4.0.0/24, ip_range: 10.4.0.0/28, shim: true }\n`;
    const { props } = link(resolveText(text), 'lan-shim') ?? {};
    expect(props).toMatchObject({ kind: 'ipvlan', mode: 'l3', flag: 'bridge' });
    expect(props).not.toHaveProperty('mac');
  });

  test('has a MAC that depends on the host, the stack and its name alone', () => {
    const mac = (facts = factsOf(), more = ''): string | undefined =>
      link(resolveText(lan(`, shim: true${more}`), facts), 'lan-shim')?.props.mac;
    expect(mac()).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    expect(mac()).toBe(mac(factsOf(), ', labels: { a: b }'));
    expect(mac(factsOf({ links: [{ ...ETH0, mac: '52:54:00:00:00:99' }] }))).not.toBe(mac());
  });

  test('on a VLAN link has the same MAC before and after that link is there', () => {
    const text = lan(', vlan: 30, shim: true');
    const there = {
      name: 'eth0-v30',
      kind: 'vlan',
      parent: 'eth0',
      mac: '52:54:00:00:00:10',
      vlan: { id: 30, protocol: '802.1q' },
      alias: 'netctl:home/link:eth0-v30',
    };
    const before = resolveText(text, factsOf({ links: [ETH0] }));
    const after = resolveText(text, factsOf({ links: [ETH0, there] }));
    expect(link(before, 'lan-shim')?.props.mac).toBe(link(after, 'lan-shim')?.props.mac);
  });

  test('is one for networks on one parent, and two where the spec names two', () => {
    const two = (names: readonly [string, string]): Resolved =>
      resolveText(
        `${lan(`, shim: ${names[0]}`)}  ten: { driver: macvlan, parent: eth0, subnet: 10.20.0.0/24, gateway: 10.20.0.1, ip_range: 10.20.0.128/25, shim: ${names[1]} }\n`,
      );
    expect(two(['true', 'true']).links.map(({ props }) => [props.name, props.addresses, props.routes.length])).toEqual([
      ['lan-shim', ['192.168.1.223', '10.20.0.254'], 2],
    ]);
    expect(two(['{ name: a }', '{ name: b }']).links.map(({ props }) => props.name)).toEqual(['a', 'b']);
    expect(two(['{ name: a }', 'true']).links.map(({ props }) => props.name)).toEqual(['a']);
  });
});

describe('what is reserved besides', () => {
  test('the shim, the host’s own address and the reserve, inside the range alone', () => {
    const facts = factsOf({
      links: [{ ...ETH0, addresses: [{ address: '192.168.1.200', prefixLength: 24, scope: 'global' }] }],
    });
    const text = lan(
      ', shim: true, reserve: { nas: 192.168.1.201, dhcp: 192.168.1.100-192.168.1.193, far: 192.168.1.5 }',
    );
    expect(aux(resolveText(text, facts))).toEqual([
      {
        'netctl-shim': '192.168.1.223',
        'netctl-host': '192.168.1.200',
        nas: '192.168.1.201',
        'dhcp-1': '192.168.1.192',
        'dhcp-2': '192.168.1.193',
      },
    ]);
    expect(network(resolveText(text, facts)).asked.ipam.config).toEqual([
      { subnet: '192.168.1.0/24', gateway: '192.168.1.1', ipRange: '192.168.1.192/27' },
    ]);
  });

  test('also what a neighbour on the wire reserves, and its shim', () => {
    const text = `${lan(', reserve: { nas: 192.168.1.226, cam: 192.168.1.195 }, shim: { address: 192.168.1.227 }')}  lan2: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, ip_range: 192.168.1.224/29 }\n`;
    const resolved = resolveText(text, factsOf({ links: [ETH0] }));
    expect(network(resolved, 'lan2').props.ipam.config[0]?.auxAddresses).toEqual({
      'netctl-shim': '192.168.1.227',
      nas: '192.168.1.226',
    });
    expect(aux(resolved)).toEqual([{ cam: '192.168.1.195' }]);
  });

  test('every address, where a name that netctl makes up is that of another', () => {
    const text = lan(', reserve: { dhcp: 192.168.1.200-192.168.1.201, dhcp-1: 192.168.1.210 }');
    expect(aux(resolveText(text))).toEqual([
      { 'dhcp-1': '192.168.1.200', 'dhcp-2': '192.168.1.201', 'dhcp-1-2': '192.168.1.210' },
    ]);
  });

  test('never an address twice, nor the gateway that the engine takes by itself', () => {
    const text = lan(', shim: { address: 192.168.1.192 }, reserve: { a: 192.168.1.200 }').replace(
      'gateway: 192.168.1.1, ',
      '',
    );
    const on = (version: string): unknown => aux(resolveText(text, factsOf({ engine: { version } })));
    expect(on('28.5.2')).toEqual([{ a: '192.168.1.200' }]);
    expect(on('29.0.0')).toEqual([{ 'netctl-shim': '192.168.1.192', a: '192.168.1.200' }]);
  });

  test('nothing on an overlay, which would drop it', () => {
    const facts = factsOf({ engine: { swarm: { state: 'active', manager: true } } });
    const resolved = resolveText('networks:\n  lan: { driver: overlay, subnet: 10.4.0.0/24 }\n', facts);
    expect(aux(resolved)).toEqual([undefined]);
  });
});

describe('what says nothing', () => {
  test.each(['ipam: { config: [{}, { subnet: "${NOT_SET:-}" }] }', 'ipam: { options: {} }', 'ipam: {}'])(
    '%s asks for nothing',
    (block) => {
      const asked = network(resolveText(`networks:\n  lan: { ${block} }\n`)).asked;
      expect(asked.ipam).toEqual({ config: [] });
    },
  );
});

describe('a subnet that netctl chooses', () => {
  const auto = 'networks:\n  lan: { subnet: auto }\n  more: { subnet: auto }\n';
  const subnets = (resolved: Resolved): unknown =>
    resolved.networks.map(({ props }) => props.ipam.config.map(({ subnet }) => subnet).join());

  test('is the first that is free, another for each network, and is not asked for', () => {
    const resolved = resolveText(auto);
    expect(subnets(resolved)).toEqual(['172.28.0.0/24', '172.28.1.0/24']);
    expect(network(resolved).asked.ipam.config).toEqual([]);
  });

  test('is clear of routes, links, networks of every scope and what the same spec pins', () => {
    const facts = factsOf({
      routes: [{ destination: '172.28.0.0/24', table: '51820', protocol: 'static' }],
      links: [{ ...ETH0, addresses: [{ address: '172.28.1.9', prefixLength: 24, scope: 'global' }] }],
      networks: [{ Name: 'o', Driver: 'overlay', Scope: 'swarm', IPAM: { Config: [{ Subnet: '172.28.2.0/24' }] } }],
    });
    expect(subnets(resolveText(`${auto}  pinned: { subnet: 172.28.3.0/24 }\n`, facts))).toEqual([
      '172.28.4.0/24',
      '172.28.5.0/24',
      '172.28.3.0/24',
    ]);
  });

  test('does not mind routes that stand for everything else', () => {
    const routes = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'].map((destination) => ({ destination, table: 'main' }));
    expect(subnets(resolveText(auto, factsOf({ routes })))).toEqual(['172.28.0.0/24', '172.28.1.0/24']);
  });
});

test('the engine’s name for a configuration network says what to wait for', () => {
  const text =
    'networks:\n  lan: { config_from: real }\n  conf: { name: real, config_only: true, subnet: 10.4.0.0/24 }\n';
  expect(network(resolveText(text)).requires).toEqual(['network:conf']);
});

test('MTUs that follow from the host are sent, and not asked for', () => {
  const links: readonly LinkInput[] = [
    { ...ETH0, mtu: 9000, addresses: [{ address: '192.168.1.10', prefixLength: 24, scope: 'global' }] },
  ];
  const facts = factsOf({ links, engine: { swarm: { state: 'active', manager: true, nodeAddress: '192.168.1.10' } } });
  const resolved = resolveText(
    'networks:\n  lan: { mtu: auto }\n  app: { driver: overlay, mtu: auto }\n  fixed: { driver: overlay, encrypted: true, mtu: 1400 }\n',
    facts,
  );
  const mtu = (key: string): unknown =>
    [network(resolved, key).props, network(resolved, key).asked].map(
      ({ options }) => options['com.docker.network.driver.mtu'],
    );
  expect(mtu('lan')).toEqual(['9000', undefined]);
  expect(mtu('app')).toEqual(['9000', undefined]);
  expect(mtu('fixed')).toEqual(['1476', '1476']);
});
