/** A network block that Compose takes and netctl refuses, with the reason why that is meant. */
export interface Refusal {
  readonly yaml: string;
  readonly code: string;
  /** Whether the engine refuses it as well, so that Compose fails in the middle of its work. */
  readonly docker: 'refuses' | 'takes it';
  readonly why: string;
}

const BRIDGE = 'com.docker.network.bridge';
const MTU = 'com.docker.network.driver.mtu';
const ONE = 'subnet: 10.70.#.0/24';

function refuses(code: string, yaml: string): Refusal {
  return { yaml, code, docker: 'refuses', why: 'the engine refuses it, after other networks are made' };
}

function pool(code: string, entries: string): Refusal {
  return refuses(code, `{ ipam: { config: [${entries}] } }`);
}

function takes(code: string, why: string, yaml: string): Refusal {
  return { yaml, code, docker: 'takes it', why };
}

const without = 'the engine makes a network without what is written';
const lost = 'the engine stores it and does nothing';
const unfound = 'the engine takes the name, and then does not find the network by it';

export const refusals: readonly Refusal[] = [
  pool('INVALID_SUBNET', '{ subnet: 10.70.#.0 }'),
  pool('HOST_BITS', '{ subnet: 10.70.#.5/24 }'),
  pool('HOST_BITS', `{ ${ONE}, ip_range: 10.70.#.5/28 }`),
  pool('INVALID_RANGE', `{ ${ONE}, ip_range: 10.70.#.5 }`),
  pool('OUTSIDE_SUBNET', `{ ${ONE}, ip_range: 10.71.#.0/28 }`),
  pool('OUTSIDE_SUBNET', `{ ${ONE}, gateway: 10.71.#.1 }`),
  pool('OUTSIDE_SUBNET', `{ ${ONE}, aux_addresses: { a: 10.71.#.1 } }`),
  pool('INVALID_ADDRESS', `{ ${ONE}, gateway: 10.70.#.1/24 }`),
  pool('INVALID_VALUE', `{ ${ONE}, aux_addresses: { a: "" } }`),
  pool('GATEWAY_AT_EDGE', `{ ${ONE}, gateway: 10.70.#.0 }`),
  pool('ADDRESS_TWICE', `{ ${ONE}, aux_addresses: { a: 10.70.#.5, b: 10.70.#.5 } }`),
  pool('TOO_MANY_SUBNETS', `{ ${ONE} }, { subnet: 10.71.#.0/24 }`),
  pool('SUBNET_REQUIRED', '{ gateway: 10.70.#.1 }'),
  pool('SUBNET_REQUIRED', '{ ip_range: 10.70.#.0/25 }'),
  pool('SUBNET_REQUIRED', '{ aux_addresses: { a: 10.70.#.5 } }'),
  refuses('DRIVER_REFUSED', '{ driver: host }'),
  refuses('DRIVER_REFUSED', '{ driver: "null" }'),
  refuses('INVALID_OPTION', `{ driver_opts: { ${BRIDGE}.enable_icc: maybe } }`),
  refuses('INVALID_OPTION', `{ driver_opts: { ${MTU}: many } }`),
  refuses('INVALID_OPTION', `{ driver_opts: { ${BRIDGE}.name: longer-than-a-link } }`),
  refuses('INVALID_OPTION', '{ driver: macvlan, driver_opts: { parent: eth1, macvlan_mode: hub } }'),
  refuses('GATEWAY_MODE_NOT_INTERNAL', `{ driver_opts: { ${BRIDGE}.gateway_mode_ipv4: isolated } }`),
  refuses(
    'MTU_TOO_SMALL',
    `{ enable_ipv6: true, driver_opts: { ${MTU}: 1000 }, ipam: { config: [{ subnet: "fd70:#::/64" }] } }`,
  ),
  refuses('SWARM_NEEDS_IPV4', '{ driver: overlay, enable_ipv4: false }'),
  refuses('RESERVED_NAME', '{ name: bridge }'),

  takes('IPV6_NOT_ENABLED', without, '{ ipam: { config: [{ subnet: "fd70:#::/64" }] } }'),
  takes(
    'IPV4_NOT_ENABLED',
    without,
    `{ enable_ipv4: false, enable_ipv6: true, ipam: { config: [{ ${ONE} }, { subnet: "fd70:#::/64" }] } }`,
  ),
  takes('OVERLAY_IPV6', without, '{ driver: overlay, enable_ipv6: true }'),
  takes(
    'SWARM_DROPS_AUX',
    without,
    `{ driver: overlay, ipam: { config: [{ ${ONE}, aux_addresses: { a: 10.70.#.5 } }] } }`,
  ),
  takes(
    'ENCRYPTED_FALSE',
    'the overlay would be encrypted',
    '{ driver: overlay, driver_opts: { encrypted: "false" } }',
  ),
  takes('OPTION_OF_OTHER_DRIVER', `${lost}; \`ignore\` allows it`, '{ driver_opts: { parent: eth1 } }'),
  takes(
    'MTU_IGNORED',
    `${lost}; \`ignore\` allows it`,
    `{ driver: macvlan, driver_opts: { parent: eth2, ${MTU}: 1400 } }`,
  ),
  takes('OPTION_REFUSED', 'it is the mark of docker0', `{ driver_opts: { ${BRIDGE}.default_bridge: "true" } }`),
  takes('UNUSABLE_SUBNET', 'no packet reaches a container there', '{ ipam: { config: [{ subnet: 224.70.#.0/24 }] } }'),
  takes('INVALID_NAME', unfound, '{ name: "a b" }'),
  takes('NAME_LIKE_ID', unfound, '{ name: 0123456789abcdef }'),
  takes('NAME_TOO_LONG', 'one name for every driver: a swarm has at most 63', `{ name: ${'n'.repeat(64)} }`),
  takes('RESERVED_LABEL', 'netctl would take it for a mark of its own', '{ labels: [io.netctl.stack=home] }'),
  takes('UNKNOWN_KEY', 'the key would not name anything', '{ labels: { __proto__: a } }'),
  takes(
    'EXTERNAL_WITH_KEYS',
    'the specification has Compose reject the file; 2.40 ignores the keys',
    '{ external: true, name: theirs, driver: macvlan }',
  ),
];
