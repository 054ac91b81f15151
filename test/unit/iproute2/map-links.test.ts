import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { replyItems } from '../../../packages/iproute2/src/json.js';
import { toLinkFacts } from '../../../packages/iproute2/src/map-links.js';

const recorded = await readFile(new URL('recorded/links.json', import.meta.url), 'utf8');
const links = toLinkFacts(replyItems(recorded, 'read'));
const named = (name: string): unknown => links.find((link) => link.name === name);

/** A link as `ip` prints it at the least, with these fields in place. */
const one = (fields: object): unknown =>
  toLinkFacts([{ ifindex: 9, ifname: 'x0', flags: ['UP'], mtu: 1500, link_type: '[1]', group: '0', ...fields }])[0];

const least = { name: 'x0', index: 9, type: 'ether', mtu: 1500, up: true, group: 0, wireless: false, addresses: [] };

test('every recorded link is there', () => {
  expect(links.map((link) => link.name)).toEqual(['lo', 'peer0', 'eth0', 'br0', 'vp1', 'vp0', 'shim0', 'vx0']);
});

test('a macvlan link', () => {
  expect(named('shim0')).toEqual({
    name: 'shim0',
    index: 7,
    kind: 'macvlan',
    parent: 'eth0',
    type: 'ether',
    mtu: 1400,
    up: true,
    mac: '02:11:22:33:44:55',
    mode: 'bridge',
    alias: 'netctl owner=web',
    group: 28259,
    wireless: false,
    addresses: [
      { address: '192.168.1.223', prefixLength: 32, scope: 'global' },
      { address: 'fd00:1::223', prefixLength: 128, scope: 'global' },
      { address: 'fe80::11:22ff:fe33:4455', prefixLength: 64, scope: 'link' },
    ],
  });
});

test('a veth link is not stacked on its other end', () => {
  expect(named('eth0')).toMatchObject({ kind: 'veth', up: true, group: 0 });
  expect(named('eth0')).not.toHaveProperty('parent');
});

test('a bridge, its port, a link in a group that is down', () => {
  expect(named('br0')).toMatchObject({ kind: 'bridge', up: false });
  expect(named('br0')).not.toHaveProperty('mode');
  expect(named('vp0')).toMatchObject({ kind: 'veth', master: 'br0' });
  expect(named('vp1')).toMatchObject({ group: 5, up: false });
});

test('a vxlan link is stacked on the one its data names', () => {
  expect(named('vx0')).toMatchObject({ kind: 'vxlan', parent: 'eth0', mtu: 1450 });
});

test('the loopback link', () => {
  expect(named('lo')).toMatchObject({
    type: 'loopback',
    addresses: [
      { address: '127.0.0.1', prefixLength: 8, scope: 'host' },
      { address: '::1', prefixLength: 128, scope: 'host' },
    ],
  });
});

// Not recorded: the kernel here has no 802.1Q. From iplink_vlan.c; with -Numeric the protocol may be a number as well.
test.each([
  ['802.1Q', '802.1q'],
  ['[33024]', '802.1q'],
  ['802.1ad', '802.1ad'],
  ['[34984]', '802.1ad'],
])('a VLAN link with the protocol %s', (protocol, expected) => {
  const linkinfo = { info_kind: 'vlan', info_data: { protocol, id: 30, flags: ['REORDER_HDR'] } };
  expect(one({ link: 'eth0', linkinfo })).toEqual({
    ...least,
    kind: 'vlan',
    parent: 'eth0',
    vlan: { id: 30, protocol: expected },
  });
});

// Not recorded: the kernel here has no ipvlan. From iplink_ipvlan.c; old kernels report no flag.
test.each([
  [
    { mode: 'l2', bridge: true },
    { mode: 'l2', flag: 'bridge' },
  ],
  [
    { mode: 'l3', private: true },
    { mode: 'l3', flag: 'private' },
  ],
  [
    { mode: 'l3s', vepa: true },
    { mode: 'l3s', flag: 'vepa' },
  ],
  [{ mode: 'l3' }, { mode: 'l3' }],
])('an ipvlan link with %j', (data, expected) => {
  const fact = one({ link: 'eth0', linkinfo: { info_kind: 'ipvlan', info_data: data } });
  expect(fact).toEqual({ ...least, kind: 'ipvlan', parent: 'eth0', ...expected });
});

test('a parent in another namespace, or none at all, is no parent', () => {
  const linkinfo = { info_kind: 'macvlan', info_data: { mode: 'vepa' } };
  expect(one({ link_index: 2, link_netnsid: 0, linkinfo })).toEqual({ ...least, kind: 'macvlan', mode: 'vepa' });
  expect(one({ link: null, linkinfo: { info_kind: 'sit' } })).toEqual({ ...least, kind: 'sit' });
});

test('a tunnel has an address that is no MAC', () => {
  expect(one({ link_type: '[778]', address: '192.0.2.1' })).toEqual({ ...least, type: 'gre' });
});

test('names and types without -Numeric, and types nobody has heard of', () => {
  expect(one({ link_type: 'ether', group: 'default' })).toEqual(least);
  expect(one({ link_type: '[519]' })).toEqual({ ...least, type: '[519]' });
});

test('what has no name or index, or is no link at all, is left out', () => {
  expect(toLinkFacts([{}, null, 7, 'x', [], { ifname: 'x0' }, { ifindex: 3 }])).toEqual([]);
});

test('fields of a wrong shape are as if they were not there', () => {
  const odd = { mtu: 'big', flags: 'UP', addr_info: [{}, null, { local: '::1' }], linkinfo: [], ifalias: 7 };
  expect(one(odd)).toEqual({ ...least, mtu: 0, up: false });
});
