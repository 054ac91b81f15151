import type { FindingCode } from '../../../packages/core/src/doctor/codes.js';
import type { DoctorFacts } from '../../../packages/core/src/doctor/facts.js';

import { address, DOCKER0, HOST, hostWith, ID, LAN, link, network, RULES, SHIM, WEB } from './healthy.js';

/** Facts that have a finding, and the nearest that have it not. */
export interface Case {
  readonly has: DoctorFacts;
  readonly hasNot: DoctorFacts;
  /** What has to be in its text. */
  readonly says: readonly string[];
}

const DROPPED = (id: string): string =>
  `time="2026-11-30T18:14:19Z" level=warning msg="Could not create macvlan network for id ${id} from persistent state"`;

/** 0.0.0.0:2375, 127.0.0.1:2375 and [::]:2375 in state LISTEN, as the kernel has it. */
const TCP = [
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
  '   0: 00000000:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
].join('\n');
const TCP_OF_OTHERS = TCP.replace('0947', '0016').replace(
  /$/,
  '\n   1: 0100007F:0947 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
);

const store = (change: object): DoctorFacts =>
  hostWith({ host: { store: { seen: { ...('seen' in HOST.store ? HOST.store.seen : never()), ...change } } } });

function never(): never {
  throw new Error('the healthy host has a store');
}

const twoLinks = { moreLinks: [link('eth1', { addresses: [address('192.168.1.11/24')] })] };
const sysctl = (name: string, setting: string, value: string): Record<string, string> => ({
  [`/proc/sys/net/ipv4/conf/${name}/${setting}`]: `${value}\n`,
});
const QUIET_ARP = { ...sysctl('all', 'arp_ignore', '1'), ...sysctl('all', 'rp_filter', '0') };

const networkd = (files: Record<string, string>): DoctorFacts =>
  hostWith({ present: ['/run/systemd/netif'], moreLinks: [SHIM], files: { ...QUIET_ARP, ...files } });
const KEEP = '[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no\nManageForeignNextHops=no\n';

const networkManager = (unmanaged: string): DoctorFacts =>
  hostWith({
    present: ['/run/NetworkManager'],
    moreLinks: [SHIM],
    files: { ...QUIET_ARP, '/etc/NetworkManager/conf.d/90-netctl.conf': `[keyfile]\nunmanaged-devices=${unmanaged}\n` },
  });

/** So many networks of the built-in pools. */
const many = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    network(`n${at}`, `${at}`.padEnd(64, 'f'), {
      driver: 'plugin',
      ipam: { config: [{ subnet: at < 13 ? `172.${at + 19}.0.0/16` : `192.168.${(at - 13) * 16}.0/20` }] },
    }),
  );

const swarm = { state: 'active', manager: true } as const;

export const CASES: Readonly<Record<FindingCode, Case>> = {
  ENGINE_UNREACHABLE: {
    has: hostWith({ facts: { engine: { why: 'No Docker Engine at unix:///x: there is no such socket' } } }),
    hasNot: hostWith(),
    says: ['unix:///x'],
  },
  ENGINE_FORBIDDEN: {
    has: hostWith({ facts: { engine: { why: 'No permission to use the socket', code: 'PERMISSION' } } }),
    hasNot: hostWith({ facts: { engine: { why: 'gone', code: 'ENGINE_UNREACHABLE' } } }),
    says: ['No permission'],
  },
  ENGINE_UNFIT: {
    has: hostWith({ facts: { engine: { why: 'it speaks API 1.30', code: 'ENGINE_TOO_OLD', cure: 'Upgrade.' } } }),
    hasNot: hostWith({ facts: { engine: { why: 'slow', code: 'ENGINE_TIMEOUT' } } }),
    says: ['API 1.30', 'Upgrade'],
  },
  API_MINIMUM: {
    has: hostWith({ engine: { oldestApi: '1.44' } }),
    hasNot: hostWith({ engine: { oldestApi: '1.24' } }),
    says: ['1.44', 'min-api-version'],
  },
  STORE_DAMAGED: {
    has: store({ metas: ['00000000 00000000', '6c6c6568 0000006f'] }),
    hasNot: store({ metas: ['00000000 00000000', 'ed0cdaed 00000002'] }),
    says: ['local-kv.db', 'systemctl stop docker'],
  },
  STORE_FULL: { has: store({ freeBytes: 4096 }), hasNot: store({ freeInodes: 0 }), says: ['4096 bytes'] },
  STORE_READ_ONLY: { has: store({ readOnly: true }), hasNot: store({ readOnly: false }), says: ['remount,rw'] },
  KERNEL_LACKS: {
    has: hostWith({ kernel: { macvlan: 'no' } }),
    hasNot: hostWith({ kernel: { macvlan: 'unknown' } }),
    says: ['modprobe -a macvlan', 'needed by lan', 'linux-modules-extra-6.1.0-18-amd64'],
  },
  KERNEL_REPLACED: {
    has: hostWith({ kernel: { ipvlan: 'no' }, host: { modulesOf: ['6.1.0-20-amd64'] } }),
    hasNot: hostWith({ kernel: { ipvlan: 'no' } }),
    says: ['6.1.0-20-amd64', 'reboot', '/lib/modules/6.1.0-18-amd64'],
  },
  IPROUTE2_MISSING: {
    has: hostWith({
      facts: { links: { why: "The program 'ip' (iproute2) is not on this machine", code: 'IPROUTE2_MISSING' } },
    }),
    hasNot: hostWith({
      facts: { links: { why: 'tcp://x leads to the engine alone', code: 'IPROUTE2_MISSING' } },
    }),
    says: ['apt install iproute2'],
  },
  NO_NET_ADMIN: {
    has: hostWith({ links: { mayChange: false } }),
    hasNot: hostWith({ links: { mayChange: true } }),
    says: ['CapEff', 'user id 0'],
  },
  DOCKER_DESKTOP: {
    has: hostWith({ engineFacts: { operatingSystem: 'Docker Desktop' } }),
    hasNot: hostWith({ engineFacts: { operatingSystem: 'Ubuntu 24.04 LTS' } }),
    says: ['Docker Desktop'],
  },
  ROOTLESS: {
    has: hostWith({ engineFacts: { rootless: true } }),
    hasNot: hostWith({ engineFacts: { rootless: false } }),
    says: ['rootless'],
  },
  WSL2: {
    has: hostWith({ host: { kernelRelease: '5.15.153.1-microsoft-standard-WSL2' } }),
    hasNot: hostWith({ host: { kernelRelease: '6.8.0-41-generic' } }),
    says: ['microsoft-standard-WSL2'],
  },
  IN_CONTAINER: {
    has: hostWith({ files: { '/run/systemd/container': 'lxc\n' } }),
    hasNot: hostWith({ files: { '/run/systemd/container': '' } }),
    says: ['lxc', '--network host'],
  },
  CLOUD_FILTERS_MAC: {
    has: hostWith({ links: { machine: { systemVendor: 'Amazon EC2' } } }),
    hasNot: hostWith({ links: { machine: { systemVendor: 'QEMU' } } }),
    says: ['Amazon EC2', 'network lan on eth0'],
  },
  HYPERVISOR_FILTERS_MAC: {
    has: hostWith({ links: { machine: { systemVendor: 'VMware, Inc.' } } }),
    hasNot: hostWith({ links: { machine: { systemVendor: 'Dell Inc.' } } }),
    says: ['forged transmits'],
  },
  WIFI_LINK: {
    has: hostWith({ moreLinks: [link('wlan0', { wireless: true })] }),
    hasNot: hostWith({ moreLinks: [link('wlan0')] }),
    says: ['wlan0', 'ipvlan'],
  },
  NM_TAKES_LINKS: {
    has: networkManager('interface-name:br-*;except:interface-name:lan-shim'),
    hasNot: networkManager('interface-name:lan-*'),
    says: ['interface-name:lan-shim', 'nmcli general reload'],
  },
  NETWORKD_TAKES_LINKS: {
    has: networkd({ '/usr/lib/systemd/network/99-all.network': '[Match]\nName=lan-*\n[Network]\nDHCP=yes\n' }),
    hasNot: networkd({ '/etc/systemd/network/10-lan.network': '[Match]\nName=eth*\n[Network]\nDHCP=yes\n' }),
    says: ['/usr/lib/systemd/network/99-all.network matches lan-shim', 'Unmanaged=yes', 'networkctl reload'],
  },
  NETWORKD_FLUSHES: {
    has: networkd({ '/etc/systemd/networkd.conf': '[Network]\n#ManageForeignRoutes=no\n' }),
    hasNot: networkd({ '/etc/systemd/networkd.conf.d/x.conf': KEEP }),
    says: ['ManageForeignRoutes=no', '/etc/systemd/networkd.conf.d/10-netctl.conf'],
  },
  RULES_GONE: {
    has: hostWith({ host: { rules: { seen: RULES.replace('-A FORWARD -j DOCKER-FORWARD\n', '') } } }),
    hasNot: hostWith({
      host: { rules: { seen: RULES.replace('DOCKER-FORWARD\nCOMMIT', 'DOCKER-ISOLATION-STAGE-1\nCOMMIT') } },
    }),
    says: ['DOCKER-USER', 'systemctl restart docker'],
  },
  RULES_TWICE: {
    has: hostWith({ host: { legacyRules: RULES } }),
    hasNot: hostWith({ host: { legacyRules: '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n' } }),
    says: ['iptables-legacy-save'],
  },
  FORWARD_DROP: {
    has: hostWith({ host: { rules: { seen: RULES.replace(':FORWARD ACCEPT', ':FORWARD DROP') } } }),
    hasNot: hostWith(),
    says: ['-P FORWARD DROP', 'DOCKER-USER'],
  },
  NFTABLES_FLUSHES: {
    has: hostWith({
      files: { '/etc/nftables.conf': '#!/usr/sbin/nft -f\n\nflush ruleset\n' },
      present: ['/etc/systemd/system/sysinit.target.wants/nftables.service'],
    }),
    hasNot: hostWith({ files: { '/etc/nftables.conf': '#!/usr/sbin/nft -f\n\nflush ruleset\n' } }),
    says: ['flush ruleset'],
  },
  NFTABLES_SWARM: {
    has: hostWith({ engine: { firewall: 'nftables' }, engineFacts: { swarm } }),
    hasNot: hostWith({ engine: { firewall: 'iptables' }, engineFacts: { swarm } }),
    says: ['firewall-backend'],
  },
  UFW_BYPASSED: {
    has: hostWith({ files: { '/etc/ufw/ufw.conf': '# /etc/ufw/ufw.conf\nENABLED=yes\nLOGLEVEL=low\n' } }),
    hasNot: hostWith({ files: { '/etc/ufw/ufw.conf': '# ENABLED=yes\nENABLED=no\n' } }),
    says: ['DOCKER-USER'],
  },
  FIREWALLD: {
    has: hostWith({ present: ['/run/firewalld.pid'], moreLinks: [SHIM], files: QUIET_ARP }),
    hasNot: hostWith({ files: { '/etc/firewalld/firewalld.conf': 'DefaultZone=public\n' } }),
    says: ['--add-interface=lan-shim'],
  },
  FIREHOL: {
    has: hostWith({ present: ['/etc/firehol/firehol.conf'] }),
    hasNot: hostWith(),
    says: ['systemctl restart docker'],
  },
  FORWARDING_OFF: {
    has: hostWith({ files: { '/proc/sys/net/ipv4/ip_forward': '0\n' } }),
    hasNot: hostWith({ files: { '/proc/sys/net/ipv4/ip_forward': '1\n' } }),
    says: ['sysctl -w net.ipv4.ip_forward=1'],
  },
  RP_FILTER_STRICT: {
    has: hostWith({ ...twoLinks, files: { ...sysctl('all', 'rp_filter', '1'), ...sysctl('eth1', 'rp_filter', '2') } }),
    hasNot: hostWith({
      ...twoLinks,
      files: { ...sysctl('all', 'rp_filter', '2'), ...sysctl('eth0', 'rp_filter', '1') },
    }),
    says: ['eth0 and eth1 both have addresses of 192.168.1.0/24', 'net/ipv4/conf/eth0/rp_filter=2'],
  },
  ARP_FLUX: {
    has: hostWith({
      ...twoLinks,
      files: { ...sysctl('all', 'arp_ignore', '0'), ...sysctl('eth0', 'arp_ignore', '0') },
    }),
    hasNot: hostWith({ moreLinks: [link('eth1', { addresses: [address('10.0.0.1/24')] })] }),
    says: ['net/ipv4/conf/eth0/arp_ignore=1'],
  },
  POOLS_EXHAUSTED: {
    has: hostWith({ engine: { networks: [DOCKER0, WEB, ...many(29)] } }),
    hasNot: hostWith({ engine: { networks: [DOCKER0, WEB, ...many(28)] } }),
    says: ['0 of 31 subnets', 'default-address-pools', 'of network web'],
  },
  POOLS_LOW: {
    has: hostWith({ engine: { networks: [DOCKER0, WEB, ...many(26)] } }),
    hasNot: hostWith({ engine: { networks: [DOCKER0, WEB, ...many(25)] } }),
    says: ['3 of 31 subnets'],
  },
  PARENT_GONE: {
    has: hostWith({
      engine: { networks: [DOCKER0, WEB, { ...LAN, props: { ...LAN.props, options: { parent: 'eth7' } } }] },
    }),
    hasNot: hostWith(),
    says: ['no link eth7'],
  },
  NETWORK_DROPPED: {
    has: hostWith({ host: { log: [DROPPED(LAN.id)] } }),
    hasNot: hostWith({ host: { log: [DROPPED('f'.repeat(64))] } }),
    says: ['Could not create macvlan network', 'systemctl restart docker'],
  },
  BRIDGE_GONE: {
    has: hostWith({ withoutLinks: ['br-1de4d628f686'] }),
    hasNot: hostWith({ engineFacts: { rootless: true }, withoutLinks: ['br-1de4d628f686'] }),
    says: ['no link br-1de4d628f686'],
  },
  BRIDGE_BARE: {
    has: hostWith({ withoutLinks: ['br-1de4d628f686'], moreLinks: [link('br-1de4d628f686', { kind: 'bridge' })] }),
    hasNot: hostWith({
      withoutLinks: ['br-1de4d628f686'],
      moreLinks: [link('br-1de4d628f686', { kind: 'bridge' })],
      engine: {
        networks: [
          DOCKER0,
          { ...WEB, props: { ...WEB.props, options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' } } },
        ],
      },
    }),
    says: ['ip address add 172.18.0.1/16 dev br-1de4d628f686'],
  },
  NAME_TWICE: {
    has: hostWith({ moreNetworks: [{ ...LAN, id: 'e'.repeat(64) }] }),
    hasNot: hostWith({ moreNetworks: [{ ...LAN, id: 'e'.repeat(64), name: 'lan2' }] }),
    says: ['docker network rm eeeeeeeeeeee'],
  },
  ENDPOINT_ORPHAN: {
    has: hostWith({ engine: { containers: new Set(), claims: [] } }),
    hasNot: hostWith({
      engine: {
        endpoints: new Map([[ID.web, [{ container: 'ingress-sbox', name: 'gateway_x', address: '' }]]]),
        claims: [],
      },
    }),
    says: ['docker network disconnect --force web shop'],
  },
  ENDPOINT_HALF: {
    has: hostWith({ engine: { endpoints: new Map([[ID.web, []]]) } }),
    hasNot: hostWith({ engine: { endpoints: new Map() } }),
    says: ['docker restart shop'],
  },
  BRIDGE_STALE: {
    has: hostWith({ moreLinks: [link('br-0123456789ab', { kind: 'bridge', addresses: [address('172.19.0.1/16')] })] }),
    hasNot: hostWith({ moreLinks: [link('br-0123456789ab'), link('br-lan', { kind: 'bridge' })] }),
    says: ['ip link delete br-0123456789ab type bridge', '172.19.0.1/16'],
  },
  PLAIN_TCP: {
    has: hostWith({ files: { '/proc/net/tcp': TCP } }),
    hasNot: hostWith({ files: { '/proc/net/tcp': TCP_OF_OTHERS } }),
    says: ['0.0.0.0 port 2375', '--tlsverify'],
  },
  SPEC_PARENT: {
    has: hostWith({ wanted: { parents: [{ link: 'eth7', path: 'networks.lan.parent' }] } }),
    hasNot: hostWith({ wanted: { parents: [{ link: 'eth0', path: 'networks.lan.parent' }] } }),
    says: ['networks.lan.parent', 'eth0'],
  },
};
