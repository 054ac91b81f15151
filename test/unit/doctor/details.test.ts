import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../packages/core/src/doctor/diagnose.js';
import { formatFinding } from '../../../packages/core/src/doctor/format.js';
import { networkManagerFiles } from '../../../packages/core/src/persist/network-manager.js';
import type { PersistedLinks } from '../../../packages/core/src/persist/persisted-links.js';
import { networkdFiles } from '../../../packages/core/src/persist/networkd.js';
import { listening } from '../../../packages/core/src/doctor/listening.js';
import { poolUse } from '../../../packages/core/src/doctor/pools.js';
import { wantedBy } from '../../../packages/core/src/doctor/wanted.js';
import type { RouteFact } from '../../../packages/core/src/links.js';
import { loadText } from '../../support/memory/run.js';
import { address, DOCKER0, ENGINE, hostWith, ID, LAN, link, network, RULES, SHIM, WEB } from './healthy.js';

const codesOf = (facts: Parameters<typeof diagnose>[0]): readonly string[] =>
  diagnose(facts).flatMap(({ code, severity }) => (severity === 'ok' ? [] : [`${severity} ${code}`]));

describe('address pools', () => {
  const free = (version: string, routes: readonly RouteFact[], pools: typeof ENGINE.pools = []): readonly number[] => {
    const use = poolUse({ pools, networks: [DOCKER0], engine: { ...ENGINE.engine, version } }, routes);
    return [use.free, use.total];
  };
  const route = (destination: string, more: Partial<RouteFact> = {}): RouteFact => ({
    destination,
    table: 'main',
    link: 'tun0',
    ...more,
  });

  test('are those that are built in, and docker0 has one', () => {
    expect(free('28.5.2', [])).toEqual([30, 31]);
  });

  test('a VPN that routes everything takes all of them from engines up to 26, which go round routes with a next hop too', () => {
    const vpn = [route('0.0.0.0/1', { via: '10.8.0.1' }), route('128.0.0.0/1', { via: '10.8.0.1' })];
    expect(free('26.1.5', vpn)).toEqual([0, 31]);
    expect(free('28.5.2', vpn)).toEqual([30, 31]);
  });

  test('the default route and those of other tables take none', () => {
    expect(free('20.10.24', [route('0.0.0.0/0'), route('192.168.0.0/16', { table: '52' })])).toEqual([30, 31]);
  });

  test('of many subnets are counted, those of IPv6 not', () => {
    const pools = [
      { base: '10.0.0.0/8', size: 24 },
      { base: 'fd00::/48', size: 64 },
    ];
    expect(free('28.5.2', [route('10.0.0.0/16')], pools)).toEqual([65_280, 65_536]);
  });

  test('are all in the file that adds one', () => {
    const pools = [
      { base: '172.17.0.0/16', size: 16 },
      { base: 'fd00::/48', size: 64 },
    ];
    const [found] = diagnose(hostWith({ engine: { pools } })).filter(({ matter }) => matter === 'pools');
    const written = JSON.parse(found?.cure.at(-1) ?? '') as { 'default-address-pools': unknown[] };
    expect(written['default-address-pools']).toHaveLength(3);
    expect(written['default-address-pools']).toEqual(expect.arrayContaining(pools));
  });

  test('a network of the swarm takes none, its pools are others', () => {
    const swarmed = { ...WEB, props: { ...WEB.props, driver: 'overlay', scope: 'swarm' } };
    expect(poolUse({ ...ENGINE, networks: [swarmed] }, []).free).toBe(31);
  });
});

const PERSISTED: PersistedLinks = {
  stack: 'home',
  links: [
    {
      role: 'shim',
      ref: 'link:lan-shim',
      alias: SHIM.alias ?? '',
      props: {
        name: 'lan-shim',
        kind: 'macvlan',
        parent: 'eth0',
        addresses: ['192.168.1.223'],
        routes: [{ destination: '192.168.1.192/27' }],
      },
    },
  ],
  parents: ['eth0'],
  spec: '',
};

describe('systemd-networkd', () => {
  const running = { present: ['/run/systemd/netif'], moreLinks: [SHIM] };
  const keep = {
    '/etc/systemd/networkd.conf':
      '[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\nManageForeignNextHops=no\n',
  };
  const quiet = { '/proc/sys/net/ipv4/conf/all/arp_ignore': '1', '/proc/sys/net/ipv4/conf/all/rp_filter': '0' };
  const takes = (files: Readonly<Record<string, string>>): boolean =>
    codesOf(hostWith({ ...running, files: { ...keep, ...quiet, ...files } })).includes('warning NETWORKD_TAKES_LINKS');
  const at = (name: string, root = '/etc'): string => `${root}/systemd/network/${name}`;

  test.each([
    ['Name=*', true],
    ['Name=en* lan-shim', true],
    ['Name=!lan-*', true],
    ['Name=!lan-* br-* docker0 veth*', false],
    ['Type=ether', true],
    ['Kind=macvlan', true],
    ['Type=bridge', true],
    ['Driver=e1000', false],
    ['Kind=macvlan\nName=en*', false],
    ['Name=*\nVirtualization=container', false],
    ['', true],
  ])('[Match] %s', (match, taken) => {
    expect(takes({ [at('50-x.network')]: `[Match]\n${match}\n[Network]\nDHCP=yes\n` })).toBe(taken);
  });

  test('the first file that matches counts, one in /etc hides those of its name, and a drop-in adds to it', () => {
    const all = '[Match]\nName=*\n[Network]\nDHCP=yes\n';
    const leave = '[Match]\nName=*\n[Link]\nUnmanaged=yes\n';
    expect(takes({ [at('50-all.network')]: all, [at('05-leave.network', '/run')]: leave })).toBe(false);
    expect(takes({ [at('50-all.network', '/usr/lib')]: all, [at('50-all.network')]: leave })).toBe(false);
    expect(
      takes({ [at('50-all.network')]: all, [`${at('50-all.network')}.d/x.conf`]: '[Link]\nUnmanaged=yes\n' }),
    ).toBe(false);
    expect(takes({ [at('50-all.network')]: all, [at('60-leave.network')]: leave })).toBe(true);
  });

  test('without a link of netctl and with no static route it is a note', () => {
    expect(codesOf(hostWith({ present: running.present }))).toEqual(['note NETWORKD_FLUSHES']);
    const vpn: RouteFact = { destination: '10.8.0.0/16', table: 'main', link: 'wg0', protocol: 'static' };
    expect(codesOf(hostWith({ present: running.present, moreRoutes: [vpn] }))).toEqual(['warning NETWORKD_FLUSHES']);
  });

  test.each([
    ['[Match]\nName=eth0\n[Network]\nAddress=192.168.1.10/24\n', 'note'],
    ['[Match]\nPermanentMACAddress=02:00:00:00:00:09\n[Network]\nGateway=192.168.1.1\n', 'note'],
    ['[Match]\nName=eth0\n[Link]\nUnmanaged=yes\n', 'warning'],
    ['[Match]\nName=eth9\n[Network]\nDHCP=yes\n', 'warning'],
  ])('static routes are its own on a link that a file of it is for: %j', (text, severity) => {
    const route: RouteFact = { destination: '0.0.0.0/0', table: 'main', link: 'eth0', protocol: 'static' };
    const files = { [at('10-lan.network')]: text };
    const facts = hostWith({ present: running.present, files, moreRoutes: [route] });
    expect(codesOf(facts)).toEqual([`${severity} NETWORKD_FLUSHES`]);
  });

  test('a link that netctl persist made files for is its own, with its routes', () => {
    const files = networkdFiles(PERSISTED, () => '10-lan.network').map(({ path, text }) => [path, text] as const);
    const route: RouteFact = { destination: '192.168.1.192/27', table: 'main', link: 'lan-shim', protocol: 'static' };
    const others = { [at('10-lan.network')]: '[Match]\nName=eth0\n', ...quiet };
    const all = { ...running, moreRoutes: [route], files: { ...others, ...Object.fromEntries(files) } };
    expect(codesOf(hostWith(all))).toEqual(['note NETWORKD_FLUSHES']);
    expect(codesOf(hostWith({ ...all, files: others }))).toEqual(['warning NETWORKD_FLUSHES']);
  });
});

describe('NetworkManager', () => {
  test.each([
    ['*', false],
    ['type:macvlan', false],
    ['type:bridge;interface-name:=lan-shim', false],
    ['mac:02:00:00:00:00:01', true],
    ['*;except:interface-name:lan-*', true],
    ['', true],
  ])('unmanaged-devices=%s', (devices, taken) => {
    const files = {
      '/etc/NetworkManager/NetworkManager.conf': `[main]\nplugins=keyfile\n[keyfile]\nunmanaged-devices=${devices}\n`,
      '/proc/sys/net/ipv4/conf/all/arp_ignore': '1',
    };
    const codes = codesOf(hostWith({ present: ['/run/NetworkManager'], moreLinks: [SHIM], files }));
    expect(codes.includes('warning NM_TAKES_LINKS')).toBe(taken);
  });
});

test('NetworkManager may have the links that netctl persist wrote a keyfile for', () => {
  const path = networkManagerFiles(PERSISTED)[0]?.path ?? '';
  const files = { '/proc/sys/net/ipv4/conf/all/arp_ignore': '1' };
  const codes = (name: string) =>
    codesOf(hostWith({ present: ['/run/NetworkManager', path], moreLinks: [{ ...SHIM, name }], files }));
  expect(codes('lan-shim')).toEqual([]);
  expect(codes('lan-door')).toEqual(['warning NM_TAKES_LINKS']);
});

describe('a shim beside its parent', () => {
  test('is worth a note, since its routes are right', () => {
    const files = { '/proc/sys/net/ipv4/conf/all/arp_ignore': '0', '/proc/sys/net/ipv4/conf/all/rp_filter': '1' };
    expect(codesOf(hostWith({ moreLinks: [SHIM], files }))).toEqual(['note RP_FILTER_STRICT', 'note ARP_FLUX']);
  });
});

describe('where the links of the engine are', () => {
  test('a container without the network of its host says nothing of bridges, one with it does', () => {
    const inContainer = { present: ['/.dockerenv'] };
    const foreign = hostWith({ ...inContainer, withoutLinks: ['docker0', 'br-1de4d628f686'] });
    expect(codesOf(foreign)).toEqual(['warning IN_CONTAINER', 'note NOT_LOOKED', 'note NOT_LOOKED']);
    const own = hostWith({ ...inContainer, withoutLinks: ['br-1de4d628f686'] });
    expect(codesOf(own)).toContain('error BRIDGE_GONE');
  });
});

describe('rules of the firewall', () => {
  const none = { rules: { seen: '' } };

  test.each([
    ['rootless', { engineFacts: { rootless: true } }],
    ['in a machine of its own', { engineFacts: { operatingSystem: 'Docker Desktop' } }],
    ['outside of this container', { present: ['/.dockerenv'], withoutLinks: ['docker0', 'br-1de4d628f686'] }],
  ])('of an engine that is %s are not those of this host', (_, place) => {
    const findings = diagnose(hostWith({ ...place, host: none })).filter(({ matter }) => matter === 'firewall');
    expect(findings).toMatchObject([{ code: 'NOT_LOOKED', cause: expect.stringContaining('from here') as string }]);
    expect(codesOf(hostWith({ host: none }))).toEqual(['error RULES_GONE']);
  });

  test('may be those of the legacy tables alone', () => {
    expect(codesOf(hostWith({ host: { ...none, legacyRules: RULES } }))).toEqual([]);
    const drops = RULES.replace(':FORWARD ACCEPT', ':FORWARD DROP');
    const [found] = diagnose(hostWith({ host: { ...none, legacyRules: drops } })).filter(
      ({ code }) => code === 'FORWARD_DROP',
    );
    expect(found?.cure.join()).toContain('iptables-legacy -I DOCKER-USER');
  });
});

describe('clouds and Wi-Fi', () => {
  const withoutMacvlan = { engine: { networks: [DOCKER0, WEB] } };
  test('are an error with a macvlan network on them, and good to know without', () => {
    const cloud = { links: { machine: { systemVendor: 'Hetzner' } } };
    expect(codesOf(hostWith(cloud))).toEqual(['error CLOUD_FILTERS_MAC']);
    expect(codesOf(hostWith({ ...cloud, ...withoutMacvlan }))).toEqual(['note CLOUD_FILTERS_MAC']);
    const wifi = { withoutLinks: ['eth0'], moreLinks: [link('eth0', { wireless: true })] };
    expect(codesOf(hostWith(wifi))).toEqual(['error WIFI_LINK']);
    expect(codesOf(hostWith({ ...wifi, ...withoutMacvlan }))).toEqual(['note WIFI_LINK']);
  });
});

describe('a kernel that lacks a kind', () => {
  test('is an error where a network needs it, and a warning elsewhere', () => {
    expect(codesOf(hostWith({ kernel: { macvlan: 'no', ipvlan: 'no', esp: 'no' } }))).toEqual([
      'error KERNEL_LACKS',
      'warning KERNEL_LACKS',
    ]);
    const onVlan = { ...LAN, props: { ...LAN.props, options: { parent: 'eth0.30' } } };
    const facts = hostWith({ kernel: { vlan: 'no' }, engine: { networks: [onVlan] }, moreLinks: [link('eth0.30')] });
    expect(codesOf(facts)).toContain('error KERNEL_LACKS');
  });

  test('and has no modules is an error too where the kind is used, and a warning elsewhere', () => {
    const found = (kind: 'macvlan' | 'ipvlan' | 'dummy', moreLinks = [link('eth1')]): readonly string[] =>
      codesOf(hostWith({ kernel: { [kind]: 'no' }, host: { modulesOf: ['6.1.0-20-amd64'] }, moreLinks }));
    expect(found('macvlan')).toContain('error KERNEL_REPLACED');
    expect(found('ipvlan')).toContain('warning KERNEL_REPLACED');
    expect(found('dummy', [link('test0', { kind: 'dummy' })])).toContain('error KERNEL_REPLACED');
  });

  test('of Ubuntu on a Raspberry Pi has a package of its own', () => {
    const facts = hostWith({ kernel: { ipvlan: 'no' }, host: { kernelRelease: '6.8.0-1010-raspi', modulesOf: [] } });
    expect(
      diagnose(facts)
        .flatMap(({ cure }) => cure)
        .join('\n'),
    ).toContain('linux-modules-extra-raspi');
  });
});

describe('listening sockets', () => {
  test('are read from the files of the kernel', () => {
    const tcp =
      '   0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n';
    const tcp6 =
      '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1 0 100 0 0 10 0\n';
    expect(listening([tcp, tcp6])).toEqual([
      { address: '127.0.0.1', port: 2375 },
      { address: '::1', port: 8080 },
    ]);
  });

  test('an engine that says so itself is not told of twice', () => {
    const warnings = ['WARNING: API is accessible on http://127.0.0.1:2375 without encryption.\n         Access …'];
    const tcp = '   0: 0100007F:0947 00000000:0000 0A 0\n';
    expect(codesOf(hostWith({ engine: { warnings }, files: { '/proc/net/tcp': tcp } }))).toEqual(['warning PLAIN_TCP']);
  });
});

describe('names that somebody chose badly', () => {
  const bad = `x'$(reboot)\u001b[2J\n`;

  test('are one word in a command, and do not reach the terminal as they are', () => {
    const named = network(bad, ID.web, { ipam: { config: [{ subnet: '172.18.0.0/16' }] } });
    const facts = hostWith({ engine: { networks: [DOCKER0, named], containers: new Set(), claims: [] } });
    const [orphan] = diagnose(facts).filter(({ code }) => code === 'ENDPOINT_ORPHAN');
    expect(orphan?.cure[0]).toBe(`docker network disconnect --force 'x'\\''$(reboot)\u001b[2J\n' shop`);
    const lines = orphan === undefined ? [] : formatFinding(orphan);
    expect(lines.length).toBeGreaterThan(3);
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('what a spec wants', () => {
  test('are the links that it makes, and the parents that it does not', () => {
    const { spec } = loadText(`
name: home
networks:
  lan: { driver: macvlan, parent: eth0, subnet: 10.1.0.0/24, gateway: 10.1.0.1, ip_range: 10.1.0.64/26, shim: true }
  iot: { driver: macvlan, parent: eth7, vlan: 30, subnet: 10.2.0.0/24, gateway: 10.2.0.1, ip_range: 10.2.0.64/26 }
  web: {}
`);
    const { links, parents } = wantedBy(spec, hostWith());
    expect([...links].sort()).toEqual(['eth7-v30', 'lan-shim']);
    expect(parents.map(({ link: name }) => name).sort()).toEqual(['eth0', 'eth7']);
    // Names do not depend on an engine.
    expect(wantedBy(spec, { engine: { why: 'down' }, links: { why: 'no ip' } }).links).toEqual(links);
  });
});

test('an address on the bridge is looked for only in IPv4', () => {
  const bare = link('br-1de4d628f686', { kind: 'bridge', addresses: [address('fe80::1/64')] });
  expect(codesOf(hostWith({ withoutLinks: ['br-1de4d628f686'], moreLinks: [bare] }))).toEqual(['error BRIDGE_BARE']);
});
