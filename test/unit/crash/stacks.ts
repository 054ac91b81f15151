import type { WorldInput } from '../../support/memory/index.js';

/** Stacks, each with what it becomes next, so that crashes are tried while making, changing and removing. */
export interface StackCase {
  readonly name: string;
  readonly first: string;
  readonly then: string;
  /** What the host is like, where that matters. */
  readonly host?: WorldInput;
}

const LAN = `
  lan:
    driver: macvlan
    parent: eth0
    subnet: 192.168.1.0/24
    gateway: 192.168.1.1
    ip_range: 192.168.1.192/27`;

export const STACKS: readonly StackCase[] = [
  {
    name: 'a LAN with a shim that gets another address and range',
    first: `name: home\nnetworks:${LAN}\n    shim: true\n    reserve: { nas: 192.168.1.200 }`,
    then: `name: home\nnetworks:${LAN.replace('/27', '/28')}\n    shim: { address: 192.168.1.207 }`,
  },
  {
    name: 'VLANs, dotted and not, with shims, one of which gets another id',
    first: `name: home
networks:
  iot: { driver: macvlan, parent: eth0, vlan: 30, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
  cams: { driver: ipvlan, parent: eth0.40, mode: l2, subnet: 192.168.40.0/24, gateway: 192.168.40.1, ip_range: 192.168.40.64/26, shim: true }
vlans:
  trunk: { parent: eth0, id: 50, mtu: 1400 }`,
    then: `name: home
networks:
  iot: { driver: macvlan, parent: eth0, vlan: 31, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: 51, mtu: 1400 }
  eth0.40: { parent: eth0, id: 40 }`,
  },
  {
    name: 'a VLAN link that is made anew below a network and a shim that stay',
    first: `name: home
networks:
  iot: { driver: macvlan, parent: trunk, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: 30 }`,
    then: `name: home
networks:
  iot: { driver: macvlan, parent: trunk, subnet: 192.168.30.0/24, gateway: 192.168.30.1, ip_range: 192.168.30.128/25, shim: true }
vlans:
  trunk: { parent: eth0, id: 31 }`,
  },
  {
    name: 'bridges, pinned, chosen by netctl and chosen by the engine',
    first: `name: home
networks:
  pinned: { subnet: 172.30.99.0/24, labels: { tier: web } }
  auto: { subnet: auto }
  open: {}
  six: { enable_ipv6: true, ipam: { config: [{ subnet: 10.9.0.0/24 }, { subnet: "FD00:9::/64" }] } }`,
    then: `name: home
networks:
  pinned: { subnet: 172.31.99.0/24, labels: { tier: db } }
  auto: { subnet: auto, internal: true }
  renamed: { name: open }`,
  },
  {
    name: 'a configuration network and what is made from it',
    first: `name: home
networks:
  made: { driver: macvlan, config_from: conf }
  conf: { config_only: true, driver: macvlan, parent: eth0, vlan: 60, subnet: 192.168.60.0/24, gateway: 192.168.60.1 }`,
    then: `name: home
networks:
  made: { driver: macvlan, config_from: conf }
  conf: { config_only: true, driver: macvlan, parent: eth0, vlan: 60, subnet: 192.168.60.0/24, gateway: 192.168.60.254 }`,
  },
  {
    name: 'an IPv6 LAN with two networks behind one shim, one of which goes',
    first: `name: home
networks:
  a: { driver: macvlan, parent: eth0, enable_ipv6: true, ipam: { config: [{ subnet: "fd00:1::/64", ip_range: "fd00:1::100/120", gateway: "fd00:1::1" }, { subnet: 192.168.1.0/24, ip_range: 192.168.1.64/27, gateway: 192.168.1.1 }] }, shim: true }
  b: { driver: macvlan, parent: eth0, subnet: 10.20.0.0/24, ip_range: 10.20.0.128/25, gateway: 10.20.0.1, shim: true }`,
    then: `name: home
networks:
  a: { driver: macvlan, parent: eth0, enable_ipv6: true, ipam: { config: [{ subnet: "fd00:1::/64", ip_range: "fd00:1::100/120", gateway: "fd00:1::1" }, { subnet: 192.168.1.0/24, ip_range: 192.168.1.64/27, gateway: 192.168.1.1 }] }, shim: true }`,
  },
  {
    name: 'networks of an engine that adds options to each',
    host: {
      defaultOptions: {
        bridge: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.enable_icc': 'false' },
      },
    },
    first: `name: home
networks:
  a: { subnet: 10.11.0.0/24 }
  b: { subnet: 10.12.0.0/24, mtu: 1300 }
  c: { config_only: true, subnet: 10.13.0.0/24 }`,
    then: `name: home
networks:
  a: { subnet: 10.11.0.0/24, mtu: 1400 }
  b: { subnet: 10.12.0.0/24 }
  d: { subnet: 10.14.0.0/24 }
  c: { config_only: true, subnet: 10.13.0.0/25 }`,
  },
];
