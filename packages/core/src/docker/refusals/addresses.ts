import type { RefusalClass } from './refusal.js';

/** The subnet of every network of the engine, as one command. */
const SUBNETS =
  "docker network inspect --format '{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}' $(docker network ls --quiet)";

/** Subnets, ranges and addresses. The special ones come before those whose words they share. */
export const ADDRESSES: readonly RefusalClass[] = [
  {
    code: 'SUBNET_OVERLAP',
    pattern: /pool overlaps with other one|have overlapping IPv[46]/i,
    hint: 'Another network uses addresses of this subnet, or an earlier failed create still holds it until the engine restarts; choose another subnet.',
    cause: () =>
      'Another network has addresses of this subnet, or a create that failed on engine 20.10, 27 or 28 holds them until the engine restarts.',
    cure: () => [SUBNETS, 'Choose a subnet that none of them overlaps; netctl does for `subnet: auto`.'],
  },
  {
    code: 'POOLS_EXHAUSTED',
    pattern: /non-overlapping IPv[46] address pool|predefined address pools have been fully subnetted/i,
    hint: "The engine's default address pools are used up; give the network a subnet, or write `subnet: auto`.",
    cause: () =>
      'All of the default address pools are taken, by other networks or by routes of the host: a VPN that routes everything takes them all.',
    cure: () => [
      'netctl doctor   # who has them, and a daemon.json with more',
      'docker network prune   # removes networks without a running container, those of stopped ones too',
      'docker network create --subnet 10.200.1.0/24 NETWORK',
    ],
  },
  {
    code: 'PORT_TAKEN',
    pattern: /port is already allocated|(?<address>[\d.]+:\d+).*bind: address already in use|failed to bind host port/i,
    cause: (named) =>
      `Somebody else listens on the port${named('address', '') === '' ? '' : ` ${named('address', '')}`} of the host that the container publishes.`,
    cure: () => ['ss --listening --tcp --udp --numeric --processes', 'docker ps --format "{{.Names}} {{.Ports}}"'],
  },
  {
    code: 'GATEWAY_TAKEN',
    pattern: /failed to allocate (gateway|secondary ip address) ?\(?(?<address>[^)]*)\)?.*already in use/is,
    hint: 'The gateway or an auxiliary address is the network or broadcast address of the subnet, is given twice, or is that of another network on the same subnet.',
    cause: (named) =>
      `${named('address', 'The gateway or an auxiliary address')} is the first or last address of the subnet, is given twice, or is the gateway of another network on the same subnet.`,
    cure: () => [SUBNETS, 'Give it another address, or name the gateway in one of the two networks alone.'],
  },
  {
    code: 'ADDR_IN_USE',
    pattern: /address already in use/i,
    cause: () =>
      'Another container has this address, often one that started before and was given it from the dynamic range; or it is the gateway or an auxiliary address. It is no port.',
    cure: () => [
      "docker network inspect --format '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{println}}{{end}}' NETWORK",
      'Make the network again with an `ip_range` that has none of the fixed addresses.',
    ],
  },
  {
    code: 'NO_ADDRESSES',
    pattern:
      /no available IPv[46] addresses on this network's address pools: (?<network>\S+)|no available IPv[46] addresses/i,
    cause: (named) =>
      `The range that ${named('network', 'the network')} hands out is used up; stopped containers hold no address, services one for each node too.`,
    cure: (named) => [
      `docker network inspect --format '{{json .IPAM.Config}} {{len .Containers}}' ${named('network', 'NETWORK')}`,
      'Make the network again with a wider `ip_range` or subnet.',
    ],
  },
  {
    code: 'STATIC_IP',
    pattern:
      /user.specified IP address|no configured subnet|does not belong to any of this network's subnets|invalid IPv4 address/i,
    cause: () =>
      'A container asks for an address that the network cannot give: engines before 29.0.4 give fixed ones only in a subnet that somebody chose, and none outside it.',
    cure: () => [
      SUBNETS,
      'Give the network a `subnet` that has the address (netctl: `subnet:`), or take another address.',
    ],
  },
  {
    code: 'BAD_IPAM',
    pattern:
      /invalid (?<what>subnet|gateway|ip-range|auxiliary address)(?<rest>[^:]*)(: it should be (?<right>\S+))?|failed to allocate gateway|must belong to the master pool|address is out of range|does not contain (range|gateway)/i,
    cause: (named) =>
      `${named('what', 'An address')}${named('rest', '')} does not fit the subnet: engines from 25 on refuse bits beyond the prefix length, and all refuse what lies outside.`,
    cure: (named) =>
      named('right', '') === ''
        ? [
            'Write the first address of the block: 192.168.1.96/28 and not 192.168.1.100/28. `netctl validate` names those that are near.',
          ]
        : [`Write ${named('right', '')}.`],
  },
];
