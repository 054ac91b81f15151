import { describe, expect, test } from 'vitest';

import { brief, problemsOf } from './helpers.js';

function table(rows: readonly (readonly [line: string, ...expected: string[]])[]): void {
  test.each(rows.map(([line, ...expected]) => ({ line, expected })))('$line', ({ line, expected }) => {
    const found = problemsOf(`name: a\n${line}\n`);
    expect(brief(found)).toEqual(expected);
    for (const { message, hint } of found) expect([message.endsWith('.'), hint !== undefined]).toEqual([true, true]);
  });
}

const br = (body: string): string => `networks:\n  b: { ${body} }`;
const mac = (body: string): string => `networks:\n  l: { driver: macvlan, parent: eth0, ${body} }`;
const full = (body: string): string => mac(`subnet: 10.0.0.0/24, gateway: 10.0.0.1, ip_range: 10.0.0.64/26, ${body}`);

describe('subnets, gateways, ranges', () => {
  table([
    [br('subnet: 10.0.0.0/24, gateway: 10.0.0.254, ip_range: 10.0.0.0/25')],
    [br('subnet: bogus'), 'INVALID_SUBNET networks.b.subnet 3:16'],
    [br('subnet: 10.0.0.0'), 'INVALID_SUBNET networks.b.subnet 3:16'],
    [br('subnet: 10.0.0.5/24'), 'HOST_BITS networks.b.subnet 3:16'],
    [br('subnet: 0.0.0.0/26'), 'UNUSABLE_SUBNET networks.b.subnet 3:16'],
    [br('subnet: 127.1.0.0/16'), 'UNUSABLE_SUBNET networks.b.subnet 3:16'],
    [br('subnet: 224.0.0.0/24'), 'UNUSABLE_SUBNET networks.b.subnet 3:16'],
    [br('subnet: 10.0.0.0/24, gateway: 10.0.0.1/24'), 'INVALID_ADDRESS networks.b.gateway 3:38'],
    [br('subnet: 10.0.0.0/24, gateway: 10.0.1.1'), 'OUTSIDE_SUBNET networks.b.gateway 3:38'],
    [br('subnet: 10.0.0.0/24, gateway: 10.0.0.0'), 'GATEWAY_AT_EDGE networks.b.gateway 3:38'],
    [br('subnet: 10.0.0.0/24, gateway: 10.0.0.255'), 'GATEWAY_AT_EDGE networks.b.gateway 3:38'],
    [br('subnet: 10.0.0.0/31, gateway: 10.0.0.0')],
    [br('subnet: 10.0.0.0/24, ip_range: 10.0.1.0/25'), 'OUTSIDE_SUBNET networks.b.ip_range 3:39'],
    [br('subnet: 10.0.0.0/24, ip_range: 10.0.0.0/23'), 'OUTSIDE_SUBNET networks.b.ip_range 3:39'],
    [br('subnet: 10.0.0.0/24, ip_range: 10.0.0.7'), 'INVALID_RANGE networks.b.ip_range 3:39'],
    [br('subnet: 10.0.0.0/24, ip_range: 10.0.0.1-10.0.0.9'), 'RANGE_NOT_A_BLOCK networks.b.ip_range 3:39'],
    [br('subnet: 10.0.0.0/24, ip_range: 10.0.0.8-10.0.0.15')],
    [
      br('gateway: 10.0.0.1, ip_range: 10.0.0.0/25'),
      'SUBNET_REQUIRED networks.b.gateway 3:17',
      'SUBNET_REQUIRED networks.b.ip_range 3:37',
    ],
    [
      br('ipam: { config: [{ aux_addresses: { a: 10.0.0.1 } }] }'),
      'SUBNET_REQUIRED networks.b.ipam.config[0].aux_addresses 3:27',
    ],
    [br('ipam: { config: [{ gateway: 10.0.0.1 }] }'), 'SUBNET_REQUIRED networks.b.ipam.config[0].gateway 3:36'],
    [br('ipam: { config: [{ subnet: auto }] }'), 'AUTO_SUBNET_HERE networks.b.ipam.config[0].subnet 3:35'],
    [
      br('ipam: { config: [{ subnet: 10.0.0.0/24, aux_addresses: { a: 10.0.1.1, b: x } }] }'),
      'OUTSIDE_SUBNET networks.b.ipam.config[0].aux_addresses.a 3:68',
      'INVALID_ADDRESS networks.b.ipam.config[0].aux_addresses.b 3:81',
    ],
    [
      br('ipam: { config: [{ subnet: 10.0.0.0/24 }, { subnet: 10.0.1.0/24 }] }'),
      'TOO_MANY_SUBNETS networks.b.ipam.config[1].subnet 3:60',
    ],
    [br('subnet: "fd00::/64"'), 'IPV6_NOT_ENABLED networks.b.subnet 3:16'],
    [br('subnet: "fd00::/64", enable_ipv6: true')],
    [br('enable_ipv4: false, subnet: 10.0.0.0/24'), 'IPV4_NOT_ENABLED networks.b.subnet 3:36'],
    [br('driver: overlay, enable_ipv6: true, subnet: "fd00::/64"'), 'OVERLAY_IPV6 networks.b.subnet 3:52'],
    [br('driver: overlay, enable_ipv6: true'), 'OVERLAY_IPV6 networks.b.enable_ipv6 3:38'],
    [
      br('driver: overlay, ipam: { config: [{ subnet: 10.0.0.0/24, aux_addresses: { a: 10.0.0.9 } }] }'),
      'SWARM_DROPS_AUX networks.b.ipam.config[0].aux_addresses 3:65',
    ],
    [br('driver: overlay, subnet: 10.0.0.0/24, reserve: { a: 10.0.0.9 }'), 'SWARM_DROPS_AUX networks.b.reserve.a 3:60'],
    [
      br(
        'driver: overlay, subnet: 10.0.0.0/24, ip_range: 10.0.0.64/26, reserve: { a: 10.0.0.9, b: 10.0.0.60-10.0.0.64 }',
      ),
      'SWARM_DROPS_AUX networks.b.reserve.b 3:97',
    ],
    [br('driver: overlay, subnet: 10.0.0.0/24, gateway: 10.0.0.9, reserve: { router: 10.0.0.9 }')],
    [
      mac('subnet: auto, gateway: 10.0.0.1, ip_range: 10.0.0.0/25'),
      'AUTO_SUBNET_HERE networks.l.subnet 3:47',
      'GATEWAY_IN_RANGE networks.l.ip_range 3:82',
    ],
    [mac('subnet: 10.0.0.0/24'), 'NO_GATEWAY networks.l 3:3', 'NO_IP_RANGE networks.l 3:3'],
    [mac('subnet: 10.0.0.0/24, internal: true'), 'NO_IP_RANGE networks.l 3:3'],
    [mac('mtu: auto'), 'NO_SUBNET networks.l 3:3'],
    [mac('subnet: 10.0.0.0/21, gateway: 10.0.1.1, ip_range: 10.0.0.0/24')],
    [full('shim: false').replace('10.0.0.64/26', '10.0.0.100-10.0.0.115')],
    [
      full('shim: false').replace('10.0.0.0/24', '10.0.0.0/8').replace('10.0.0.64/26', '10.0.0.1-10.255.255.254'),
      'RANGE_TOO_RAGGED networks.l.ip_range 3:88',
      'GATEWAY_IN_RANGE networks.l.ip_range 3:88',
    ],
  ]);

  test('auto leaves nothing to say about addresses', () => {
    const found = problemsOf(
      `name: a\n${br('subnet: auto, gateway: 10.0.0.1, ip_range: 10.0.0.0/25, reserve: { a: 10.0.0.3 }')}`,
    );
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual(
      ['gateway', 'ip_range', 'reserve'].map((key) => `AUTO_SUBNET_WITH_ADDRESSES networks.b.${key}`),
    );
  });

  test('host bits name what was probably meant', () => {
    const [found] = problemsOf(`name: a\n${full('shim: false').replace('10.0.0.64/26', '10.0.0.100/28')}`);
    expect(found?.code).toBe('HOST_BITS');
    expect(found?.hint).toBe(
      'Write 10.0.0.96/28 (10.0.0.96-10.0.0.111) or 10.0.0.112/28 (10.0.0.112-10.0.0.127); for the addresses from 10.0.0.100 on, 10.0.0.100-10.0.0.115.',
    );
  });

  test('a range that is no block names the nearest ones', () => {
    const [found] = problemsOf(`name: a\n${br('subnet: 10.0.0.0/24, ip_range: 10.0.0.100-10.0.0.115')}`);
    expect(found?.hint).toBe(
      'Write 10.0.0.104/29 (10.0.0.104-10.0.0.111), which is inside it, or 10.0.0.96/27 (10.0.0.96-10.0.0.127), which is around it.',
    );
  });
});

describe('overlap', () => {
  const two = (a: string, b: string): string => `networks:\n  a: { ${a} }\n  b: { ${b} }`;
  const on = (link: string, rest: string): string => `driver: macvlan, parent: ${link}, internal: true, ${rest}`;
  table([
    [two('subnet: 10.0.0.0/24', 'subnet: 10.0.0.0/16'), 'SUBNET_OVERLAP networks.b.subnet 4:16'],
    [two('subnet: 10.0.0.0/24', 'subnet: 10.0.1.0/24')],
    [
      two('subnet: 10.0.0.0/24, driver: overlay', 'subnet: 10.0.0.0/24, driver: overlay'),
      'SUBNET_OVERLAP networks.b.subnet 4:16',
    ],
    [two('subnet: 10.0.0.0/24, driver: overlay', 'subnet: 10.0.0.0/24'), 'SUBNET_OVERLAP networks.b.subnet 4:16'],
    [
      `${two('subnet: 10.0.0.0/24', 'subnet: 10.8.1.0/24')}\navoid: [10.8.0.0/16]`,
      'SUBNET_OVERLAP networks.b.subnet 4:16',
    ],
    [`${two('subnet: 10.0.0.0/24', 'subnet: 10.8.1.0/24')}\navoid: [10.8.0.0/24, 10.8.2.0/23, "fd00::/8"]`],
    [
      two('subnet: 10.0.0.0/24', on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25')),
      'SUBNET_OVERLAP networks.b.subnet 4:60',
    ],
    [
      two(
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25'),
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.128/25'),
      ),
    ],
    [
      two(
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25'),
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.64/26'),
      ),
      'RANGE_OVERLAP networks.b.ip_range 4:83',
    ],
    [
      two(on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25'), on('e', 'subnet: 10.0.0.0/24')),
      'NO_IP_RANGE networks.b 4:3',
      'SUBNET_OVERLAP networks.b.subnet 4:60',
    ],
    [
      two(
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.64/26, gateway: 10.0.0.1'),
        on('e', 'subnet: 10.0.0.0/24, ip_range: 10.0.0.128/25, gateway: 10.0.0.1'),
      ),
      'SHARED_GATEWAY networks.b.gateway 4:107',
    ],
    [two('subnet: 10.0.0.0/24', 'subnet: 10.0.0.0/24, config_only: true')],
    [
      two(
        'subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25',
        'driver: macvlan, parent: e, internal: true, subnet: 10.0.0.0/24, ip_range: 10.0.0.128/25',
      ),
      'SUBNET_OVERLAP networks.b.subnet 4:60',
    ],
    [two('subnet: 10.0.0.0/24', 'subnet: 10.0.0.0/24, ipam: { driver: mine }')],
  ]);
});

test('what the spec says to avoid is named, and a subnet that it leaves is offered', () => {
  const text = `name: a
avoid: [10.8.0.0/16, 172.28.0.0/23, "fd00:8::/48"]
networks:
  a: { subnet: 172.28.2.0/24 }
  b: { subnet: 10.8.1.0/24 }
  c: { subnet: "fd00:8::/64", enable_ipv6: true }
`;
  expect(problemsOf(text).map(({ message, hint, line }) => [line, message, hint])).toEqual([
    [
      5,
      '10.8.1.0/24 overlaps 10.8.0.0/16, which the spec says to avoid.',
      '172.28.3.0/24 is clear of all that the file says.',
    ],
    [6, 'fd00:8::/64 overlaps fd00:8::/48, which the spec says to avoid.', 'Give it another subnet.'],
  ]);
});

describe('reserved addresses', () => {
  table([
    [full('reserve: { router: 10.0.0.1, dhcp: 10.0.0.70-10.0.0.80, cam: 10.0.0.128/28 }')],
    [full('reserve: { a: x }'), 'INVALID_RANGE networks.l.reserve.a 3:117'],
    [full('reserve: { a: 10.0.0.5/28 }'), 'HOST_BITS networks.l.reserve.a 3:117'],
    [full('reserve: { a: 10.0.1.5 }'), 'OUTSIDE_SUBNET networks.l.reserve.a 3:117'],
    [full('reserve: { a: 10.0.0.9, b: 10.0.0.9 }'), 'ADDRESS_TWICE networks.l.reserve.b 3:130'],
    [full('reserve: { a: 10.0.0.0-10.0.0.99, b: 10.0.0.90-10.0.0.127 }'), 'RESERVED_ALL networks.l.reserve 3:103'],
    [br('subnet: 10.0.0.0/16, reserve: { a: 10.0.8.0-10.0.11.232 }'), 'TOO_MANY_RESERVED networks.b.reserve 3:29'],
    [br('subnet: 10.0.0.0/16, reserve: { a: 10.0.8.0-10.0.11.231 }')],
    [br('reserve: { a: 10.0.0.1 }'), 'SUBNET_REQUIRED networks.b.reserve 3:8'],
    [
      br('ipam: { config: [{ subnet: 10.0.0.0/24, aux_addresses: { a: 10.0.0.1 } }] }'),
      'ADDRESS_TWICE networks.b.ipam.config[0].aux_addresses.a 3:68',
    ],
    [
      br(
        'ipam: { config: [{ subnet: 10.0.0.0/24, gateway: 10.0.0.9, aux_addresses: { a: 10.0.0.9, b: 10.0.0.1, c: 10.0.0.1 } }] }',
      ),
      'ADDRESS_TWICE networks.b.ipam.config[0].aux_addresses.a 3:87',
      'ADDRESS_TWICE networks.b.ipam.config[0].aux_addresses.c 3:113',
    ],
  ]);
});

describe('shim', () => {
  table([
    [full('shim: true')],
    [full('shim: { address: 10.0.0.9/32 }')],
    [full('shim: { address: [10.0.0.127] }')],
    [full('shim: { address: 10.0.0.9/24 }'), 'SHIM_PREFIX_LENGTH networks.l.shim.address 3:120'],
    [full('shim: { address: x }'), 'INVALID_ADDRESS networks.l.shim.address 3:120'],
    [full('shim: { address: [10.0.1.9] }'), 'OUTSIDE_SUBNET networks.l.shim.address[0] 3:121'],
    [full('shim: { address: 10.0.0.1 }'), 'ADDRESS_TWICE networks.l.shim.address 3:120'],
    [full('shim: { address: 10.0.0.255 }'), 'SHIM_AT_EDGE networks.l.shim.address 3:120'],
    [full('shim: true, reserve: { a: 10.0.0.127 }'), 'ADDRESS_TWICE networks.l.shim 3:109'],
    [full('shim: true, mode: private'), 'SHIM_NOT_IN_MODE networks.l.shim 3:109'],
    [full('shim: true, mode: passthru'), 'SHIM_NOT_IN_MODE networks.l.shim 3:109'],
    [full('shim: true, mode: vepa'), 'SHIM_NEEDS_HAIRPIN networks.l.shim 3:109'],
    [
      full('shim: true, driver_opts: { ipvlan_flag: private }').replace('macvlan', 'ipvlan'),
      'SHIM_NOT_IN_MODE networks.l.shim 3:108',
    ],
    [full('shim: true').replace('10.0.0.64/26', '10.0.0.0/25'), 'SHIM_COVERS_GATEWAY networks.l.shim 3:108'],
    [
      mac('subnet: 10.0.0.0/24, gateway: 10.0.0.1, shim: { address: 10.0.0.9 }'),
      'NO_IP_RANGE networks.l 3:3',
      'SHIM_NEEDS_RANGE networks.l.shim 3:79',
    ],
    [
      mac('internal: true, subnet: 10.0.0.0/24, ip_range: 10.0.0.0/24, shim: true'),
      'SHIM_COVERS_SUBNET networks.l.shim 3:105',
    ],
    [
      mac(
        'internal: true, enable_ipv6: true, ipam: { config: [{ subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25 }, { subnet: "fd00::/64" }] }, shim: true',
      ),
      'NO_IP_RANGE networks.l 3:3',
      'SHIM_NEEDS_RANGE networks.l.shim 3:173',
    ],
  ]);
});
