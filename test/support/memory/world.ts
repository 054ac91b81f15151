import { createHash } from 'node:crypto';
import type { ApiEndpoint, ApiNetwork } from '../../../packages/core/src/docker/api.js';
import type { KernelKind, LinkFact, MachineFacts, PersistedFile, RouteFact } from '../../../packages/core/src/links.js';
import type { EngineFacts } from '../../../packages/core/src/model.js';

/** A place of a container on a network; without an id, on whatever network has that name. */
export interface MemoryEndpoint {
  readonly id?: string;
  readonly ip?: string;
  readonly ip6?: string;
  readonly mac?: string;
  /** What was asked for, as the engine's inspect shows it. */
  readonly settings?: ApiEndpoint;
  /** The engine failed half-way: the container shows it, and the network does not. */
  readonly half?: boolean;
}

/** A container and the networks that it is on, by their names. */
export interface MemoryContainer {
  /** `id-of-<name>` where it is not given. */
  readonly id?: string;
  readonly name: string;
  /** Docker's word: running, exited, created … */
  readonly state: string;
  /** With which it ended; 137 where it is not given, as one that was killed. */
  readonly exitCode?: number;
  /** Restart policy; `no` where it is not given. */
  readonly policy?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** NetworkMode; the first of its networks where it is not given. */
  readonly mode?: string;
  /** That its user chose. */
  readonly mac?: string;
  /** Published ports of the host. */
  readonly ports?: readonly string[];
  readonly image?: string;
  /** `KEY=value` */
  readonly env?: readonly string[];
  /** Ports that are not published: `80/tcp`. */
  readonly exposed?: readonly string[];
  readonly networks: Readonly<Record<string, MemoryEndpoint>>;
}

/** Somebody else's address, on the wire that a link leads to, or on a VLAN of it. */
export interface MemoryNeighbour {
  readonly link: string;
  readonly vlan?: number;
  readonly address: string;
  readonly mac: string;
}

export interface MemoryService {
  readonly name: string;
  readonly networks: readonly string[];
}

/** A whole host as plain data: what a test writes down, and what golden cases keep as `observed.json`. */
export interface World {
  engine: EngineFacts;
  networks: ApiNetwork[];
  containers: MemoryContainer[];
  services: MemoryService[];
  links: LinkFact[];
  routes: RouteFact[];
  kernel: Partial<Record<KernelKind, 'yes' | 'no' | 'unknown'>>;
  /** CAP_NET_ADMIN */
  mayChange: boolean;
  /** Addresses of those who are logged in by ssh. */
  clients?: readonly string[];
  /** What the firmware says of the machine. */
  machine?: MachineFacts;
  /** What netctl has written for the next boot. */
  persisted?: readonly PersistedFile[];
  /** Whether `ip` is installed. */
  iproute2: boolean;
  /** Links that the engine made of its own accord, and takes away with their network. */
  enginesOwn: string[];
  /** `default-network-opts` of the engine, by driver: options that it adds to every network, as engines from 24 on do. */
  defaultOptions: Record<string, Record<string, string>>;
  /** Ports of the host that somebody else has. */
  takenPorts: string[];
  /** Other machines on the wires of the host. */
  neighbours: MemoryNeighbour[];
  /** Counts what was made, for ids and indexes. */
  made: number;
}

/** What a test says of a host; the rest is a plain box: lo, eth0 in 192.168.1.0/24, and Docker's own networks. */
export type WorldInput = Partial<Omit<World, 'engine' | 'links' | 'networks'>> & {
  readonly engine?: Partial<EngineFacts>;
  readonly links?: readonly LinkInput[];
  readonly networks?: readonly ApiNetwork[];
};

/** A link by what is particular to it. */
export type LinkInput = Partial<LinkFact> & Pick<LinkFact, 'name'>;

const ENGINE: EngineFacts = {
  id: 'MEMORY:ENGINE',
  name: 'box',
  version: '28.5.2',
  apiVersion: '1.51',
  operatingSystem: 'Debian GNU/Linux 13 (trixie)',
  rootless: false,
  swarm: { state: 'inactive', manager: false },
};

const PLAIN_LINKS: readonly LinkInput[] = [
  {
    name: 'lo',
    type: 'loopback',
    mtu: 65536,
    addresses: [{ address: '127.0.0.1', prefixLength: 8, scope: 'host' }],
  },
  {
    name: 'eth0',
    mac: '52:54:00:00:00:10',
    addresses: [{ address: '192.168.1.10', prefixLength: 24, scope: 'global' }],
  },
  {
    name: 'docker0',
    kind: 'bridge',
    addresses: [{ address: '172.17.0.1', prefixLength: 16, scope: 'global' }],
  },
];

const PLAIN_ROUTES: readonly RouteFact[] = [
  { destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1', protocol: 'dhcp' },
  { destination: '192.168.1.0/24', table: 'main', link: 'eth0', source: '192.168.1.10', protocol: 'kernel' },
  { destination: '172.17.0.0/16', table: 'main', link: 'docker0', source: '172.17.0.1', protocol: 'kernel' },
];

const PLAIN_NETWORKS: readonly ApiNetwork[] = [
  {
    Name: 'bridge',
    Driver: 'bridge',
    IPAM: { Driver: 'default', Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] },
    Options: { 'com.docker.network.bridge.name': 'docker0', 'com.docker.network.bridge.default_bridge': 'true' },
  },
  { Name: 'host', Driver: 'host', IPAM: { Driver: 'default', Config: null } },
  { Name: 'none', Driver: 'null', IPAM: { Driver: 'default', Config: null } },
];

export function makeWorld(input: WorldInput = {}): World {
  const world: World = {
    containers: [],
    services: [],
    routes: [...PLAIN_ROUTES],
    kernel: {},
    mayChange: true,
    iproute2: true,
    enginesOwn: [],
    defaultOptions: {},
    takenPorts: [],
    neighbours: [],
    made: 0,
    ...structuredClone({ ...input, links: [], networks: [] }),
    engine: { ...ENGINE, ...input.engine },
    links: [],
    networks: [],
  };
  for (const network of input.networks ?? PLAIN_NETWORKS) addNetwork(world, network);
  for (const link of input.links ?? PLAIN_LINKS) addLink(world, link);
  return world;
}

/** Puts a network there as it is given, without any of the engine's checks. */
export function addNetwork(world: World, network: ApiNetwork): ApiNetwork {
  const whole = { Id: nextId(world, network.Scope === 'swarm'), Scope: 'local', ...structuredClone(network) };
  world.networks.push(whole);
  return whole;
}

/** Puts a link there as it is given, without any of the kernel's checks. */
export function addLink(world: World, link: LinkInput): LinkFact {
  const whole: LinkFact = {
    index: nextNumber(world),
    type: 'ether',
    mtu: 1500,
    up: true,
    group: 0,
    wireless: false,
    addresses: [],
    ...structuredClone(link),
  };
  world.links.push(whole);
  return whole;
}

export function nextNumber(world: World): number {
  world.made += 1;
  return world.made;
}

/** 64 hexadecimal digits; swarm objects have 25 of base 36. */
function nextId(world: World, swarm: boolean): string {
  const hash = createHash('sha256')
    .update(`network ${nextNumber(world)}`)
    .digest('hex');
  return swarm ? BigInt(`0x${hash}`).toString(36).slice(0, 25) : hash;
}
