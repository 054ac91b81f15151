import { expect, test } from 'vitest';
import { eventsIn } from '../../../packages/iproute2/src/watch.js';

/* As `ip -oneline monitor label link address route` of iproute2 6.1 printed it. */

test('each line says what has changed, and on which link', () => {
  const text = String.raw`[LINK]1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default \    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
[ADDR]1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever preferred_lft forever
[ROUTE]local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
[LINK]Deleted 7: lan-shim@eth0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group 28259
[ROUTE]Deleted 192.168.1.192/27 dev lan-shim proto static src 192.168.1.223
`;
  expect(eventsIn(text)).toEqual([
    { type: 'link', link: 'lo' },
    { type: 'address', link: 'lo' },
    { type: 'route', link: 'lo' },
    { type: 'link', link: 'lan-shim' },
    { type: 'route', link: 'lan-shim' },
  ]);
});

test('what is told twice is one reason, and what is cut tells what it can', () => {
  const route = '[ROUTE]local 127.0.0.1 dev lo table local\n';
  expect(eventsIn(`${route}${route}`)).toEqual([{ type: 'route', link: 'lo' }]);
  expect(eventsIn('[ROUTE]10.0.0.0/8')).toEqual([{ type: 'route' }]);
  expect(eventsIn('0.0/8 dev lo\n')).toEqual([]);
});
