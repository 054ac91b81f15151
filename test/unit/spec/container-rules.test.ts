import { describe, expect, test } from 'vitest';

import { brief, load, problemsOf } from './helpers.js';

const NETWORKS = `name: a
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27,
         reserve: { dhcp: 192.168.1.100-192.168.1.150 }, shim: true }
  lan2: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, ip_range: 192.168.1.224/27 }
  far: { driver: macvlan, parent: eth7, subnet: 192.168.1.0/24, ip_range: 192.168.1.32/27 }
  web: { subnet: 10.5.0.0/24, ip_range: 10.5.0.128/25, ipam: { config: [{ subnet: "fd00:5::/64", ip_range: "fd00:5::/80", aux_addresses: { kept: "fd00:5:0:0:9::9" } }] }, enable_ipv6: true }
  open: { subnet: 10.6.0.0/24 }
  auto: { subnet: auto }
  none-given: {}
  flat: { driver: ipvlan, parent: eth1, subnet: 192.168.2.0/24, gateway: 192.168.2.1, ip_range: 192.168.2.192/27 }
  mesh: { driver: overlay }
  team: { driver: overlay, attachable: true, subnet: 10.8.0.0/24, ip_range: 10.8.0.128/25 }
  base: { config_only: true, subnet: 10.9.0.0/24, ip_range: 10.9.0.128/25 }
  made: { config_from: base }
  theirs: { external: true }
  bridge: { external: true }
containers:
`;

/** Problems of containers alone, by code and path. */
function found(containers: string): readonly string[] {
  const problems = problemsOf(`${NETWORKS}${containers}`).filter(({ path }) => path.startsWith('containers'));
  for (const { message, hint } of problems) expect([message.endsWith('.'), hint !== undefined]).toEqual([true, true]);
  return brief(problems).map((line) => line.replace(/ \S+$/, ''));
}

const on = (network: string, body: string, key = 'web'): string =>
  `  ${key}: { networks: { ${network}: { ${body} } } }`;
const at = (network: string, key: string): string => `containers.web.networks.${network}.${key}`;

describe('addresses', () => {
  test.each([
    [on('lan', 'ipv4_address: 192.168.1.180')],
    [on('lan', 'ipv4_address: 192.168.1.200'), `STATIC_IN_RANGE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.223'), `ADDRESS_TWICE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.1'), `ADDRESS_TWICE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.120'), `ADDRESS_TWICE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.0'), `ADDRESS_AT_EDGE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.255'), `ADDRESS_AT_EDGE ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.2.9'), `OUTSIDE_SUBNET ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: bogus'), `INVALID_ADDRESS ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.180/24'), `INVALID_ADDRESS ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: "fd00::1"'), `INVALID_ADDRESS ${at('lan', 'ipv4_address')}`],
    [on('lan', 'ipv6_address: "fd00::1"'), `SUBNET_REQUIRED ${at('lan', 'ipv6_address')}`],
    [on('lan2', 'ipv4_address: 192.168.1.223'), `ADDRESS_TWICE ${at('lan2', 'ipv4_address')}`],
    [on('lan', 'ipv4_address: 192.168.1.230'), `STATIC_IN_RANGE ${at('lan', 'ipv4_address')}`],
    [on('lan2', 'ipv4_address: 192.168.1.200'), `STATIC_IN_RANGE ${at('lan2', 'ipv4_address')}`],
    [on('lan2', 'ipv4_address: 192.168.1.1'), `ADDRESS_TWICE ${at('lan2', 'ipv4_address')}`],
    [on('lan2', 'ipv4_address: 192.168.1.120'), `ADDRESS_TWICE ${at('lan2', 'ipv4_address')}`],
    // Another wire with the same subnet has one set of addresses with these in the engine, and reserves of its own.
    [on('far', 'ipv4_address: 192.168.1.120')],
    [on('far', 'ipv4_address: 192.168.1.1'), `ADDRESS_TWICE ${at('far', 'ipv4_address')}`],
    [on('far', 'ipv4_address: 192.168.1.200'), `STATIC_IN_RANGE ${at('far', 'ipv4_address')}`],
    [
      `${on('lan', 'ipv4_address: 192.168.1.180')}\n${on('far', 'ipv4_address: 192.168.1.180', 'mail')}`,
      'ADDRESS_TWICE containers.mail.networks.far.ipv4_address',
    ],
    [on('web', 'ipv4_address: 10.5.0.20, ipv6_address: "fd00:5:0:0:1::20"')],
    [on('web', 'ipv6_address: "fd00:5::20"'), `STATIC_IN_RANGE ${at('web', 'ipv6_address')}`],
    [on('web', 'ipv6_address: "fd00:5:0:0:9::9"'), `ADDRESS_TWICE ${at('web', 'ipv6_address')}`],
    [on('open', 'ipv4_address: 10.6.0.9'), `STATIC_IN_RANGE ${at('open', 'ipv4_address')}`],
    [on('open', 'ipv4_address: 10.6.0.1'), `ADDRESS_TWICE ${at('open', 'ipv4_address')}`],
    [on('auto', 'ipv4_address: 10.6.0.9'), `SUBNET_REQUIRED ${at('auto', 'ipv4_address')}`],
    [on('none-given', 'ipv4_address: 10.6.0.9'), `SUBNET_REQUIRED ${at('none-given', 'ipv4_address')}`],
    [on('team', 'ipv4_address: 10.8.0.9')],
    [on('made', 'ipv4_address: 10.9.0.9')],
    [on('made', 'ipv4_address: 10.9.0.200'), `STATIC_IN_RANGE ${at('made', 'ipv4_address')}`],
    [on('theirs', 'ipv4_address: 10.99.0.9')],
    [
      `${on('lan', 'ipv4_address: 192.168.1.180')}\n${on('lan2', 'ipv4_address: 192.168.1.180', 'mail')}`,
      'ADDRESS_TWICE containers.mail.networks.lan2.ipv4_address',
    ],
    [`${on('web', 'ipv4_address: 10.5.0.20')}\n${on('theirs', 'ipv4_address: 10.5.0.20', 'mail')}`],
    [on('lan', 'link_local_ips: [169.254.7.7, "fe80::7"]')],
    [on('lan', 'link_local_ips: [x]'), `INVALID_ADDRESS ${at('lan', 'link_local_ips[0]')}`],
  ])('%s', (text, ...expected) => {
    expect(found(text)).toEqual(expected);
  });

  const hintOf = (text: string): string | undefined =>
    problemsOf(`${NETWORKS}${text}`).find(({ path }) => path.startsWith('containers'))?.hint;

  test('free ones are offered: those nearest, and nobody’s', () => {
    expect(hintOf(on('lan', 'ipv4_address: 192.168.1.193'))).toBe(
      'Free, and never handed out: 192.168.1.191, 192.168.1.190 and 192.168.1.189.',
    );
    expect(hintOf(on('lan', 'ipv4_address: 192.168.1.150'))).toBe(
      'Free, and never handed out: 192.168.1.151, 192.168.1.152 and 192.168.1.153.',
    );
    expect(
      hintOf(`${on('lan', 'ipv4_address: 192.168.1.192')}\n${on('lan', 'ipv4_address: 192.168.1.191', 'mail')}`),
    ).toBe('Free, and never handed out: 192.168.1.190, 192.168.1.189 and 192.168.1.188.');
  });

  test('where all is handed out, a range is offered that leaves it out', () => {
    expect(hintOf(on('open', 'ipv4_address: 10.6.0.9'))).toBe(
      'Write an ip_range that leaves it out, such as networks.open.ip_range: 10.6.0.128/25.',
    );
    expect(hintOf(`${on('open', 'ipv4_address: 10.6.0.9')}\n${on('open', 'ipv4_address: 10.6.0.200', 'mail')}`)).toBe(
      'Write an ip_range that leaves it out, such as networks.open.ip_range: 10.6.0.128/26.',
    );
  });

  test.each([
    ['10.6.0.0', '10.6.0.2', '10.6.0.128/25'],
    ['10.6.0.255', '10.6.0.128', '10.6.0.0/25'],
    ['10.6.0.1', '10.6.0.2', '10.6.0.128/25'],
    ['10.66.0.9', '10.6.0.2', '10.6.0.128/25'],
  ])('where all is handed out and %s cannot be one, another is offered, which is accepted', (address, other, range) => {
    const text = `${NETWORKS}${on('open', `ipv4_address: ${address}`)}`;
    const [hint] = problemsOf(text).flatMap(({ path, hint: its }) => (path.startsWith('containers') ? [its] : []));
    expect(hint).toBe(
      `Choose another, and write an ip_range that leaves it out, such as ${other} and networks.open.ip_range: ${range}.`,
    );
    const mended = text
      .replace(`ipv4_address: ${address}`, `ipv4_address: ${other}`)
      .replace('subnet: 10.6.0.0/24', `subnet: 10.6.0.0/24, ip_range: ${range}`);
    expect(problemsOf(mended).filter(({ path }) => /^containers|open/.test(path))).toEqual([]);
  });
});

describe('containers, networks and what is asked of them', () => {
  test.each([
    ['  web: { networks: [lan, web] }'],
    ['  web: { networks: { lan: } }'],
    ['  3f2a: { networks: [lan] }'],
    ['  -x: { networks: [lan] }', 'INVALID_NAME containers.-x'],
    ['  "any of them": { select: { label: a=b }, networks: [lan] }'],
    ['  web: { select: { label: "=b" }, networks: [lan] }', 'INVALID_VALUE containers.web.select.label'],
    [
      '  web: { select: { lable: a=b }, networks: [lan] }',
      'MISSING_KEY containers.web.select.label',
      'UNKNOWN_KEY containers.web.select.lable',
    ],
    ['  web: { host: local, networks: [lan] }'],
    ['  web: { host: node02, networks: [lan] }', 'UNKNOWN_HOST containers.web.host'],
    ['  web: {}', 'MISSING_KEY containers.web.networks'],
    ['  web: { networks: [lam] }', 'UNKNOWN_NETWORK containers.web.networks.lam'],
    ['  web: { networks: [mesh] }', 'NETWORK_TAKES_NOBODY containers.web.networks.mesh'],
    ['  web: { networks: [team] }'],
    ['  web: { networks: [base] }', 'NETWORK_TAKES_NOBODY containers.web.networks.base'],
    ['  web: { networks: [bridge] }'],
    [on('bridge', 'aliases: [a]'), `DEFAULT_BRIDGE ${at('bridge', 'aliases')}`],
    [on('lan', 'aliases: []')],
    [on('lan', 'aliases: printer'), `WRONG_TYPE ${at('lan', 'aliases')}`],
    [on('lan', 'alias: [a]'), `UNKNOWN_KEY ${at('lan', 'alias')}`],
    [on('lan', 'mac: stable')],
    [on('lan', 'mac_address: 02-42-C0-A8-01-B4')],
    [on('lan', 'mac_address: 03:42:c0:a8:01:b4'), `INVALID_MAC ${at('lan', 'mac_address')}`],
    [on('lan', 'mac: "00:00:00:00:00:00"'), `INVALID_MAC ${at('lan', 'mac')}`],
    [on('lan', 'mac: stable, mac_address: stable'), `SAID_TWICE ${at('lan', 'mac')}`],
    [on('flat', 'mac: stable'), `MAC_OF_PARENT ${at('flat', 'mac')}`],
    [
      `${on('lan', 'mac: 02:42:c0:a8:01:b4')}\n${on('lan2', 'mac: 02:42:C0:A8:01:B4', 'mail')}`,
      'MAC_TWICE containers.mail.networks.lan2.mac',
    ],
    [on('lan', 'gw_priority: -3, interface_name: lan0, driver_opts: { a: 1 }')],
    [on('lan', 'gw_priority: "7", default_route: true'), `SAID_TWICE ${at('lan', 'default_route')}`],
    [on('lan', 'interface_name: much-too-long-for-it'), `INVALID_LINK_NAME ${at('lan', 'interface_name')}`],
    [on('lan', 'driver_opts: { io.netctl.stack: b }'), `RESERVED_LABEL ${at('lan', 'driver_opts["io.netctl.stack"]')}`],
    [
      on('lan', 'interface_name: a, driver_opts: { com.docker.network.endpoint.ifname: b }'),
      `SAID_TWICE ${at('lan', 'interface_name')}`,
    ],
    [
      '  web: { networks: { lan: { default_route: true }, web: { default_route: true } } }',
      `DEFAULT_ROUTE_TWICE ${at('web', 'default_route')}`,
    ],
    [
      '  web: { networks: { lan: { interface_name: a }, web: { interface_name: a } } }',
      `INTERFACE_TWICE ${at('web', 'interface_name')}`,
    ],
  ])('%s', (text, ...expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('a name of one letter is refused for its length', () => {
    const both = problemsOf(`${NETWORKS}  c: { networks: [lan] }\n  -x: { networks: [lan] }\n`);
    const [short, wrong] = both.filter(({ code }) => code === 'INVALID_NAME');
    expect(short?.message).toBe(
      '"c" is too short: a name has two characters or more in Docker ([a-zA-Z0-9][a-zA-Z0-9_.-]+).',
    );
    expect(wrong?.message).toBe('"-x" is neither the name of a container nor the beginning of an id.');
  });

  test('a network of another name is found by it', () => {
    const problems = problemsOf(`name: a
networks: { lan: { name: home_lan } }
containers:
  one: { networks: [home_lan] }
  two: { networks: [lam] }
`);
    expect(problems.map(({ hint }) => hint)).toEqual(['Did you mean lan?', 'Did you mean lan?']);
  });

  test('a list of networks and null are the same as empty mappings', () => {
    const { spec } = load(
      'name: a\nnetworks: { lan: {}, web: {} }\ncontainers: { one: { networks: [lan, web] }, two: { networks: { lan: } } }',
    );
    expect(spec.containers).toEqual({ one: { networks: { lan: {}, web: {} } }, two: { networks: { lan: {} } } });
  });
});

describe('the shim', () => {
  const lan = (body: string): string =>
    `name: a\nnetworks:\n  lan: { driver: macvlan, parent: eth0, subnet: 192.168.1.0/24, gateway: 192.168.1.1, ${body} }\n`;

  test('needs an address where there is no range, and a container to lead to', () => {
    const codes = (text: string): readonly string[] => problemsOf(text).map(({ code }) => code);
    const printer = 'containers: { printer: { networks: { lan: { ipv4_address: 192.168.1.180 } } } }';
    expect(codes(lan('shim: { address: 192.168.1.9 }'))).toContain('SHIM_NEEDS_RANGE');
    expect(codes(`${lan('shim: true')}${printer}`)).toContain('SHIM_NEEDS_RANGE');
    expect(codes(`${lan('shim: { address: 192.168.1.9 }')}${printer}`)).not.toContain('SHIM_NEEDS_RANGE');
  });
});
