import { randomBytes } from 'node:crypto';
import { iproute2 } from '@netctl/iproute2';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkBackendContract } from './links.js';
import type { ContractHost } from './links-host.js';

linkBackendContract('iproute2 on the kernel of this machine', makeHost);

/** Announces 2001:db8:77::/64 and itself as a router (RFC 4861); perl is on every Debian and can. */
const router = `
use Socket qw(:all);
socket(my $s, AF_INET6, SOCK_RAW, 58) or die $!;
my ($link) = map { /^(\\d+): peer0/ } qx(ip -o link show dev peer0);
setsockopt($s, 41, 18, pack('i', 255)) or die $!;
setsockopt($s, 41, 17, pack('i', $link)) or die $!;
my $prefix = pack('CCCCNNN', 3, 4, 64, 0xC0, 86400, 14400, 0) . inet_pton(AF_INET6, '2001:db8:77::');
my $all = pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $link, 0);
defined send($s, pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix, 0, $all) or die $!;
`;

let routed: ContractHost & { readonly name: string };
beforeEach(async () => (routed = await makeHost()));
afterEach(async () => routed.close());

/** What the kernel took from an announcement on a link: addresses with the prefix, and routes. */
async function taken(link: string): Promise<readonly string[]> {
  const { links, routes } = await routed.backend.observe();
  const addresses = links.find(({ name }) => name === link)?.addresses ?? [];
  return [
    ...addresses.filter(({ address }) => address.startsWith('2001:db8:77:')).map(() => 'address'),
    ...routes.filter((one) => one.link === link && one.destination === '::/0').map(() => 'default route'),
    ...routes.filter((one) => one.link === link && one.destination === '2001:db8:77::/64').map(() => 'LAN route'),
  ].sort();
}

test.each(['made by one add', 'brought up by set'])('a shim takes nothing from a router, %s', async (way) => {
  const inside = ['nsenter', `--net=/run/netns/${routed.name}`];
  const shim = {
    name: 'lan-shim',
    kind: 'macvlan',
    parent: 'eth0',
    addresses: ['fd00:1::223'],
    routes: [{ destination: 'fd00:1::100/120', source: 'fd00:1::223' }],
  } as const;
  if (way === 'made by one add') {
    await routed.backend.add(shim, 'x');
  } else {
    // What an add leaves that is killed at once.
    await execa('ip', ['-netns', routed.name, 'link', 'add', 'lan-shim', 'link', 'eth0', 'type', 'macvlan']);
    const made = (await routed.backend.observe()).links.find(({ name }) => name === 'lan-shim');
    await routed.backend.set('lan-shim', made?.index ?? 0, {
      up: true,
      addAddresses: shim.addresses,
      addRoutes: shim.routes,
    });
  }
  // One by hand beside it proves that the announcement comes, and is over when this one has taken it.
  await execa('ip', [
    '-netns',
    routed.name,
    'link',
    'add',
    'by-hand',
    'link',
    'eth0',
    'type',
    'macvlan',
    'mode',
    'bridge',
  ]);
  await execa('ip', ['-netns', routed.name, 'link', 'set', 'by-hand', 'up']);
  await expect
    .poll(
      async () => {
        await execa('nsenter', [`--net=/run/netns/${routed.name}-r`, 'perl', '-e', router], { reject: false });
        return taken('by-hand');
      },
      { timeout: 20_000, interval: 500 },
    )
    .toEqual(['LAN route', 'address', 'default route']);
  expect(await taken('lan-shim')).toEqual([]);

  // Its own address works as before, both ways.
  await execa('ip', ['-netns', `${routed.name}-r`, 'addr', 'add', 'fd00:1::101/64', 'dev', 'peer0', 'nodad']);
  await execa(inside[0] ?? '', [...inside.slice(1), 'ping', '-c', '1', '-w', '10', 'fd00:1::101']);
  await execa('nsenter', [`--net=/run/netns/${routed.name}-r`, 'ping', '-c', '1', '-w', '10', 'fd00:1::223']);
});

/** A network namespace with one veth pair to another, of which `eth0` is the parent. */
async function makeHost(): Promise<ContractHost & { readonly name: string }> {
  const name = `netctl-lc-${randomBytes(4).toString('hex')}`;
  const command = ['nsenter', `--net=/run/netns/${name}`, 'ip'];
  const ip = async (...args: string[]): Promise<unknown> => execa('ip', ['-netns', name, ...args]);
  const close = async (): Promise<void> => {
    await execa('ip', ['netns', 'del', name]);
    await execa('ip', ['netns', 'del', `${name}-r`]);
  };
  await execa('ip', ['netns', 'add', name]);
  await execa('ip', ['netns', 'add', `${name}-r`]);
  try {
    await ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'peer0');
    await ip('link', 'set', 'dev', 'peer0', 'netns', `${name}-r`);
    await execa('ip', ['-netns', `${name}-r`, 'link', 'set', 'dev', 'peer0', 'up']);
    await ip('link', 'set', 'dev', 'eth0', 'up');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name,
    backend: iproute2({ command }),
    stuck: iproute2({ command: ['sh', '-c', 'exec sleep 60', 'ip'], timeout: 300 }),
    parent: 'eth0',
    down: async (link) => {
      await ip('link', 'set', 'dev', link, 'down');
    },
    replace: async (link) => {
      await ip('link', 'del', 'dev', link);
      await ip('link', 'add', 'name', link, 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge');
    },
    route: async (destination, link, via) => {
      const router = via === undefined ? [] : ['via', via, 'onlink'];
      await ip('route', 'add', destination, ...router, 'dev', link);
    },
    address: async (address, link) => {
      await ip('addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []));
    },
    neighbour: async (address) => {
      const nodad = address.includes(':') ? ['nodad'] : [];
      await execa('ip', ['-netns', `${name}-r`, 'addr', 'add', address, 'dev', 'peer0', ...nodad]);
      const { stdout } = await execa('ip', ['-netns', `${name}-r`, '-json', 'link', 'show', 'dev', 'peer0']);
      const [peer] = JSON.parse(stdout) as readonly { readonly address: string }[];
      return peer?.address ?? '';
    },
    close,
  };
}
