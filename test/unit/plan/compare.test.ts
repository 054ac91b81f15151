import { describe, expect, test } from 'vitest';
import type { ApiNetwork } from '../../../packages/core/src/docker/api.js';
import { addedTo, ownerLabels } from '../../../packages/core/src/docker/labels.js';
import { toFoundNetwork } from '../../../packages/core/src/docker/map.js';
import type { Added, NetworkResource } from '../../../packages/core/src/model.js';
import { networkChanges } from '../../../packages/core/src/plan/compare.js';
import { askedProps } from '../../../packages/core/src/resolve/networks.js';
import type { NetworkSpec } from '../../../packages/core/src/spec/schema.js';

interface Row {
  readonly rule: string;
  readonly want: NetworkSpec;
  readonly have: ApiNetwork;
  /** What was asked when it was made, if it was not what is wanted now. */
  readonly before?: NetworkSpec;
  /** What it was given beyond that. */
  readonly added?: Added;
  /** What netctl derives now. */
  readonly derived?: Partial<NetworkResource['props']>;
  readonly changes: readonly string[];
}

function changesOf({ want, have, before, added, derived }: Row): readonly string[] {
  const asked = askedProps(want, want.parent);
  const resource: NetworkResource = {
    type: 'network',
    host: 'local',
    ref: 'network:n',
    path: 'networks.n',
    name: 'n',
    requires: [],
    why: '',
    asked,
    props: { ...asked, ...derived },
    autoSubnet: false,
  };
  const marks = ownerLabels({ stack: 's', ref: 'network:n' }, askedProps(before ?? want, before?.parent), added);
  const found = toFoundNetwork({ Name: 'n', Driver: 'bridge', ...have, Labels: { ...have.Labels, ...marks } }, []);
  return networkChanges(resource, found).map(({ field, from, to }) => `${field}: ${from ?? '-'} > ${to ?? '-'}`);
}

const pool = (subnet: string, more: object = {}): ApiNetwork => ({
  IPAM: { Driver: 'default', Config: [{ Subnet: subnet, ...more }] },
});
const MTU = 'com.docker.network.driver.mtu';
const VNIS = 'com.docker.network.driver.overlay.vxlanid_list';
const ICC = 'com.docker.network.bridge.enable_icc';
const IPV4 = 'com.docker.network.enable_ipv4';
const IPV6 = 'com.docker.network.enable_ipv6';

const SAME: readonly Omit<Row, 'changes'>[] = [
  {
    rule: '1: null and nothing are one',
    want: {},
    have: { Labels: null, Options: null, IPAM: { Driver: 'default', Options: null, Config: null }, ConfigFrom: null },
  },
  {
    rule: '1: empty and nothing are one',
    want: { labels: {}, driver_opts: {}, ipam: { options: {}, config: [] } },
    have: { Options: {}, IPAM: { Driver: 'default', Options: {}, Config: [] }, ConfigFrom: { Network: '' } },
  },
  { rule: '2: host bits', want: { subnet: '10.1.0.0/24' }, have: pool('10.1.0.9/24') },
  {
    rule: '2: IPv6 text and the length on a gateway',
    want: { enable_ipv6: true, subnet: 'fd00:0:0:1::/64', gateway: 'fd00::1:0:0:0:1' },
    have: { ...pool('FD00:0000:0:0001::/64', { Gateway: 'FD00:0:0:1::1/64' }), EnableIPv6: true },
  },
  {
    rule: '2: the order of pools and of ranges',
    want: { subnet: '10.1.0.0/24', ip_range: '10.1.0.4-10.1.0.15', ipam: { config: [{ subnet: '10.2.0.0/24' }] } },
    have: {
      IPAM: {
        Config: [
          { Subnet: '10.2.0.0/24' },
          { Subnet: '10.1.0.0/24', IPRange: '10.1.0.8/29' },
          { Subnet: '10.1.0.0/24', IPRange: '10.1.0.4/30' },
        ],
      },
    },
  },
  {
    rule: '2: the blocks of a range in any order, and a gateway that the engine chose for one of them',
    want: { driver: 'macvlan', subnet: '10.1.0.0/24', gateway: '10.1.0.1', ip_range: '10.1.0.100-10.1.0.111' },
    have: {
      Driver: 'macvlan',
      IPAM: {
        Config: [
          { Subnet: '10.1.0.0/24', IPRange: '10.1.0.104/29', Gateway: '10.1.0.104' },
          { Subnet: '10.1.0.0/24', IPRange: '10.1.0.100/30', Gateway: '10.1.0.1' },
        ],
      },
    },
  },
  {
    rule: '3: a gateway that nobody asked for',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { Gateway: '10.1.0.1' }),
  },
  { rule: '3: a subnet that nobody asked for', want: {}, have: pool('172.18.0.0/16', { Gateway: '172.18.0.1' }) },
  {
    rule: '3: a gateway that the engine finds in a range that other networks share',
    want: { driver: 'macvlan', subnet: '10.1.0.0/24', ip_range: '10.1.0.64/27' },
    have: { ...pool('10.1.0.0/24', { IPRange: '10.1.0.64/27', Gateway: '10.1.0.66' }), Driver: 'macvlan' },
  },
  {
    rule: '3: aux addresses that netctl added',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { AuxiliaryAddresses: { 'netctl-shim': '10.1.0.9' } }),
    added: { auxAddresses: { 'netctl-shim': '10.1.0.9' } },
  },
  {
    rule: '3: aux addresses that netctl would add now',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { AuxiliaryAddresses: { 'netctl-shim': '10.1.0.9' } }),
    derived: { ipam: { config: [{ subnet: '10.1.0.0/24', auxAddresses: { 'netctl-shim': '10.1.0.9' } }] } },
  },
  {
    rule: '3: aux addresses that netctl would add now, and did not then',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24'),
    derived: { ipam: { config: [{ subnet: '10.1.0.0/24', auxAddresses: { 'netctl-shim': '10.1.0.9' } }] } },
  },
  {
    rule: '4: options that the engine added',
    want: {},
    have: { Options: { [MTU]: '1400', foreign: 'x' } },
    added: { options: { [MTU]: '1400', foreign: 'x' } },
  },
  {
    rule: '4: options that the engine added once, and no more',
    want: {},
    have: {},
    added: { options: { [MTU]: '1400' } },
  },
  {
    rule: '4: the VNIs that the swarm chose',
    want: { driver: 'overlay' },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { [VNIS]: '4097' } },
  },
  {
    rule: '4: VNIs that the swarm has no subnet for, and their zeros',
    want: { driver: 'overlay', driver_opts: { [VNIS]: '05000,5001' } },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { [VNIS]: '5000' } },
  },
  {
    rule: '4: VNIs that the swarm chose after the one that was asked for',
    want: { driver: 'overlay', driver_opts: { [VNIS]: '5000' } },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { [VNIS]: '5000,4097' } },
  },
  {
    rule: '4: IPv6, where the engine is told to give it to every network',
    want: { subnet: '10.1.0.0/24' },
    have: {
      IPAM: { Driver: 'default', Config: [{ Subnet: '10.1.0.0/24' }, { Subnet: 'fd00:1::/64', Gateway: 'fd00:1::1' }] },
      EnableIPv6: true,
      Options: { [IPV6]: 'true' },
    },
    added: { options: { [IPV6]: 'true' } },
  },
  {
    rule: '4: no IPv6, where the engine is told so and is too old to know how',
    want: {},
    have: { Options: { [IPV6]: 'true' } },
    added: { options: { [IPV6]: 'true' } },
  },
  {
    rule: '4: IPAM options that the swarm adds',
    want: {},
    have: { IPAM: { Options: { 'com.docker.network.ipam.serial': 'true' } } },
  },
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => ({
    rule: `4: boolean spelled ${text}`,
    want: { driver_opts: { [ICC]: 'true' } },
    have: { Options: { [ICC]: text } },
  })),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => ({
    rule: `4: boolean spelled ${text}`,
    want: { driver_opts: { [ICC]: 'false' } },
    have: { Options: { [ICC]: text } },
  })),
  { rule: '4: a number with zeros', want: { driver_opts: { [MTU]: '01400' } }, have: { Options: { [MTU]: '1400' } } },
  {
    rule: '4: encrypted by presence',
    want: { driver: 'overlay', encrypted: true },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { encrypted: 'yes' } },
  },
  { rule: '5: IPv4 is on where the engine does not say', want: {}, have: { EnableIPv4: true } },
  {
    rule: '5: the driver of a configuration',
    want: { config_only: true, driver: 'macvlan', subnet: '10.1.0.0/24' },
    have: { ...pool('10.1.0.0/24'), Driver: 'null', ConfigOnly: true },
  },
  {
    rule: '6: what comes from a configuration',
    want: { driver: 'macvlan', config_from: 'c' },
    have: {
      ...pool('10.1.0.0/24'),
      Driver: 'macvlan',
      ConfigFrom: { Network: 'c' },
      Options: { parent: 'eth0' },
      Labels: { a: 'b' },
      EnableIPv6: true,
    },
  },
  {
    rule: '6: a swarm network of a local driver',
    want: { driver: 'macvlan', scope: 'swarm', labels: { a: 'b' } },
    have: { Driver: 'macvlan', Scope: 'swarm', Labels: null, Options: null },
  },
  {
    rule: '6: IPv6 of a swarm network',
    want: { driver: 'overlay', enable_ipv6: true },
    have: { Driver: 'overlay', Scope: 'swarm' },
  },
  { rule: '7: labels of a newer netctl', want: {}, have: { Labels: { 'io.netctl.later': 'x' } } },
  ...(['true', 'false'] as const).map((text) => ({
    rule: `8: an option that the engine took out, since it says what a flag says: ${text}`,
    want: { driver_opts: { 'com.docker.network.enable_ipv6': text } },
    have: { EnableIPv6: text === 'true' },
  })),
  { rule: '8: macvlan mode bridge', want: { driver: 'macvlan', mode: 'bridge' }, have: { Driver: 'macvlan' } },
  { rule: '8: ipvlan mode l2', want: { driver: 'ipvlan', mode: 'l2' }, have: { Driver: 'ipvlan' } },
  {
    rule: '8: ipvlan flag bridge',
    want: { driver: 'ipvlan', driver_opts: { ipvlan_flag: 'bridge' } },
    have: { Driver: 'ipvlan' },
  },
  { rule: '8: a boolean that is the default', want: { driver_opts: { [ICC]: 'true' } }, have: {} },
  { rule: '8: MTU 0', want: { driver_opts: { [MTU]: '0' } }, have: {} },
  {
    rule: '8: a default that was spelled out once',
    want: {},
    before: { driver_opts: { [ICC]: 'true', [MTU]: '0' } },
    have: { Options: { [ICC]: '1', [MTU]: '0' } },
  },
  {
    rule: 'derived: an MTU that was chosen for the host',
    want: { mtu: 'auto' },
    have: { Options: { [MTU]: '1400' } },
    added: { options: { [MTU]: '1400' } },
    derived: { options: { [MTU]: '9000' } },
  },
  {
    rule: 'a subnet that was pinned once and is kept',
    want: { subnet: 'auto' },
    before: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24'),
    derived: { ipam: { config: [{ subnet: '10.1.0.0/24' }] } },
  },
];

const DIFFERENT: readonly Row[] = [
  { rule: 'driver', want: { driver: 'macvlan' }, have: {}, changes: ['driver: bridge > macvlan'] },
  { rule: 'internal on', want: { internal: true }, have: {}, changes: ['internal: false > true'] },
  { rule: 'internal off', want: {}, have: { Internal: true }, changes: ['internal: true > false'] },
  { rule: 'attachable', want: {}, have: { Attachable: true }, changes: ['attachable: true > false'] },
  {
    rule: 'ingress',
    want: { driver: 'overlay', ingress: true },
    have: { Driver: 'overlay', Scope: 'swarm' },
    changes: ['ingress: false > true'],
  },
  {
    rule: 'IPv4 off',
    want: { enable_ipv4: false },
    have: { EnableIPv4: true },
    changes: ['enable_ipv4: true > false'],
  },
  { rule: 'IPv6 off', want: {}, have: { EnableIPv6: true }, changes: ['enable_ipv6: true > false'] },
  {
    rule: 'a configuration that became a network',
    want: {},
    have: { ConfigOnly: true },
    changes: ['config_only: true > false'],
  },
  {
    rule: 'another configuration',
    want: { driver: 'macvlan', config_from: 'b' },
    have: { Driver: 'macvlan', ConfigFrom: { Network: 'a' } },
    changes: ['config_from: a > b'],
  },
  {
    rule: 'no configuration any more',
    want: {},
    have: { ConfigFrom: { Network: 'a' } },
    changes: ['config_from: a > -'],
  },
  {
    rule: 'scope',
    want: { driver: 'overlay', scope: 'swarm' },
    have: { Driver: 'overlay' },
    changes: ['scope: local > swarm'],
  },
  {
    rule: 'subnet',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/25'),
    changes: ['subnet: 10.1.0.0/25 > 10.1.0.0/24'],
  },
  { rule: 'no subnet', want: { subnet: '10.1.0.0/24' }, have: {}, changes: ['subnet: - > 10.1.0.0/24'] },
  {
    rule: 'a subnet that is not pinned any more',
    want: {},
    before: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24'),
    changes: ['subnet: 10.1.0.0/24 > -'],
  },
  {
    rule: 'a second pool',
    want: { subnet: '10.1.0.0/24' },
    have: { IPAM: { Config: [{ Subnet: '10.1.0.0/24' }, { Subnet: '10.2.0.0/24' }] } },
    changes: ['subnet: 10.2.0.0/24 > -'],
  },
  {
    rule: 'gateway',
    want: { subnet: '10.1.0.0/24', gateway: '10.1.0.2' },
    have: pool('10.1.0.0/24', { Gateway: '10.1.0.1' }),
    changes: ['gateway: 10.1.0.1 > 10.1.0.2'],
  },
  {
    rule: 'a gateway that is not asked for any more',
    want: { subnet: '10.1.0.0/24' },
    before: { subnet: '10.1.0.0/24', gateway: '10.1.0.2' },
    have: pool('10.1.0.0/24', { Gateway: '10.1.0.2' }),
    changes: ['gateway: 10.1.0.2 > -'],
  },
  {
    rule: 'range',
    want: { subnet: '10.1.0.0/24', ip_range: '10.1.0.0/28' },
    have: pool('10.1.0.0/24'),
    changes: ['ip_range: - > 10.1.0.0/28'],
  },
  {
    rule: 'range of several blocks, said as one',
    want: { driver: 'macvlan', subnet: '10.1.0.0/24', ip_range: '10.1.0.100-10.1.0.111' },
    have: {
      Driver: 'macvlan',
      IPAM: {
        Config: ['10.1.0.100/31', '10.1.0.102/32'].map((IPRange) => ({ Subnet: '10.1.0.0/24', IPRange })),
      },
    },
    changes: ['ip_range: 10.1.0.100-10.1.0.102 > 10.1.0.100-10.1.0.111'],
  },
  {
    rule: 'range too much',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { IPRange: '10.1.0.0/28' }),
    changes: ['ip_range: 10.1.0.0/28 > -'],
  },
  {
    rule: 'aux address',
    want: { ipam: { config: [{ subnet: '10.1.0.0/24', aux_addresses: { a: '10.1.0.5' } }] } },
    have: pool('10.1.0.0/24', { AuxiliaryAddresses: { a: '10.1.0.6' } }),
    changes: ['aux_addresses.a: 10.1.0.6 > 10.1.0.5'],
  },
  {
    rule: 'an aux address that is not asked for any more',
    want: { subnet: '10.1.0.0/24' },
    before: { ipam: { config: [{ subnet: '10.1.0.0/24', aux_addresses: { a: '10.1.0.6' } }] } },
    have: pool('10.1.0.0/24', { AuxiliaryAddresses: { a: '10.1.0.6' } }),
    changes: ['aux_addresses.a: 10.1.0.6 > -'],
  },
  {
    rule: 'IPAM driver',
    want: { ipam: { driver: 'dhcp' } },
    have: pool('10.1.0.0/24'),
    changes: ['ipam.driver: default > dhcp'],
  },
  { rule: 'IPAM option', want: { ipam: { options: { a: '1' } } }, have: {}, changes: ['ipam.options.a: - > 1'] },
  {
    rule: 'parent',
    want: { driver: 'macvlan', parent: 'eth0' },
    have: { Driver: 'macvlan', Options: { parent: 'eth1' } },
    changes: ['driver_opts.parent: eth1 > eth0'],
  },
  {
    rule: 'mode',
    want: { driver: 'macvlan', mode: 'private' },
    have: { Driver: 'macvlan' },
    changes: ['driver_opts.macvlan_mode: - > private'],
  },
  {
    rule: 'a mode that is not asked for any more',
    want: { driver: 'macvlan' },
    before: { driver: 'macvlan', mode: 'private' },
    have: { Driver: 'macvlan', Options: { macvlan_mode: 'private' } },
    changes: ['driver_opts.macvlan_mode: private > -'],
  },
  {
    rule: 'boolean option',
    want: { driver_opts: { [ICC]: 'false' } },
    have: {},
    changes: [`driver_opts.${ICC}: - > false`],
  },
  {
    rule: 'encryption',
    want: { driver: 'overlay', encrypted: true },
    have: { Driver: 'overlay', Scope: 'swarm' },
    changes: ['driver_opts.encrypted: - > '],
  },
  {
    rule: 'encryption that is not asked for any more',
    want: { driver: 'overlay' },
    before: { driver: 'overlay', encrypted: true },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { encrypted: '' } },
    changes: ['driver_opts.encrypted:  > -'],
  },
  { rule: 'label', want: { labels: { a: 'true' } }, have: { Labels: { a: '1' } }, changes: ['labels.a: 1 > true'] },
  {
    rule: 'a label that is not asked for any more',
    want: {},
    before: { labels: { a: '1' } },
    have: { Labels: { a: '1' } },
    changes: ['labels.a: 1 > -'],
  },
  ...[
    { rule: 'a label more', have: { Labels: { b: '' } }, changes: ['labels.b:  > -'] },
    { rule: 'an option more', have: { Options: { [ICC]: '0' } }, changes: [`driver_opts.${ICC}: 0 > -`] },
    { rule: 'an option that nobody knows more', have: { Options: { x: 't' } }, changes: ['driver_opts.x: t > -'] },
    { rule: 'an IPAM option more', have: { IPAM: { Options: { b: '2' } } }, changes: ['ipam.options.b: 2 > -'] },
    {
      rule: 'a range on a subnet that the engine chose',
      have: pool('172.18.0.0/16', { IPRange: '172.18.0.0/24' }),
      changes: ['ip_range: 172.18.0.0/24 > -'],
    },
    {
      rule: 'an aux address on a subnet that the engine chose',
      have: pool('172.18.0.0/16', { AuxiliaryAddresses: { a: '172.18.0.9' } }),
      changes: ['aux_addresses.a: 172.18.0.9 > -'],
    },
    {
      rule: 'an IPv6 pool, to no effect',
      have: { IPAM: { Config: [{ Subnet: '172.18.0.0/16' }, { Subnet: 'fd00::/64' }] } },
      changes: ['subnet: fd00::/64 > -'],
    },
    { rule: 'another scope', have: { Scope: 'global' }, changes: ['scope: global > local'] },
  ].map((row) => ({ ...row, want: {} })),
  {
    rule: 'an aux address more',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { AuxiliaryAddresses: { a: '10.1.0.6' } }),
    changes: ['aux_addresses.a: 10.1.0.6 > -'],
  },
  {
    rule: 'another gateway than the engine takes by itself',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24', { Gateway: '10.1.0.77' }),
    changes: ['gateway: 10.1.0.77 > -'],
  },
  {
    rule: 'a gateway on a configuration, which takes none by itself',
    want: { subnet: '10.1.0.0/24', config_only: true },
    have: { ...pool('10.1.0.0/24', { Gateway: '10.1.0.1' }), Driver: 'null', ConfigOnly: true },
    changes: ['gateway: 10.1.0.1 > -'],
  },
  {
    rule: 'a subnet on a configuration, which takes none by itself',
    want: { config_only: true },
    have: { ...pool('10.1.0.0/24'), Driver: 'null', ConfigOnly: true },
    changes: ['subnet: 10.1.0.0/24 > -'],
  },
  {
    rule: 'IPv6 off, on an engine that shows no IPv6 subnet then',
    want: { enable_ipv6: true, ipam: { config: [{ subnet: '10.1.0.0/24' }, { subnet: 'fd00::/64' }] } },
    have: pool('10.1.0.0/24'),
    changes: ['enable_ipv6: false > true'],
  },
  {
    rule: 'IPv6 off, on an engine that shows the IPv6 subnet all the same',
    want: { enable_ipv6: true, subnet: 'fd00::/64' },
    have: pool('fd00::/64'),
    changes: ['enable_ipv6: false > true'],
  },
  {
    rule: 'IPv6 off, with the subnet that the engine chose still shown',
    want: { enable_ipv6: true },
    have: pool('fd00::/64'),
    changes: ['enable_ipv6: false > true'],
  },
  {
    rule: 'IPv6 off, which an option asked for',
    want: { driver_opts: { 'com.docker.network.enable_ipv6': 'true' } },
    have: {},
    changes: ['enable_ipv6: false > true'],
  },
  {
    rule: 'IPv6 on, by an option',
    want: {},
    have: { EnableIPv6: true, Options: { 'com.docker.network.enable_ipv6': 'true' } },
    changes: ['enable_ipv6: true > false'],
  },
  {
    rule: 'an option for IPv6 that the engine is too old to heed',
    want: {},
    have: { Options: { 'com.docker.network.enable_ipv6': 'true' } },
    changes: ['driver_opts.com.docker.network.enable_ipv6: true > -'],
  },
  {
    rule: 'an option that was added, with another value',
    want: {},
    have: { Options: { [MTU]: '1300' } },
    added: { options: { [MTU]: '1400' } },
    changes: [`driver_opts.${MTU}: 1300 > 1400`],
  },
  {
    rule: 'a derived option that is not there any more',
    want: { mtu: 'auto' },
    have: {},
    added: { options: { [MTU]: '1400' } },
    derived: { options: { [MTU]: '9000' } },
    changes: [`driver_opts.${MTU}: - > 9000`],
  },
  {
    rule: 'a derived aux address that is not there any more',
    want: { subnet: '10.1.0.0/24' },
    have: pool('10.1.0.0/24'),
    added: { auxAddresses: { 'netctl-shim': '10.1.0.9' } },
    derived: { ipam: { config: [{ subnet: '10.1.0.0/24', auxAddresses: { 'netctl-shim': '10.1.0.9' } }] } },
    changes: ['aux_addresses.netctl-shim: - > 10.1.0.9'],
  },
  {
    rule: 'a VNI that is another, in a list that the swarm went on with',
    want: { driver: 'overlay', driver_opts: { [VNIS]: '5000,5001' } },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { [VNIS]: '5000,4097' } },
    changes: [`driver_opts.${VNIS}: 5000,4097 > 5000,5001`],
  },
  {
    rule: 'IPv6 that the engine gives to every network, and that is not wanted',
    want: { enable_ipv6: false },
    have: { EnableIPv6: true, Options: { [IPV6]: 'true' } },
    added: { options: { [IPV6]: 'true' } },
    changes: ['enable_ipv6: true > false'],
  },
  {
    rule: 'IPv6 by hand, where the engine is told to give it to none',
    want: {},
    have: { EnableIPv6: true },
    added: { options: { [IPV6]: 'false' } },
    changes: ['enable_ipv6: true > false'],
  },
  {
    rule: 'IPv4 that the engine takes from every network, and that has a subnet',
    want: { subnet: '10.1.0.0/24' },
    have: { ...pool('10.1.0.0/24'), EnableIPv4: false, Options: { [IPV4]: 'false' } },
    added: { options: { [IPV4]: 'false' } },
    changes: ['enable_ipv4: false > true'],
  },
  {
    rule: 'a label with the name of what every object has, one more and one fewer',
    want: { labels: { toString: 'a' } },
    have: { Labels: { constructor: 'b' } },
    changes: ['labels.toString: - > a', 'labels.constructor: b > -'],
  },
  {
    rule: 'VNIs that were asked for once',
    want: { driver: 'overlay' },
    before: { driver: 'overlay', driver_opts: { [VNIS]: '5000' } },
    have: { Driver: 'overlay', Scope: 'swarm', Options: { [VNIS]: '5000' } },
    changes: [`driver_opts.${VNIS}: 5000 > -`],
  },
  {
    rule: 'text that reads like a boolean',
    want: { driver_opts: { 'com.docker.network.container_iface_prefix': 't' } },
    have: { Options: { 'com.docker.network.container_iface_prefix': 'true' } },
    changes: ['driver_opts.com.docker.network.container_iface_prefix: true > t'],
  },
  { rule: 'a label that is gone anyway', want: {}, before: { labels: { a: '1' } }, have: {}, changes: [] },
];

test('what is added is what goes beyond what is asked', () => {
  const asked = askedProps({ driver_opts: { [ICC]: '0' }, subnet: '10.1.0.0/24' }, undefined);
  expect(addedTo(asked, asked)).toEqual({});
  const config = [{ subnet: '10.1.0.0/24', auxAddresses: { b: '10.1.0.9' } }];
  const props = { ...asked, ipam: { config }, options: { ...asked.options, [MTU]: '9000' } };
  expect(addedTo(asked, props, { [ICC]: '1', [MTU]: '1400', x: 'y' })).toEqual({
    options: { [MTU]: '9000', x: 'y' },
    auxAddresses: { b: '10.1.0.9' },
  });
});

describe('what is no drift', () => {
  test.each(SAME)('$rule', (row) => expect(changesOf({ ...row, changes: [] })).toEqual([]));
});

describe('what is drift', () => {
  test.each(DIFFERENT)('$rule', (row) => expect(changesOf(row)).toEqual(row.changes));
});
