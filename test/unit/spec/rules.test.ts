import { describe, expect, test } from 'vitest';

import { brief, problemsOf } from './helpers.js';

/** A table of spec lines after `name: a` (so line 2 is the first), and all errors and warnings they have. */
function table(rows: readonly (readonly [line: string, ...expected: string[]])[]): void {
  test.each(rows.map(([line, ...expected]) => ({ line, expected })))('$line', ({ line, expected }) => {
    const found = problemsOf(`name: a\n${line}\n`);
    expect(brief(found)).toEqual(expected);
    for (const { message, hint } of found) {
      expect(message).toMatch(/\.$/);
      expect(hint ?? '').not.toBe('');
    }
  });
}

const net = (key: string, body: string): string => `networks:\n  ${key}: { ${body} }`;
/** A macvlan network without a fault. */
const LAN = 'driver: macvlan, parent: eth0, subnet: 10.0.0.0/24, gateway: 10.0.0.1, ip_range: 10.0.0.64/26';
const IPV = LAN.replace('macvlan', 'ipvlan');
const lan = (body: string): string => net('lan', body === '' ? LAN : `${LAN}, ${body}`);

describe('names', () => {
  table([
    [net('"a b"', ''), 'INVALID_NAME networks["a b"] 3:3'],
    [net('l', 'name: -x'), 'INVALID_NAME networks.l.name 3:14'],
    [net('"a b"', 'name: x'), 'INVALID_NAME networks["a b"] 3:3'],
    [net('default', ''), 'RESERVED_NAME networks.default 3:3'],
    [net('default', 'name: x')],
    [net('host', ''), 'RESERVED_NAME networks.host 3:3'],
    [net('bridge', 'external: true')],
    [net('netctl-journal', ''), 'RESERVED_NAME networks.netctl-journal 3:3'],
    [net('netctl-defaults-a', ''), 'RESERVED_NAME networks.netctl-defaults-a 3:3'],
    [net('l', 'name: netctl-adopted-a'), 'RESERVED_NAME networks.l.name 3:14'],
    [net('netctl-defaults', '')],
    [net('ingress', 'driver: overlay'), 'RESERVED_NAME networks.ingress 3:3'],
    [net('ingress', 'driver: overlay, ingress: true')],
    [net('"0123456789ab"', ''), 'NAME_LIKE_ID networks.0123456789ab 3:3'],
    [net('"0123456789a"', '')],
    [net('a.b', '')],
    [net('a.b', 'driver: overlay'), 'SWARM_NAME networks["a.b"] 3:3'],
    [net('Ingress', 'driver: overlay'), 'RESERVED_NAME networks.Ingress 3:3'],
    [net('Ingress', '')],
    [net('a-', 'driver: overlay'), 'SWARM_NAME networks.a- 3:3'],
    ['networks: { a: {}, b: { name: a } }', 'DUPLICATE_NAME networks.b.name 2:31'],
    ['networks: { a: {}, A: {} }'],
    ['networks: { a: { driver: overlay }, A: { driver: overlay } }', 'DUPLICATE_NAME networks.A 2:37'],
    [
      net('l', 'driver: overlay, labels: { com.docker.swarm.predefined: x }'),
      'RESERVED_LABEL networks.l.labels["com.docker.swarm.predefined"] 3:64',
    ],
    [net('l', 'labels: { io.netctl.stack: x }'), 'RESERVED_LABEL networks.l.labels["io.netctl.stack"] 3:35'],
  ]);
});

describe('drivers and keys', () => {
  table([
    [net('l', 'driver: host'), 'DRIVER_REFUSED networks.l.driver 3:16'],
    [net('l', 'driver: none'), 'DRIVER_REFUSED networks.l.driver 3:16'],
    [net('l', 'driver: weave, driver_opts: { anything: x }, subnet: 10.0.0.0/24')],
    [net('l', 'driver: macvaln'), 'PLUGIN_DRIVER networks.l.driver 3:16'],
    [net('l', 'driver: weave, mtu: 1400'), 'KEY_NOT_FOR_DRIVER networks.l.mtu 3:28'],
    [net('l', 'parent: eth0'), 'KEY_NOT_FOR_DRIVER networks.l.parent 3:16'],
    [
      net('l', 'shim: true, encrypted: true'),
      'KEY_NOT_FOR_DRIVER networks.l.shim 3:14',
      'KEY_NOT_FOR_DRIVER networks.l.encrypted 3:31',
    ],
    [net('l', 'shim: false, encrypted: false')],
    [
      net('l', 'mode: l2, vlan: 3, ingress: true'),
      'KEY_NOT_FOR_DRIVER networks.l.mode 3:14',
      'KEY_NOT_FOR_DRIVER networks.l.vlan 3:24',
      'KEY_NOT_FOR_DRIVER networks.l.ingress 3:36',
    ],
    [lan('driver_opts: { parent: eth0 }'), 'BOTH_FORMS networks.lan.parent 3:35'],
    [lan('mode: bridge, driver_opts: { macvlan_mode: bridge }'), 'BOTH_FORMS networks.lan.mode 3:111'],
    [
      net('l', 'subnet: 10.0.0.0/24, ipam: { config: [{ subnet: 10.0.1.0/24 }] }'),
      'BOTH_FORMS networks.l.subnet 3:16',
      'TOO_MANY_SUBNETS networks.l.ipam.config[0].subnet 3:56',
    ],
    [
      net('l', 'driver: overlay, encrypted: true, driver_opts: { encrypted: "" }'),
      'BOTH_FORMS networks.l.encrypted 3:36',
    ],
    [net('l', 'external: true, name: x')],
    [net('l', 'external: false, driver: bridge')],
    [
      net('l', 'external: true, driver: bridge, isolated_from: [l]'),
      'EXTERNAL_WITH_KEYS networks.l.driver 3:32',
      'EXTERNAL_WITH_KEYS networks.l.isolated_from 3:40',
    ],
    [net('l', 'attachable: true'), 'ATTACHABLE_NO_EFFECT networks.l.attachable 3:20'],
    [net('l', 'driver: overlay, ingress: true, attachable: true'), 'INGRESS_ATTACHABLE networks.l.attachable 3:52'],
  ]);
});

describe('scope, configuration, isolation', () => {
  const cfg = `cfg: { ${LAN}, config_only: true }`;
  table([
    [`networks: { ${cfg}, s: { driver: macvlan, scope: swarm, attachable: true, config_from: cfg } }`],
    [
      net('c', 'config_only: true, internal: true, scope: local'),
      'CONFIG_ONLY_WITH_KEYS networks.c.internal 3:37',
      'CONFIG_ONLY_WITH_KEYS networks.c.scope 3:50',
    ],
    [
      `networks: { ${cfg}, s: { driver: macvlan, config_from: cfg, labels: { a: b } } }`,
      'CONFIG_FROM_WITH_KEYS networks.s.labels 2:176',
    ],
    ['networks: { c: {}, s: { config_from: c } }', 'CONFIG_FROM_TARGET networks.s.config_from 2:38'],
    ['networks: { s: { config_from: elsewhere } }'],
    [net('o', 'driver: overlay, scope: local'), 'SCOPE_NOT_FOR_DRIVER networks.o.scope 3:32'],
    [lan('scope: swarm'), 'SWARM_NEEDS_CONFIG_FROM networks.lan.scope 3:112'],
    [net('o', 'driver: overlay, enable_ipv4: false'), 'SWARM_NEEDS_IPV4 networks.o.enable_ipv4 3:38'],
    ['networks: { a: { isolated_from: [a] } }', 'ISOLATED_FROM_ITSELF networks.a.isolated_from[0] 2:34'],
    ['networks: { a: { isolated_from: [bb] }, b: {} }', 'ISOLATED_FROM_UNKNOWN networks.a.isolated_from[0] 2:34'],
    [
      `networks: { a: { driver: macvlan, parent: e, internal: true, isolated_from: [b] }, b: { driver: macvlan, parent: e, internal: true } }`,
      'NO_SUBNET networks.a 2:13',
      'ISOLATED_SAME_WIRE networks.a.isolated_from[0] 2:78',
      'NO_SUBNET networks.b 2:84',
    ],
  ]);
});

describe('options', () => {
  const opt = (options: string): string => net('l', `driver_opts: { ${options} }`);
  const at = (code: string, key: string, column: number): string =>
    `${code} networks.l.driver_opts["com.docker.network.${key}"] 3:${column}`;
  table([
    [opt('com.docker.network.bridge.enable_icc: T')],
    [opt('com.docker.network.bridge.enable_icc: "yes"'), at('INVALID_OPTION', 'bridge.enable_icc', 61)],
    [opt('com.docker.network.driver.mtu: 99999'), at('INVALID_OPTION', 'driver.mtu', 54)],
    [opt('com.docker.network.driver.mtu: 9000')],
    [opt('com.docker.network.driver.mtu: 67'), at('INVALID_OPTION', 'driver.mtu', 54)],
    [opt('com.docker.network.driver.mtu: 0')],
    [opt('com.docker.network.driver.mtu: ""'), at('INVALID_OPTION', 'driver.mtu', 54)],
    [
      net('l', 'enable_ipv6: true, driver_opts: { com.docker.network.driver.mtu: 1279 }'),
      at('MTU_TOO_SMALL', 'driver.mtu', 73),
    ],
    [net('l', 'enable_ipv6: true, mtu: 1000'), 'MTU_TOO_SMALL networks.l.mtu 3:32'],
    [net('l', 'enable_ipv6: true, mtu: 1280')],
    [net('l', 'mtu: 1000')],
    [opt('com.docker.network.container_iface_prefix: abcdefghijklmn')],
    [opt('com.docker.network.container_iface_prefix: ""')],
    ...['abcdefghijklmno', '"a%"', '"-a"', '"a b"', '"a@"', '"ä"', '".."'].map((prefix): readonly [string, string] => [
      opt(`com.docker.network.container_iface_prefix: ${prefix}`),
      at('INVALID_OPTION', 'container_iface_prefix', 66),
    ]),
    [opt('com.docker.network.bridge.name: averyveryverylongname'), at('INVALID_OPTION', 'bridge.name', 55)],
    [opt('com.docker.network.host_ipv6: 1.2.3.4'), at('INVALID_OPTION', 'host_ipv6', 53)],
    [
      opt('com.docker.network.bridge.gateway_mode_ipv4: isolated'),
      at('GATEWAY_MODE_NOT_INTERNAL', 'bridge.gateway_mode_ipv4', 68),
    ],
    [opt('com.docker.network.bridge.gateway_mode_ipv4: router'), at('INVALID_OPTION', 'bridge.gateway_mode_ipv4', 68)],
    [opt('com.docker.network.bridge.trusted_host_interfaces: "eth0:eth1"')],
    [opt('com.docker.network.bridge.default_bridge: "true"'), at('OPTION_REFUSED', 'bridge.default_bridge', 65)],
    [opt('com.docker.network.bridge.enable_ic: "true"'), at('UNKNOWN_OPTION', 'bridge.enable_ic', 60)],
    [opt('com.docker.network.advertise_addr_ms: 99'), at('INVALID_OPTION', 'advertise_addr_ms', 61)],
    [opt('my.own: x'), 'UNKNOWN_OPTION networks.l.driver_opts["my.own"] 3:31'],
    [opt('macvlan_mode: bridge'), 'OPTION_OF_OTHER_DRIVER networks.l.driver_opts.macvlan_mode 3:37'],
    [
      net('l', 'driver: overlay, driver_opts: { encrypted: "false" }'),
      'ENCRYPTED_FALSE networks.l.driver_opts.encrypted 3:51',
    ],
    [net('l', 'driver: overlay, driver_opts: { encrypted: "" }')],
    [net('l', 'driver: overlay, encrypted: true, mtu: 1402'), 'MTU_NOT_MULTIPLE_OF_4 networks.l.mtu 3:47'],
    [net('l', 'driver: overlay, encrypted: true, mtu: 1400')],
    [net('l', 'driver: overlay, mtu: 65500'), 'MTU_TOO_LARGE networks.l.mtu 3:30'],
    [lan('mtu: 1400'), 'MTU_IGNORED networks.lan.mtu 3:110'],
    [lan('mtu: auto')],
    [lan('mtu: 1400, vlan: 5')],
    [
      lan('driver_opts: { com.docker.network.driver.mtu: 1400 }'),
      'MTU_IGNORED networks.lan.driver_opts["com.docker.network.driver.mtu"] 3:151',
    ],
    [lan('mode: Bridge'), 'INVALID_MODE networks.lan.mode 3:111'],
    [net('lan', `${IPV}, mode: bridge`), 'INVALID_MODE networks.lan.mode 3:110'],
    [
      net('lan', `${IPV}, driver_opts: { ipvlan_flag: foo }`),
      'INVALID_OPTION networks.lan.driver_opts.ipvlan_flag 3:132',
    ],
  ]);
});

describe('links', () => {
  const vlans = (text: string): string => `vlans: { ${text} }`;
  table([
    [net('l', 'driver: macvlan'), 'PARENT_REQUIRED networks.l 3:3'],
    [net('l', 'driver: macvlan, internal: true')],
    [net('l', 'driver: macvlan, vlan: 4, internal: true'), 'PARENT_REQUIRED networks.l.vlan 3:31'],
    [lan('').replace('eth0', 'lo'), 'PARENT_LOOPBACK networks.lan.parent 3:35'],
    [lan('').replace('eth0', 'enx001122334455.100'), 'INVALID_LINK_NAME networks.lan.parent 3:35'],
    [lan('').replace('eth0', '"eth%d"'), 'INVALID_LINK_NAME networks.lan.parent 3:35'],
    [lan('').replace('eth0', 'eth0.40')],
    [lan('vlan: 7').replace('eth0', 'eth0.40')],
    [lan('vlan: 100').replace('eth0', 'enp0s31f6abc'), 'VLAN_LINK_NAME_TOO_LONG networks.lan.vlan 3:119'],
    [net('abcdefghijk', `${LAN}, shim: true`), 'INVALID_LINK_NAME networks.abcdefghijk.shim 3:119'],
    [net('abcdefghijk', `${LAN}, shim: { name: ok }`)],
    [lan('shim: { name: "a b" }'), 'INVALID_LINK_NAME networks.lan.shim.name 3:119'],
    [vlans('eth0.50: { parent: eth0, id: 50 }, q: { parent: eth0.50, id: 50 }')],
    [vlans('a: { parent: a, id: 1 }'), 'VLAN_PARENT_SELF vlans.a.parent 2:23'],
    [vlans('a: { parent: b, id: 1 }, b: { parent: a, id: 1 }'), 'VLAN_CYCLE vlans.a.parent 2:23'],
    [
      vlans('c: { parent: a, id: 1 }, a: { parent: b, id: 1 }, b: { parent: a, id: 2 }'),
      'VLAN_CYCLE vlans.a.parent 2:48',
    ],
    [vlans('a: { parent: e, id: 1 }, b: { parent: e, id: 1 }'), 'DUPLICATE_VLAN vlans.b 2:35'],
    [vlans('aaaaaaaaaaaaaaaa: { parent: e, id: 1 }'), 'INVALID_LINK_NAME vlans.aaaaaaaaaaaaaaaa 2:10'],
    // The link that `vlans:` names is the one that `vlan:` means.
    [`${lan('vlan: 50')}\nvlans: { v50: { parent: eth0, id: 50 } }`],
    [`${lan('vlan: 100').replace('eth0', 'enp0s31f6abc')}\nvlans: { v100: { parent: enp0s31f6abc, id: 100 } }`],
    [
      `${lan('').replace('eth0', 'eth0.50')}\nvlans: { v50: { parent: eth0, id: 50 } }`,
      'DUPLICATE_VLAN networks.lan.parent 3:35',
    ],
    [`${lan('vlan: 50')}\nvlans: { eth0-v50: { parent: eth0, id: 50 } }`],
    [`${lan('vlan: 50')}\nvlans: { eth0-v50: { parent: eth1, id: 50 } }`, 'DUPLICATE_LINK networks.lan.vlan 3:111'],
    [
      `${lan('shim: { name: v50 }')}\nvlans: { v50: { parent: eth1, id: 50 } }`,
      'DUPLICATE_LINK networks.lan.shim 3:105',
    ],
    [`${lan('')}\n  two: { driver: ipvlan, mode: l3, parent: eth0 }`, 'PARENT_IN_USE networks.two.parent 4:44'],
    [`${lan('')}\n  two: { driver: ipvlan, mode: l3, parent: eth0, vlan: 4 }`],
    [
      `${lan('mode: passthru')}\n  two: { driver: macvlan, parent: eth0, subnet: 10.1.0.0/24, gateway: 10.1.0.1, ip_range: 10.1.0.64/26 }`,
      'PARENT_IN_USE networks.two.parent 4:35',
    ],
  ]);
});
