import type { LintCode } from '../../../packages/core/src/codes.js';
import { swarmNode } from '../../support/memory/index.js';
import type { WorldInput } from '../../support/memory/index.js';

/** A spec, as lines after `name: home`, and what is particular to the host that it is planned for. */
export interface Scene {
  readonly spec: string;
  readonly host?: WorldInput;
  readonly adopt?: boolean;
}

const RANGED = 'subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27';
const net = (body: string): string => `networks: { lan: { ${body} } }`;
const mac = (body = RANGED): string => net(`driver: macvlan, parent: eth0, ${body}`);
const ipv = (body: string): string => net(`driver: ipvlan, parent: eth0, ${body}`);
const withWeb = (place: string): string => `${mac()}\ncontainers: { web: { networks: { lan: ${place} } } }`;

/** A Compose file with the network of `mac()`, another of Compose's own, and a service. */
const composed = (service: string, more = ''): string =>
  `services: { web: { ${service} } }\nnetworks: { lan: { external: true, x-netctl: { driver: macvlan, parent: eth0, ${RANGED} } }${more} }`;

const WEB: WorldInput = { containers: [{ name: 'web', state: 'running', networks: {} }] };

const TWO_HOSTS = 'hosts: { node01: { docker: "unix:///one" }, node02: { docker: "unix:///two" } }';

const ETH0 = {
  name: 'eth0',
  mac: '52:54:00:00:00:10',
  addresses: [{ address: '192.168.1.10', prefixLength: 24, scope: 'global' }],
};
const SWARM = { swarm: { state: 'active', manager: true, nodeAddress: '192.168.1.10' } };
const SWARM_OF_TWO = { swarm: { ...SWARM.swarm, nodes: [swarmNode({ id: 'one' }), swarmNode({ id: 'two' })] } };
const SWARM_LAN = `hosts: { node01: { docker: "unix:///one" } }\n${mac(`scope: swarm, ${RANGED}`)}`;
const VLAN60 = { name: 'named', kind: 'vlan', parent: 'eth0', vlan: { id: 60, protocol: '802.1q' } };
/** What persist stores of a network on VLAN 30. */
const KEPT = {
  stack: 'home',
  path: '/etc/netctl/home/links.yaml',
  text: `# netctl persist: stack home
# The links of the spec of home, for netctl-home.service; \`netctl persist\` writes it anew.
name: home
networks: {}
vlans:
  eth0-v30:
    parent: eth0
    id: 30
`,
};
const HALF_MADE = { kind: 'macvlan', parent: 'eth0', mode: 'bridge', group: 0x6e63, up: false };

/** The network of `mac()` as netctl made it before it had a shim. */
const MADE_BEFORE = {
  Name: 'lan',
  Driver: 'macvlan',
  IPAM: {
    Driver: 'default',
    Config: [{ Subnet: '192.168.1.0/24', IPRange: '192.168.1.192/27', Gateway: '192.168.1.1' }],
  },
  Options: { parent: 'eth0' },
  Labels: {
    'io.netctl.stack': 'home',
    'io.netctl.ref': 'network:lan',
    'io.netctl.spec': JSON.stringify({
      driver: 'macvlan',
      ipam: { config: [{ gateway: '192.168.1.1', ipRange: '192.168.1.192/27', subnet: '192.168.1.0/24' }] },
      labels: {},
      options: { parent: 'eth0' },
    }),
  },
};

/** For each lint, a scene that has it, and the nearest one that has not. A lint without a case does not compile. */
export const CASES: Readonly<Record<LintCode, { readonly has: Scene; readonly hasNot: Scene }>> = {
  NO_SUBNET: { has: { spec: net('driver: macvlan, parent: eth0') }, hasNot: { spec: mac() } },
  NO_GATEWAY: {
    has: { spec: mac('subnet: 192.168.1.0/24, ip_range: 192.168.1.192/27') },
    hasNot: { spec: mac('subnet: 192.168.1.0/24, ip_range: 192.168.1.192/27, internal: true') },
  },
  NO_IP_RANGE: { has: { spec: mac('subnet: 192.168.1.0/24, gateway: 192.168.1.1') }, hasNot: { spec: mac() } },
  GATEWAY_IN_RANGE: {
    has: { spec: mac('subnet: 192.168.1.0/24, gateway: 192.168.1.192, ip_range: 192.168.1.192/27') },
    hasNot: { spec: mac('subnet: 192.168.1.0/24, gateway: 192.168.1.191, ip_range: 192.168.1.192/27') },
  },
  GATEWAY_UNUSED: {
    has: { spec: ipv('mode: l3s, subnet: 192.168.40.0/24, gateway: 192.168.40.1') },
    hasNot: { spec: ipv('mode: l3s, subnet: 192.168.40.0/24') },
  },
  L3_NEEDS_ROUTE: {
    has: { spec: ipv('mode: l3, subnet: 192.168.40.0/24') },
    hasNot: { spec: ipv(`mode: l2, ${RANGED}`) },
  },
  SUBNET_IN_POOL: {
    has: { spec: net('subnet: 10.5.0.0/24'), host: { engine: SWARM } },
    hasNot: { spec: net('subnet: 10.5.0.0/24') },
  },
  SWARM_PORTS: {
    has: { spec: net('driver: overlay'), host: { engine: SWARM_OF_TWO } },
    hasNot: { spec: net('driver: overlay'), host: { engine: SWARM } },
  },
  SWARM_LAN_NODES: {
    has: { spec: SWARM_LAN, host: { links: [ETH0], engine: SWARM_OF_TWO } },
    hasNot: { spec: SWARM_LAN, host: { links: [ETH0], engine: SWARM } },
  },
  SWARM_EVEN_MANAGERS: {
    has: { spec: `${TWO_HOSTS}\nswarm: { managers: [node01, node02] }` },
    hasNot: { spec: `${TWO_HOSTS}\nswarm: { managers: [node01], workers: [node02] }` },
  },
  STATIC_IN_RANGE: {
    has: { spec: withWeb('{ ipv4_address: 192.168.1.200 }'), host: WEB },
    hasNot: { spec: withWeb('{ ipv4_address: 192.168.1.180 }'), host: WEB },
  },
  HOSTS_SHARE_ADDRESSES: {
    has: { spec: `${mac()}\n${TWO_HOSTS}` },
    hasNot: { spec: `${mac(`${RANGED}, split: 28`)}\n${TWO_HOSTS}` },
  },
  CONTAINER_MISSING: {
    has: { spec: withWeb('{}') },
    hasNot: { spec: withWeb('{}'), host: WEB },
  },
  NO_ROOM: {
    has: { spec: net('subnet: 10.5.0.0/30, gateway: 10.5.0.1, reserve: { nas: 10.5.0.2 }') },
    hasNot: { spec: net('subnet: 10.5.0.0/30, gateway: 10.5.0.1') },
  },
  PORTS_IGNORED: {
    has: { spec: composed('networks: [lan], ports: ["80:80"]') },
    hasNot: { spec: composed('networks: [lan, default], ports: ["80:80"]') },
  },
  NETWORK_UNUSED: {
    has: { spec: composed('networks: [default]') },
    hasNot: { spec: composed('networks: [lan]') },
  },
  LEFT_TO_COMPOSE: {
    has: { spec: composed('networks: [lan]', ', app: {}') },
    hasNot: { spec: composed('networks: [lan]') },
  },
  WIFI_PARENT: {
    has: { spec: mac(), host: { links: [{ ...ETH0, wireless: true }] } },
    hasNot: { spec: ipv(RANGED), host: { links: [{ ...ETH0, wireless: true }] } },
  },
  CLOUD_FILTERS_MAC: {
    has: { spec: mac(), host: { machine: { systemVendor: 'Amazon EC2' } } },
    hasNot: { spec: ipv(RANGED), host: { machine: { systemVendor: 'Amazon EC2' } } },
  },
  HYPERVISOR_FILTERS_MAC: {
    has: { spec: mac(), host: { machine: { systemVendor: 'VMware, Inc.' } } },
    hasNot: { spec: mac(), host: { machine: { systemVendor: 'QEMU' } } },
  },
  ENGINE_NOT_ON_HOST: {
    has: { spec: mac(), host: { engine: { rootless: true } } },
    hasNot: { spec: mac() },
  },
  PARENT_ENSLAVED: {
    has: {
      spec: mac(),
      host: {
        links: [
          { ...ETH0, master: 'up' },
          { name: 'up', kind: 'bridge' },
        ],
      },
    },
    // A VRF routes what comes in by its ports, and takes nothing away.
    hasNot: {
      spec: mac(),
      host: {
        links: [
          { ...ETH0, master: 'up' },
          { name: 'up', kind: 'vrf' },
        ],
      },
    },
  },
  DOTTED_PARENT: {
    has: { spec: net(`driver: macvlan, parent: eth0.30, ${RANGED}`) },
    hasNot: { spec: mac(`vlan: 30, ${RANGED}`) },
  },
  PERSISTED_OTHERWISE: {
    has: { spec: mac(`vlan: 30, ${RANGED}`), host: { persisted: [{ ...KEPT, text: `${KEPT.text}# another\n` }] } },
    hasNot: { spec: mac(`vlan: 30, ${RANGED}`), host: { persisted: [KEPT] } },
  },
  MTU_ABOVE_PARENT: {
    has: { spec: 'vlans: { trunk: { parent: eth0, id: 30, mtu: 1501 } }' },
    hasNot: { spec: 'vlans: { trunk: { parent: eth0, id: 30, mtu: 1500 } }' },
  },
  MTU_ABOVE_UNDERLAY: {
    has: { spec: net('driver: overlay, mtu: 1451'), host: { engine: SWARM } },
    hasNot: { spec: net('driver: overlay, mtu: 1450'), host: { engine: SWARM } },
  },
  MTU_IGNORED: { has: { spec: mac(`mtu: 1400, ${RANGED}`) }, hasNot: { spec: mac(`mtu: 1400, vlan: 30, ${RANGED}`) } },
  OPTION_OF_OTHER_DRIVER: {
    has: { spec: net('driver_opts: { macvlan_mode: bridge }') },
    hasNot: { spec: mac(`driver_opts: { macvlan_mode: bridge }, ${RANGED}`) },
  },
  UNKNOWN_OPTION: {
    has: { spec: net('driver_opts: { com.docker.network.bridge.enable_ic: "true" }') },
    hasNot: { spec: net('driver_opts: { com.docker.network.bridge.enable_icc: "true" }') },
  },
  ENGINE_TOO_OLD: {
    has: { spec: ipv(`driver_opts: { ipvlan_flag: private }, ${RANGED}`), host: { engine: { version: '20.10.24' } } },
    hasNot: { spec: ipv(`driver_opts: { ipvlan_flag: private }, ${RANGED}`) },
  },
  ATTACHABLE_NO_EFFECT: { has: { spec: net('attachable: true') }, hasNot: { spec: net('attachable: false') } },
  PLUGIN_DRIVER: { has: { spec: net('driver: brige') }, hasNot: { spec: net('driver: weave') } },
  SHIM_NEEDS_HAIRPIN: {
    has: { spec: mac(`mode: vepa, shim: true, ${RANGED}`) },
    hasNot: { spec: mac(`mode: bridge, shim: true, ${RANGED}`) },
  },
  SHIM_NOT_RESERVED: {
    has: { spec: mac(`shim: true, ${RANGED}`), host: { networks: [MADE_BEFORE] } },
    hasNot: { spec: mac(`shim: { address: 192.168.1.2 }, ${RANGED}`), host: { networks: [MADE_BEFORE] } },
  },
  LINK_NOT_ADOPTED: {
    has: {
      spec: 'vlans: { named: { parent: eth0, id: 60 } }',
      host: { links: [ETH0, { ...VLAN60, alias: 'uplink of Bob' }] },
      adopt: true,
    },
    hasNot: {
      spec: 'vlans: { named: { parent: eth0, id: 60 } }',
      host: { links: [ETH0, VLAN60] },
      adopt: true,
    },
  },
  LINK_UNFINISHED: {
    has: { spec: mac(`shim: true, ${RANGED}`), host: { links: [ETH0, { name: 'old-shim', ...HALF_MADE }] } },
    hasNot: { spec: mac(`shim: true, ${RANGED}`), host: { links: [ETH0, { name: 'lan-shim', ...HALF_MADE }] } },
  },
  UNSET_VARIABLE: {
    has: { spec: net('labels: { owner: "${NOBODY_SETS_THIS}" }') },
    hasNot: { spec: net('labels: { owner: "${NOBODY_SETS_THIS:-}" }') },
  },
  NAME_TOO_LONG: {
    has: { spec: net(`name: ${'x'.repeat(64)}`) },
    hasNot: { spec: net(`name: ${'x'.repeat(63)}`) },
  },
  VLAN_LINK_NAME_TOO_LONG: {
    has: { spec: net(`driver: macvlan, parent: enp0s31f6dock, vlan: 30, ${RANGED}`) },
    hasNot: { spec: net(`driver: macvlan, parent: enp0s31f6do, vlan: 30, ${RANGED}`) },
  },
  IGNORED_NOTHING: {
    has: { spec: `${mac()}\nignore: [NO_GATEWAY]` },
    hasNot: { spec: `${mac('subnet: 192.168.1.0/24, ip_range: 192.168.1.192/27')}\nignore: [NO_GATEWAY]` },
  },
};
