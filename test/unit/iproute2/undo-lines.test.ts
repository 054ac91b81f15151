import { expect, test } from 'vitest';
import { undoLines } from '../../../packages/iproute2/src/safety/undo-lines.js';

const shim = {
  ifindex: 4,
  ifname: 'lan-shim',
  link: 'eth0',
  flags: ['UP'],
  mtu: 1500,
  group: '28259',
  link_type: '[1]',
  address: '02:00:00:00:00:01',
  ifalias: 'netctl:home/link:lan-shim',
  linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } },
  addr_info: [{ family: 'inet', local: '192.168.1.223', prefixlen: 32, scope: '0' }],
};
const route = { type: '1', dst: '192.168.1.192/27', dev: 'lan-shim', table: '254', protocol: '4', scope: '253' };

test('a link that is removed is made again with all that was on it, and with the default routes of the host', () => {
  const out = {
    type: '1',
    dst: 'default',
    gateway: 'fd00::1',
    dev: 'eth0',
    table: '254',
    protocol: '3',
    pref: 'medium',
  };
  expect(undoLines([{ op: 'remove', name: 'lan-shim' }], { links: [shim], routes: [route, out] })).toEqual([
    'link add link eth0 name lan-shim group 28259 address 02:00:00:00:00:01 mtu 1500 type macvlan mode bridge',
    'link set dev lan-shim alias netctl:home/link:lan-shim',
    'link set dev lan-shim mtu 1500',
    'link set dev lan-shim up',
    'addr replace 192.168.1.223/32 scope 0 dev lan-shim valid_lft forever preferred_lft forever',
    'route replace 192.168.1.192/27 table 254 proto 4 scope 253 dev lan-shim',
    'route replace ::/0 table 254 proto 3 via fd00::1 dev eth0',
    'neigh flush dev lan-shim',
  ]);
});

test('a link that was there before is not removed by the undoing of one of its name', () => {
  const snapshot = { links: [shim], routes: [] };
  expect(undoLines([{ op: 'add', name: 'lan-shim' }], snapshot).join('\n')).not.toContain('link del');
});

test.each(['x\nlink del dev eth0', 'a;reboot', '$(reboot)', '`reboot`', "a'b", 'a b', 'a#b', 'a\\'])(
  'nothing that a link is called by others becomes a line of its own: %j',
  (hostile) => {
    const links = [{ ...shim, ifalias: hostile, link: hostile, master: hostile }];
    const lines = undoLines([{ op: 'remove', name: 'lan-shim' }], { links, routes: [{ ...route, gateway: hostile }] });
    expect(lines.join('\n')).not.toContain(hostile);
    expect(lines.every((line) => /^(?:link set|addr replace|neigh flush) /.test(line))).toBe(true);
    expect(undoLines([{ op: 'add', name: hostile }], { links: [], routes: [] })).toEqual([]);
  },
);
