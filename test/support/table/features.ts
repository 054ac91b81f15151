/**
 * The rows of the support table of docs/engines.md, by driver. A row that no passed test covers on an engine that ran is a failure
 * of scripts/support-table, so a feature cannot be claimed and not tested.
 */
export const FEATURES = {
  bridge: {
    basics: 'subnet, gateway, range, reserved addresses, labels',
    options: 'every driver option that the engine has',
    ipv6: 'IPv6 with a subnet of its own',
    'ipv6-auto': 'IPv6 with a subnet that the engine chooses',
    'no-ipv4': 'without IPv4',
    internal: 'internal',
    'gateway-mode': 'gateway modes nat and routed',
    'gateway-mode-28': 'gateway modes nat-unprotected and isolated',
    mtu: 'MTU',
    'config-from': 'from a configuration network',
  },
  macvlan: {
    basics: 'subnets, gateway, ranges, reserved addresses, labels',
    options: 'every driver option that the engine has',
    modes: 'modes bridge, vepa, private, passthru',
    shim: 'host shim',
    vlan: 'on a VLAN link',
    bond: 'on a bond and on a bridge',
    shared: 'two networks on one parent',
    mixed: 'beside ipvlan on one parent',
    'config-from': 'from a configuration network',
  },
  ipvlan: {
    basics: 'subnets, gateway, ranges, reserved addresses, labels',
    options: 'every driver option that the engine has',
    l2: 'mode l2, with shim',
    l3: 'mode l3, with shim, two hosts, routed',
    l3s: 'mode l3s, with shim, two hosts, routed',
    flag: 'ipvlan_flag',
    vlan: 'on a VLAN link',
    shared: 'two networks on one parent',
    mixed: 'beside macvlan on one parent',
  },
  overlay: {
    basics: 'subnets, ranges, attachable, labels',
    options: 'every driver option that the engine has',
    encrypted: 'encrypted, between two engines',
    vip: 'a service behind a VIP',
    dnsrr: 'a service with DNSRR',
    ipv6: 'IPv6',
    aux: 'reserved addresses',
    ingress: 'a swarm’s ingress network',
  },
  any: {
    drift: 'each field changed by hand is named, and no other',
    restart: 'nothing to do after a restart of the engine',
    names: 'names are unique',
  },
} as const;

export type TableDriver = keyof typeof FEATURES;
export type Feature<D extends TableDriver> = keyof (typeof FEATURES)[D] & string;
