import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { replyItems } from '../../../packages/iproute2/src/json.js';
import { toRouteFacts } from '../../../packages/iproute2/src/map-routes.js';

const recorded = await readFile(new URL('recorded/routes.json', import.meta.url), 'utf8');

test('the recorded routes, without those that only the kernel uses', () => {
  const lines = toRouteFacts(replyItems(recorded, 'read')).map((route) =>
    [route.destination, route.table, route.link, route.via, route.source, route.protocol]
      .map((field) => field ?? '-')
      .join(' '),
  );
  expect(lines.filter((line) => !line.startsWith('fe80::/64'))).toEqual([
    '10.7.0.0/16 100 eth0 192.168.1.1 - boot',
    '0.0.0.0/0 main eth0 192.168.1.1 - boot',
    '10.6.0.0/16 main eth0 fd00:1::1 - boot',
    '10.8.0.0/16 main eth0 192.168.1.1 - boot',
    '10.8.0.0/16 main eth0 192.168.1.2 - boot',
    '10.9.0.0/16 main - - - boot',
    '10.10.0.1/32 main - - - boot',
    '192.168.1.0/24 main eth0 - 192.168.1.10 kernel',
    '192.168.1.192/27 main shim0 - 192.168.1.223 static',
    'fd00:1::100/120 main shim0 - fd00:1::223 static',
    'fd00:1::223/128 main shim0 - - kernel',
    'fd00:1::/64 main eth0 - - kernel',
    'fd98::/64 main eth0 fd00:1::1 - boot',
    'fd98::/64 main eth0 fd00:1::2 - boot',
    'fd99::/64 main - - - boot',
    '::/0 main eth0 fd00:1::1 - boot',
  ]);
});

test.each([
  [{ dst: 'default', dev: 'ppp0' }, '0.0.0.0/0'],
  [{ dst: 'default', dev: 'ppp0', prefsrc: 'fd00::1' }, '::/0'],
  [{ dst: 'default', dev: 'ppp0', metric: 1024, pref: 'medium' }, '::/0'],
  [{ dst: 'default', nexthops: [{ gateway: 'fe80::1', dev: 'eth0' }] }, '::/0'],
  [{ dst: 'default', dev: 'eth0', via: { family: 'inet6', host: 'fe80::1' } }, '0.0.0.0/0'],
])('%j goes to %s', (route, destination) => {
  expect(toRouteFacts([route])[0]?.destination).toBe(destination);
});

test('a blackhole by default is a default route', () => {
  expect(toRouteFacts([{ type: 'unreachable', dst: 'default', dev: 'lo', pref: 'medium', table: 'vpn' }])).toEqual([
    { destination: '::/0', table: 'vpn', protocol: 'boot' },
  ]);
});

test('what has no destination of these two families is left out', () => {
  expect(toRouteFacts([{}, null, { dev: 'eth0' }, { dst: '100', dev: 'eth0' }, { dst: 'x' }])).toEqual([]);
});
