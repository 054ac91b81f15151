import type { FindingCode } from '../../packages/core/src/doctor/codes.js';

/**
 * How the tests produce each finding. `host`: test/integration/doctor.test.ts has a host that really has the fault, and
 * fails where it misses one or finds one more. `files`: the same, by files that the program in question would have there.
 * `recorded`: from recorded data alone, in test/unit/doctor.
 */
export const SHOWN_WHERE: Readonly<Record<FindingCode, 'host' | 'files' | 'recorded'>> = {
  ENGINE_UNREACHABLE: 'host',
  ENGINE_FORBIDDEN: 'host',
  ENGINE_UNFIT: 'host',
  API_MINIMUM: 'host',
  STORE_DAMAGED: 'host',
  STORE_FULL: 'host',
  STORE_READ_ONLY: 'host',
  KERNEL_LACKS: 'host',
  KERNEL_REPLACED: 'recorded',
  IPROUTE2_MISSING: 'host',
  NO_NET_ADMIN: 'host',
  DOCKER_DESKTOP: 'recorded',
  ROOTLESS: 'recorded',
  WSL2: 'recorded',
  IN_CONTAINER: 'files',
  CLOUD_FILTERS_MAC: 'recorded',
  HYPERVISOR_FILTERS_MAC: 'recorded',
  WIFI_LINK: 'recorded',
  NM_TAKES_LINKS: 'files',
  NETWORKD_TAKES_LINKS: 'files',
  NETWORKD_FLUSHES: 'files',
  RULES_GONE: 'host',
  RULES_TWICE: 'recorded',
  FORWARD_DROP: 'host',
  NFTABLES_FLUSHES: 'files',
  NFTABLES_SWARM: 'recorded',
  UFW_BYPASSED: 'files',
  FIREWALLD: 'files',
  FIREHOL: 'files',
  FORWARDING_OFF: 'host',
  RP_FILTER_STRICT: 'host',
  ARP_FLUX: 'host',
  POOLS_EXHAUSTED: 'host',
  POOLS_LOW: 'host',
  PARENT_GONE: 'host',
  NETWORK_DROPPED: 'host',
  BRIDGE_GONE: 'host',
  BRIDGE_BARE: 'host',
  NAME_TWICE: 'host',
  ENDPOINT_ORPHAN: 'recorded',
  ENDPOINT_HALF: 'host',
  BRIDGE_STALE: 'host',
  PLAIN_TCP: 'host',
  SPEC_PARENT: 'host',
};

export const SHOWN_FOR_REAL = (Object.keys(SHOWN_WHERE) as FindingCode[]).filter(
  (code) => SHOWN_WHERE[code] !== 'recorded',
);
