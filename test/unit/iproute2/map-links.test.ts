import { readFile } from 'node:fs/promises';
import type { LinkFact } from '@netctl/core';
import { expect, test } from 'vitest';
import { replyItems } from '../../../packages/iproute2/src/json.js';
import { toLinkFacts } from '../../../packages/iproute2/src/map-links.js';

const read = async (file: string): Promise<readonly LinkFact[]> =>
  toLinkFacts(replyItems(await readFile(new URL(`recorded/${file}`, import.meta.url), 'utf8'), 'read'));
const links = await read('links.json');
const named = (name: string): unknown => links.find((link) => link.name === name);
/** Of a kernel (6.1) that has 802.1Q and ipvlan. */
const more = await read('stacked.json');
const stacked = (name: string): unknown => more.find((link) => link.name === name);

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

test('recorded VLAN links, and a macvlan link on one', () => {
  expect(stacked('eth0-v30')).toEqual({
    name: 'eth0-v30',
    index: 9,
    kind: 'vlan',
    parent: 'eth0',
    type: 'ether',
    mtu: 1500,
    up: true,
    mac: '7e:b1:90:b8:17:5d',
    vlan: { id: 30, protocol: '802.1q' },
    alias: 'netctl:web/link:eth0-v30',
    group: 28259,
    wireless: false,
    addresses: [{ address: 'fe80::7cb1:90ff:feb8:175d', prefixLength: 64, scope: 'link' }],
  });
  expect(stacked('eth0.40')).toMatchObject({ parent: 'eth0', mtu: 1400, up: false, vlan: { id: 40 }, group: 0 });
  expect(stacked('ad50')).toMatchObject({ parent: 'eth0', vlan: { id: 50, protocol: '802.1ad' } });
  expect(stacked('mac30')).toMatchObject({ kind: 'macvlan', parent: 'eth0-v30', mode: 'bridge', up: true });
});

test('recorded ipvlan links', () => {
  expect(stacked('ip-l2')).toEqual({
    name: 'ip-l2',
    index: 19,
    kind: 'ipvlan',
    parent: 'p-l2',
    type: 'ether',
    mtu: 1500,
    up: true,
    mac: '22:c5:ea:30:8c:a4',
    mode: 'l2',
    flag: 'bridge',
    alias: 'netctl:web/link:ip-l2',
    group: 28259,
    wireless: false,
    addresses: [
      { address: '192.168.2.223', prefixLength: 32, scope: 'global' },
      { address: 'fd00:2::223', prefixLength: 128, scope: 'global' },
    ],
  });
  expect(stacked('ip-l3')).toMatchObject({ kind: 'ipvlan', parent: 'p-l3', mode: 'l3', flag: 'private', up: false });
  expect(stacked('ip-l3s')).toMatchObject({ kind: 'ipvlan', parent: 'p-l3s', mode: 'l3s', flag: 'vepa' });
});

// An `ip` without -Numeric prints the name.
test.each([
  ['802.1Q', '802.1q'],
  ['802.1ad', '802.1ad'],
])('a VLAN link with the protocol %s', (protocol, expected) => {
  const linkinfo = { info_kind: 'vlan', info_data: { protocol, id: 30, flags: ['REORDER_HDR'] } };
  expect(one({ link: 'eth0', linkinfo })).toMatchObject({ vlan: { id: 30, protocol: expected } });
});

// Not recorded: kernels before 4.15 have no flags.
test('an ipvlan link without a flag', () => {
  const fact = one({ link: 'eth0', linkinfo: { info_kind: 'ipvlan', info_data: { mode: 'l3' } } });
  expect(fact).toEqual({ ...least, kind: 'ipvlan', parent: 'eth0', mode: 'l3' });
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
