import type { LinkProps } from '@netctl/core';
import { LINK_GROUP } from '@netctl/core';
import { expect, test } from 'vitest';
import { addLink, setLink } from '../../../packages/iproute2/src/change.js';
import type { Ip } from '../../../packages/iproute2/src/ip.js';
import { removeLink } from '../../../packages/iproute2/src/remove.js';

const LINKS = '-json -Numeric -details addr show';
const ROUTES = '-json route show table all';
const ROUTE = { destination: '192.168.1.192/27', source: '192.168.1.223' };
const ADD_ROUTE = '-4 route add 192.168.1.192/27 dev if7 src 192.168.1.223 proto static';

const eth0 = { ifname: 'eth0', ifindex: 2, link_type: '[1]' };
const shim0 = { ifname: 'shim0', ifindex: 7, group: String(LINK_GROUP), linkinfo: { info_kind: 'macvlan' } };
const ours = { dst: '192.168.1.192/27', dev: 'shim0', protocol: 'static', prefsrc: '192.168.1.223' };
const props: LinkProps = {
  name: 'shim0',
  kind: 'macvlan',
  parent: 'eth0',
  addresses: ['192.168.1.223', 'fd00:1::223'],
  routes: [ROUTE],
};

interface Host {
  readonly links?: readonly object[];
  /** What each look at the routes finds; the last stays. */
  readonly routes?: readonly (readonly object[])[];
  /** What the kernel says of each new route. */
  readonly exists?: boolean;
}

/** An `ip` that notes what it is asked, and finds what the host has. */
function recorder({ links = [eth0, shim0], routes = [[]], exists = false }: Host = {}): {
  readonly ip: Ip;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const left = [...routes];
  const ip: Ip = async ({ args }) => {
    const text = args.join(' ');
    asked.push(text);
    const found = text === LINKS ? links : text === ROUTES ? (left.length > 1 ? left.shift() : left[0]) : [];
    const stderr = exists && text.includes('route add') ? 'RTNETLINK answers: File exists' : '';
    return Promise.resolve({ stdout: JSON.stringify(found), stderr });
  };
  return { ip, asked };
}

const refused = (message: string): object => ({
  code: 'LINK_FAILED',
  message: expect.stringContaining(message) as string,
  hint: expect.stringContaining('Run the same again') as string,
});

test('a link that was just made is looked at once, and finished by its index', async () => {
  const { ip, asked } = recorder();
  await addLink(ip, props, 'x', 2);
  expect(asked).toEqual([
    LINKS,
    'link add link if2 name shim0 group 28259 type macvlan mode bridge',
    LINKS,
    'link set dev if7 alias x',
    '/proc/sys/net/ipv6/conf/shim0/accept_ra',
    'link set dev if7 up',
    'addr replace 192.168.1.223/32 dev if7',
    'addr replace fd00:1::223/128 dev if7 nodad',
    ROUTES,
    ADD_ROUTE,
  ]);
});

test.each([
  ['is gone', [eth0], 'Cannot finish the macvlan link shim0: there is no link shim0'],
  ['has no mark', [eth0, { ...shim0, group: '0' }], 'Cannot finish the macvlan link shim0: it is another link now'],
  ['is of another kind', [eth0, { ...shim0, linkinfo: { info_kind: 'dummy' } }], 'it is another link now'],
])('a link that %s when it was just made is not finished', async (_, links, message) => {
  const { ip, asked } = recorder({ links });
  await expect(addLink(ip, props, 'x', 2)).rejects.toMatchObject(refused(message));
  expect(asked).toHaveLength(3);
});

test('a parent that was made in the same run is known by its name alone', async () => {
  const { ip, asked } = recorder();
  await addLink(ip, props, 'x', undefined);
  expect(asked[1]).toContain('link add link if2 name shim0');
});

test('that the name is taken is for the kernel to say, though it has the address', async () => {
  const { ip, asked } = recorder({
    links: [eth0, { ...shim0, addr_info: [{ local: '192.168.1.223', prefixlen: 32, scope: '0' }] }],
  });
  await addLink(ip, props, 'x', 2);
  expect(asked[1]).toContain('link add link if2 name shim0');
});

test.each([
  ['is gone', [shim0], 'Cannot make the macvlan link shim0 on eth0: there is no link eth0'],
  ['is another', [{ ...eth0, ifindex: 3 }], 'it is another link now (index 3, was 2)'],
  [
    'has the address by now',
    [{ ...eth0, addr_info: [{ local: '192.168.1.223', prefixlen: 24, scope: '0' }] }],
    'Cannot add the address 192.168.1.223 to shim0: the link eth0 has it now',
  ],
])('nothing is made on a parent that %s', async (_, links, message) => {
  const { ip, asked } = recorder({ links });
  await expect(addLink(ip, props, 'x', 2)).rejects.toMatchObject(refused(message));
  expect(asked).toEqual([LINKS]);
});

test('a change takes one look, and by the index of the link that was planned for', async () => {
  const { ip, asked } = recorder();
  await setLink(ip, 'shim0', 7, { mtu: 1400 });
  expect(asked).toEqual([LINKS, 'link set dev if7 mtu 1400']);
});

test.each([
  ['is gone', [eth0], 'Cannot change the link shim0: there is no link shim0'],
  ['is another', [eth0, { ...shim0, ifindex: 8 }], 'it is another link now (index 8, was 7)'],
])('a link that %s is not changed', async (_, links, message) => {
  const { ip, asked } = recorder({ links });
  await expect(setLink(ip, 'shim0', 7, { mtu: 1400, up: true })).rejects.toMatchObject(refused(message));
  expect(asked).toEqual([LINKS]);
});

test.each([{ ifname: 'if7' }, { ifname: 'wan0', altnames: ['enp3s0', 'if7'] }])(
  'a link that is called by the index of ours is not taken for it: %o',
  async (other) => {
    const { ip, asked } = recorder({ links: [eth0, shim0, { ...other, ifindex: 12 }] });
    const refusal = { code: 'LINK_FAILED', message: expect.stringContaining('ip would take if7') as string };
    await expect(setLink(ip, 'shim0', 7, { mtu: 1400 })).rejects.toMatchObject(refusal);
    await expect(removeLink(ip, 'shim0', 7)).rejects.toMatchObject(refusal);
    expect(asked).toEqual([LINKS, LINKS]);
  },
);

test('a link that is itself called by its index', async () => {
  const { ip, asked } = recorder({ links: [{ ...shim0, ifname: 'if7' }] });
  await setLink(ip, 'if7', 7, { mtu: 1400 });
  expect(asked).toEqual([LINKS, 'link set dev if7 mtu 1400']);
});

test('an address that another link has by now is refused before anything is changed', async () => {
  const theirs = { ...eth0, addr_info: [{ local: 'fd00:1::223', prefixlen: 64, scope: '0' }] };
  const { ip, asked } = recorder({ links: [theirs, shim0] });
  const change = { alias: 'x', addAddresses: ['192.168.1.223', 'fd00:1::223'] };
  await expect(setLink(ip, 'shim0', 7, change)).rejects.toMatchObject(
    refused('Cannot add the address fd00:1::223 to shim0: the link eth0 has it now'),
  );
  expect(asked).toEqual([LINKS]);
});

/** What is run between the look at the routes and the end. */
async function routing(host: Host, route: LinkProps['routes'][number] = ROUTE): Promise<readonly string[]> {
  const { ip, asked } = recorder(host);
  await setLink(ip, 'shim0', 7, { addRoutes: [route] });
  expect(asked.slice(0, 2)).toEqual([LINKS, ROUTES]);
  return asked.slice(2);
}

test('a route that is there already is left as it is', async () => {
  expect(await routing({ routes: [[ours]] })).toEqual([]);
  expect(await routing({ routes: [[ours]] }, { destination: ROUTE.destination })).toEqual([]);
});

test('a route of the same link from elsewhere gives way, by that link', async () => {
  const another = { ...ours, prefsrc: '192.168.1.9' };
  expect(await routing({ routes: [[another, { ...another, protocol: undefined }]] })).toEqual([
    '-4 route del 192.168.1.192/27 dev if7 proto static',
    '-4 route del 192.168.1.192/27 dev if7 proto boot',
    ADD_ROUTE,
  ]);
});

test('what the kernel made for an address gives way in IPv4 and stands beside ours in IPv6', async () => {
  expect(await routing({ routes: [[{ ...ours, protocol: 'kernel' }]] })).toEqual([
    '-4 route del 192.168.1.192/27 dev if7 proto kernel',
    ADD_ROUTE,
  ]);
  const six = { destination: 'fd00:1::100/120' };
  expect(await routing({ routes: [[{ dst: six.destination, dev: 'shim0', protocol: 'kernel' }]] }, six)).toEqual([
    '-6 route add fd00:1::100/120 dev if7 proto static',
  ]);
});

test('a route to another destination is nobody’s matter', async () => {
  expect(await routing({ routes: [[{ ...ours, dst: '192.168.1.0/24', dev: 'eth0' }]] })).toEqual([ADD_ROUTE]);
});

test.each([
  ['by another link', { ...ours, dev: 'eth0' }, ' by eth0 meanwhile'],
  ['by the same link and a router', { ...ours, gateway: '192.168.1.7' }, ' by shim0 via 192.168.1.7 meanwhile'],
  ['to nowhere', { type: 'blackhole', dst: ours.dst }, 'a route there meanwhile'],
  ['with another metric', { ...ours, dev: 'eth0', metric: 100 }, ' by eth0 meanwhile'],
  ['in another table', { ...ours, dev: 'wg0', table: 'vpn' }, ' by wg0 meanwhile'],
])('a route of somebody else %s is refused', async (_, theirs, message) => {
  const { ip, asked } = recorder({ routes: [[theirs]] });
  const set = setLink(ip, 'shim0', 7, { addRoutes: [ROUTE] });
  await expect(set).rejects.toMatchObject(refused(message));
  expect(asked).toEqual([LINKS, ROUTES]);
});

test('a route that comes between the look and the command is fine when it is the one that is wanted', async () => {
  expect(await routing({ routes: [[], [ours]], exists: true })).toEqual([ADD_ROUTE, ROUTES]);
});

test.each([
  { ...ours, dev: 'eth0' },
  { ...ours, prefsrc: '192.168.1.9' },
])('a route that comes between the look and the command is refused when it is another: %o', async (theirs) => {
  const { ip, asked } = recorder({ routes: [[], [theirs]], exists: true });
  const set = setLink(ip, 'shim0', 7, { addRoutes: [ROUTE] });
  await expect(set).rejects.toMatchObject(refused(`somebody made a route there by ${theirs.dev} meanwhile`));
  expect(asked).toEqual([LINKS, ROUTES, ADD_ROUTE, ROUTES]);
});

test.each([
  [{ ...props, name: '-n' }, '"-n" cannot be the name of a link'],
  [{ ...props, parent: 'a%d' }, '"a%d" cannot be the name of a link'],
  [{ ...props, addresses: ['dev'] }, '"dev" is not an address'],
  [{ ...props, routes: [{ destination: 'default' }] }, '"default" is not an address with a prefix length'],
  [{ ...props, routes: [{ destination: '10.0.0.0/8', source: 'src' }] }, '"src" is not an address'],
] as const)('refuses before anything is run: %#', async (bad, message) => {
  const { ip, asked } = recorder();
  await expect(addLink(ip, bad, 'x', 2)).rejects.toThrow(message);
  expect(asked).toEqual([]);
});

test.each([
  [{ addAddresses: ['dev'] }, '"dev" is not an address'],
  [{ removeAddresses: ['192.168.1.223'] }, '"192.168.1.223" is not an address with a prefix length'],
  [{ removeRoutes: ['default'] }, '"default" is not an address with a prefix length'],
] as const)('refuses a change before anything is run: %#', async (bad, message) => {
  const { ip, asked } = recorder();
  await expect(setLink(ip, 'shim0', 7, bad)).rejects.toThrow(message);
  expect(asked).toEqual([]);
});

test('refuses an alias that the kernel would not keep whole', async () => {
  const { ip, asked } = recorder();
  await expect(addLink(ip, props, 'é'.repeat(128), 2)).rejects.toThrow('255 bytes at most');
  expect(asked).toEqual([]);
  await addLink(ip, props, 'é'.repeat(127), 2);
});
