import type { LinkProps } from '@netctl/core';
import { expect, test } from 'vitest';
import { addCommands, setCommands } from '../../../packages/iproute2/src/commands.js';

const add = (props: LinkProps, alias = 'netctl owner=web'): readonly string[] =>
  addCommands(props, alias).map(({ args }) => args.join(' '));
const set = (...args: Parameters<typeof setCommands>): readonly string[] =>
  setCommands(...args).map((command) => command.args.join(' '));

const shim: LinkProps = {
  name: 'shim0',
  kind: 'macvlan',
  parent: 'eth0',
  mode: 'bridge',
  mac: '02:11:22:33:44:55',
  mtu: 1400,
  addresses: ['192.168.1.223', 'fd00:1::223'],
  routes: [
    { destination: '192.168.1.192/27', source: '192.168.1.223' },
    { destination: 'fd00:1::100/120', source: 'fd00:1::223' },
    { destination: '192.168.1.9/32' },
  ],
};

test('a macvlan shim', () => {
  expect(add(shim)).toEqual([
    'link add link eth0 name shim0 group 28259 address 02:11:22:33:44:55 mtu 1400 type macvlan mode bridge',
    'link set dev shim0 alias netctl owner=web',
    '/proc/sys/net/ipv6/conf/shim0/accept_ra',
    'addr replace 192.168.1.223/32 dev shim0',
    'addr replace fd00:1::223/128 dev shim0 nodad',
    'link set dev shim0 up',
    '-4 route replace 192.168.1.192/27 dev shim0 src 192.168.1.223 proto static',
    '-6 route replace fd00:1::100/120 dev shim0 src fd00:1::223 proto static',
    '-4 route replace 192.168.1.9/32 dev shim0 proto static',
  ]);
});

test('an ipvlan shim has no MAC of its own, and no flag unless it is asked for', () => {
  const { name, parent, mac, mtu } = { mac: '', mtu: 0, ...shim };
  const ipvlan: LinkProps = { name, kind: 'ipvlan', parent, mac, mtu, addresses: [], routes: [] };
  const begin = 'link add link eth0 name shim0 group 28259 mtu 1400 type ipvlan mode';
  expect(add(ipvlan)[0]).toBe(`${begin} l2`);
  expect(add({ ...ipvlan, mode: 'l3s', flag: 'private' })[0]).toBe(`${begin} l3s private`);
});

test('a VLAN link', () => {
  expect(add({ name: 'vlan30', kind: 'vlan', parent: 'eth0', vlanId: 30, addresses: [], routes: [] })).toEqual([
    'link add link eth0 name vlan30 group 28259 type vlan id 30',
    'link set dev vlan30 alias netctl owner=web',
    'link set dev vlan30 up',
  ]);
});

test('a macvlan link is never left to the mode of the kernel', () => {
  expect(add({ name: 'shim0', kind: 'macvlan', parent: 'eth0', addresses: [], routes: [] })[0]).toBe(
    'link add link eth0 name shim0 group 28259 type macvlan mode bridge',
  );
});

test('the alias is one argument, whatever is in it', () => {
  const alias = '-x "; rm -rf /';
  expect(addCommands(shim, alias)[1]?.args).toEqual(['link', 'set', 'dev', 'shim0', 'alias', alias]);
});

test('everything that set can change, in order', () => {
  const change = {
    addRoutes: [{ destination: '192.168.1.64/27', source: '192.168.1.224' }],
    removeRoutes: ['192.168.1.192/27', 'fd00:1::100/120'],
    addAddresses: ['192.168.1.224', 'fd00:1::224'],
    removeAddresses: ['192.168.1.223/24'],
    up: true,
    mtu: 1300,
    alias: '',
  } as const;
  expect(set('shim0', change)).toEqual([
    'link set dev shim0 alias ',
    'link set dev shim0 mtu 1300',
    'link set dev shim0 up',
    'addr del 192.168.1.223/24 dev shim0',
    'addr replace 192.168.1.224/32 dev shim0',
    'addr replace fd00:1::224/128 dev shim0 nodad',
    '-4 route del 192.168.1.192/27 dev shim0',
    '-6 route del fd00:1::100/120 dev shim0',
    '-4 route replace 192.168.1.64/27 dev shim0 src 192.168.1.224 proto static',
  ]);
  expect(set('shim0', {})).toEqual([]);
  expect(set('shim0', { up: true }, 'ipvlan')).toEqual([
    '/proc/sys/net/ipv6/conf/shim0/accept_ra',
    'link set dev shim0 up',
  ]);
  expect(set('eth0.40', { up: true }, 'vlan')).toEqual(['link set dev eth0.40 up']);
});

test.each([
  [{ ...shim, name: '-n' }, '"-n" cannot be the name of a link'],
  [{ ...shim, parent: 'a%d' }, '"a%d" cannot be the name of a link'],
  [{ ...shim, addresses: ['dev'] }, '"dev" is not an address'],
  [{ ...shim, routes: [{ destination: 'default' }] }, '"default" is not an address with a prefix length'],
  [{ ...shim, routes: [{ destination: '10.0.0.0/8', source: 'src' }] }, '"src" is not an address'],
] as const)('refuses before anything is run: %#', (props, message) => {
  expect(() => addCommands(props, 'x')).toThrow(message);
});

test('refuses an alias that the kernel would not keep whole', () => {
  expect(() => addCommands(shim, 'é'.repeat(128))).toThrow('255 bytes at most');
  expect(add(shim, 'é'.repeat(127))).toHaveLength(9);
});
