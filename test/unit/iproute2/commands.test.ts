import type { LinkProps } from '@netctl/core';
import { expect, test } from 'vitest';
import { addRoute, changeCommands, makeCommand, removeRoute } from '../../../packages/iproute2/src/commands.js';

const make = (props: LinkProps): string => makeCommand(props, { index: 2 }).args.join(' ');
const change = (...args: Parameters<typeof changeCommands>): readonly string[] =>
  changeCommands(...args).map((command) => command.args.join(' '));
/** Commands go by the index, whatever the name is. */
const link = { name: 'shim0', index: 7, kind: 'macvlan' };

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
  expect(make(shim)).toBe(
    'link add link if2 name shim0 group 28259 address 02:11:22:33:44:55 mtu 1400 type macvlan mode bridge',
  );
});

test('an ipvlan shim has no MAC of its own, and no flag unless it is asked for', () => {
  const { name, parent, mac, mtu } = { mac: '', mtu: 0, ...shim };
  const ipvlan: LinkProps = { name, kind: 'ipvlan', parent, mac, mtu, addresses: [], routes: [] };
  const begin = 'link add link if2 name shim0 group 28259 mtu 1400 type ipvlan mode';
  expect(make(ipvlan)).toBe(`${begin} l2`);
  expect(make({ ...ipvlan, mode: 'l3s', flag: 'private' })).toBe(`${begin} l3s private`);
});

test('a VLAN link', () => {
  expect(make({ name: 'vlan30', kind: 'vlan', parent: 'eth0', vlanId: 30, addresses: [], routes: [] })).toBe(
    'link add link if2 name vlan30 group 28259 type vlan id 30',
  );
});

test('a macvlan link is never left to the mode of the kernel', () => {
  expect(make({ name: 'shim0', kind: 'macvlan', parent: 'eth0', addresses: [], routes: [] })).toBe(
    'link add link if2 name shim0 group 28259 type macvlan mode bridge',
  );
});

test('the alias is one argument, whatever is in it', () => {
  const alias = '-x "; rm -rf /';
  expect(changeCommands(link, { alias })[0]?.args).toEqual(['link', 'set', 'dev', 'if7', 'alias', alias]);
});

test('everything that can be changed, in order, by the index', () => {
  const whole = {
    addRoutes: [{ destination: '192.168.1.64/27', source: '192.168.1.224' }],
    removeRoutes: ['192.168.1.192/27', 'fd00:1::100/120'],
    addAddresses: ['192.168.1.224', 'fd00:1::224'],
    removeAddresses: ['192.168.1.223/24'],
    up: true,
    mtu: 1300,
    alias: '',
  } as const;
  expect(change({ ...link, kind: 'vlan' }, whole)).toEqual([
    'link set dev if7 alias ',
    'link set dev if7 mtu 1300',
    'link set dev if7 up',
    'addr del 192.168.1.223/24 dev if7',
    'addr replace 192.168.1.224/32 dev if7',
    'addr replace fd00:1::224/128 dev if7 nodad',
    '-4 route del 192.168.1.192/27 dev if7',
    '-6 route del fd00:1::100/120 dev if7',
  ]);
  expect(change(link, {})).toEqual([]);
  expect(change({ ...link, kind: 'ipvlan' }, { up: true })).toEqual([
    '/proc/sys/net/ipv6/conf/shim0/accept_ra',
    'link set dev if7 up',
  ]);
});

test('routes, of which none is ever replaced', () => {
  const [four, six, bare] = shim.routes.map((route) => addRoute(link, route).args.join(' '));
  expect(four).toBe('-4 route add 192.168.1.192/27 dev if7 src 192.168.1.223 proto static');
  expect(six).toBe('-6 route add fd00:1::100/120 dev if7 src fd00:1::223 proto static');
  expect(bare).toBe('-4 route add 192.168.1.9/32 dev if7 proto static');
  expect(removeRoute(link, '192.168.1.9/32', 'boot').args.join(' ')).toBe(
    '-4 route del 192.168.1.9/32 dev if7 proto boot',
  );
});
