import type { Severity } from '../problem.js';

/** What a finding is about, in the order of the report. */
export const MATTERS = {
  engine: 'Docker Engine',
  storage: "the engine's network state",
  kernel: 'kernel',
  iproute2: 'iproute2',
  privileges: 'privileges',
  platform: 'platform',
  managers: 'network managers',
  firewall: 'firewall',
  settings: 'kernel settings',
  pools: 'address pools',
  networks: 'networks',
  endpoints: 'endpoints',
  bridges: 'bridges',
  exposure: 'exposure',
  spec: 'spec',
  error: 'error',
} as const;

export type Matter = keyof typeof MATTERS;

interface KnownFinding {
  readonly matter: Matter;
  /** The worst that it can be. */
  readonly severity: Severity;
  /** What it is, as half a sentence without a full stop. */
  readonly title: string;
}

/** Every finding of `netctl doctor`: the one source of what there is, how severe it is, and of the table in docs/doctor.md. */
export const FINDINGS = {
  ENGINE_UNREACHABLE: { matter: 'engine', severity: 'error', title: 'the Docker Engine does not answer' },
  ENGINE_FORBIDDEN: { matter: 'engine', severity: 'error', title: 'this user may not use the Docker Engine' },
  ENGINE_UNFIT: { matter: 'engine', severity: 'error', title: 'what answers is no engine that netctl can use' },
  API_MINIMUM: { matter: 'engine', severity: 'note', title: 'the engine refuses programs that speak an old API' },
  STORE_DAMAGED: { matter: 'storage', severity: 'error', title: 'the file of the networks is damaged' },
  STORE_FULL: { matter: 'storage', severity: 'error', title: 'there is no room for the file of the networks' },
  STORE_READ_ONLY: {
    matter: 'storage',
    severity: 'error',
    title: 'the file of the networks is on a read-only file system',
  },
  KERNEL_LACKS: { matter: 'kernel', severity: 'error', title: 'the kernel cannot make a kind of link' },
  KERNEL_REPLACED: { matter: 'kernel', severity: 'error', title: 'there are no modules of the running kernel' },
  IPROUTE2_MISSING: { matter: 'iproute2', severity: 'warning', title: 'there is no usable iproute2' },
  NO_NET_ADMIN: { matter: 'privileges', severity: 'warning', title: 'this process may not change links' },
  DOCKER_DESKTOP: { matter: 'platform', severity: 'warning', title: 'the engine runs in a machine of its own' },
  ROOTLESS: { matter: 'platform', severity: 'warning', title: 'the engine runs without root' },
  WSL2: { matter: 'platform', severity: 'warning', title: 'this is WSL2' },
  IN_CONTAINER: { matter: 'platform', severity: 'warning', title: 'this is a container' },
  CLOUD_FILTERS_MAC: { matter: 'platform', severity: 'error', title: 'this cloud drops packets of macvlan' },
  HYPERVISOR_FILTERS_MAC: {
    matter: 'platform',
    severity: 'warning',
    title: 'the virtual switch may drop packets of macvlan',
  },
  WIFI_LINK: { matter: 'platform', severity: 'error', title: 'macvlan does not work on a Wi-Fi link' },
  NM_TAKES_LINKS: { matter: 'managers', severity: 'warning', title: 'NetworkManager may take links of netctl' },
  NETWORKD_TAKES_LINKS: {
    matter: 'managers',
    severity: 'warning',
    title: 'systemd-networkd takes links that are not its own',
  },
  NETWORKD_FLUSHES: {
    matter: 'managers',
    severity: 'warning',
    title: 'systemd-networkd removes routes that it did not make',
  },
  RULES_GONE: { matter: 'firewall', severity: 'error', title: "Docker's firewall rules are gone" },
  RULES_TWICE: { matter: 'firewall', severity: 'warning', title: 'two kinds of iptables have rules of Docker' },
  FORWARD_DROP: { matter: 'firewall', severity: 'note', title: 'what is not of Docker is not forwarded' },
  NFTABLES_FLUSHES: { matter: 'firewall', severity: 'warning', title: "nftables.service flushes Docker's rules" },
  NFTABLES_SWARM: { matter: 'firewall', severity: 'error', title: 'a swarm does not work with the nftables backend' },
  UFW_BYPASSED: { matter: 'firewall', severity: 'warning', title: 'published ports are open whatever ufw says' },
  FIREWALLD: { matter: 'firewall', severity: 'note', title: 'firewalld has zones that a new link is not in' },
  FIREHOL: { matter: 'firewall', severity: 'warning', title: "FireHOL flushes Docker's rules" },
  FORWARDING_OFF: { matter: 'settings', severity: 'error', title: 'the kernel forwards no packets' },
  RP_FILTER_STRICT: { matter: 'settings', severity: 'warning', title: 'strict reverse path filtering' },
  ARP_FLUX: { matter: 'settings', severity: 'warning', title: 'several links answer for one address' },
  POOLS_EXHAUSTED: { matter: 'pools', severity: 'error', title: 'no default address pool is free' },
  POOLS_LOW: { matter: 'pools', severity: 'warning', title: 'few default address pools are free' },
  PARENT_GONE: { matter: 'networks', severity: 'error', title: 'the parent of a network is not there' },
  NETWORK_DROPPED: {
    matter: 'networks',
    severity: 'error',
    title: 'Docker lists a network that its driver dropped at boot',
  },
  BRIDGE_GONE: { matter: 'networks', severity: 'error', title: 'the bridge of a network is not there' },
  BRIDGE_BARE: { matter: 'networks', severity: 'error', title: 'the bridge of a network has lost its address' },
  NAME_TWICE: { matter: 'networks', severity: 'warning', title: 'several networks have one name' },
  ENDPOINT_ORPHAN: { matter: 'endpoints', severity: 'warning', title: 'an endpoint without a container' },
  ENDPOINT_HALF: { matter: 'endpoints', severity: 'error', title: 'a container is connected by half' },
  BRIDGE_STALE: { matter: 'bridges', severity: 'warning', title: 'a bridge of a network that is gone' },
  PLAIN_TCP: { matter: 'exposure', severity: 'error', title: 'the engine listens on TCP without TLS' },
  SPEC_PARENT: { matter: 'spec', severity: 'error', title: 'the spec names a parent that is not there' },
} as const satisfies Readonly<Record<string, KnownFinding>>;

export type FindingCode = keyof typeof FINDINGS;
