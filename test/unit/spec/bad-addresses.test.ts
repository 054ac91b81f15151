import { describe, expect, test } from 'vitest';

import { problemsOf } from './helpers.js';

/** What is said of a network that is written on the third line, from its column on: code, place, message and cure. */
const said = (body: string): readonly string[] =>
  problemsOf(`name: a\nnetworks:\n  b: { ${body} }\n`).map(
    ({ code, line, column, message, hint }) => `${code} ${String(line)}:${String(column)} ${message} ${hint ?? ''}`,
  );

const SUBNET = 'Write an address and a length, such as 192.168.1.0/24.';
const UNUSABLE =
  'cannot be the subnet of containers. Use a private subnet, such as 172.30.0.0/24, or subnet: auto on a bridge.';
const EMPTY = 'must be text that is not empty, and is "". ';
const RANGE = 'Write CIDR, such as 192.168.1.192/27, or first-last, such as 192.168.1.192-192.168.1.223.';
const OCTAL = 'some programs read a number with a leading zero as octal.';
const ZONE = 'Write it without its zone, the part from % on: that is the name of a link on one machine.';
const NO_ROOM =
  'left to hand out: without gateway, shim, reserved and static addresses there are no more. Write a larger subnet or ip_range, or give each container an address of its own outside the range.';

describe('subnets', () => {
  test.each<[string, ...string[]]>([
    ['subnet: 0.0.0.0/0', `UNUSABLE_SUBNET 3:16 "0.0.0.0/0" ${UNUSABLE}`],
    ['subnet: "::/0", enable_ipv6: true', `UNUSABLE_SUBNET 3:16 "::/0" ${UNUSABLE}`],
    ['subnet: "::1:0:0:0/80", enable_ipv6: true', `UNUSABLE_SUBNET 3:16 "::1:0:0:0/80" ${UNUSABLE}`],
    ['subnet: "ff02::/64", enable_ipv6: true', `UNUSABLE_SUBNET 3:16 "ff02::/64" ${UNUSABLE}`],
    ['subnet: 240.0.0.0/24', `UNUSABLE_SUBNET 3:16 "240.0.0.0/24" ${UNUSABLE}`],
    // Engines take it for a bridge (26 and 28): its gateway has one address, a container the other.
    ['subnet: 10.0.0.0/31'],
    ['subnet: 10.0.0.1/32', `NO_ROOM 3:3 Docker has no address of 10.0.0.1/32 ${NO_ROOM}`],
    ['subnet: "fd00::1/128", enable_ipv6: true', `NO_ROOM 3:3 Docker has no address of fd00::1/128 ${NO_ROOM}`],
    ['subnet: 10.0.0.0/33', `INVALID_SUBNET 3:16 "10.0.0.0/33" is not a subnet. ${SUBNET}`],
    ['subnet: 10.0.0.0/-1', `INVALID_SUBNET 3:16 "10.0.0.0/-1" is not a subnet. ${SUBNET}`],
    ['subnet: 10.0/16', `INVALID_SUBNET 3:16 "10.0/16" is not a subnet. ${SUBNET}`],
    ['subnet: 10.0.0.0/255.255.255.0', `INVALID_SUBNET 3:16 "10.0.0.0/255.255.255.0" is not a subnet. ${SUBNET}`],
    ['subnet: 256.0.0.0/8', `INVALID_SUBNET 3:16 "256.0.0.0/8" is not a subnet. ${SUBNET}`],
    [
      'subnet: "::ffff:10.0.0.0/120", enable_ipv6: true',
      `INVALID_SUBNET 3:16 "::ffff:10.0.0.0/120" is not a subnet. ${SUBNET}`,
    ],
    ['subnet: "fe80::%eth0/64", enable_ipv6: true', `INVALID_SUBNET 3:16 "fe80::%eth0/64" is not a subnet. ${ZONE}`],
    [
      'subnet: 192.168.001.0/24',
      `INVALID_SUBNET 3:16 "192.168.001.0/24" is not a subnet. Write 192.168.1.0/24: ${OCTAL}`,
    ],
    [
      'subnet: 192.168.1.0/024',
      `INVALID_SUBNET 3:16 "192.168.1.0/024" is not a subnet. Write 192.168.1.0/24: ${OCTAL}`,
    ],
    ['subnet: ""', `INVALID_VALUE 3:16 networks.b.subnet ${EMPTY}`],
    ['subnet: " "', `INVALID_SUBNET 3:16 " " is not a subnet. ${SUBNET}`],
    [
      'subnet: " 10.0.0.0 /24"',
      `INVALID_SUBNET 3:16 " 10.0.0.0 /24" is not a subnet. Write it without spaces: 10.0.0.0/24.`,
    ],
    ['subnet: "auto from ::/16"', `UNUSABLE_SUBNET 3:16 "auto from ::/16" ${UNUSABLE}`],
    ['subnet: 10', 'WRONG_TYPE 3:16 networks.b.subnet must be text, and is 10. Write it in quotes: "10".'],
  ])('%s', (body, ...expected) => {
    expect(said(body)).toEqual(expected);
  });
});

describe('addresses in a subnet', () => {
  test.each<[string, ...string[]]>([
    ['gateway: 192.168.001.1', `INVALID_ADDRESS 3:38 "192.168.001.1" is not an address. Write 192.168.1.1: ${OCTAL}`],
    [
      'gateway: "::ffff:10.0.0.1"',
      'INVALID_ADDRESS 3:38 "::ffff:10.0.0.1" is not an address. Write 10.0.0.1: with ::ffff: before it programs mean that address.',
    ],
    ['gateway: "fe80::1%eth0"', `INVALID_ADDRESS 3:38 "fe80::1%eth0" is not an address. ${ZONE}`],
    ['gateway: "10.0.0.1 "', 'INVALID_ADDRESS 3:38 "10.0.0.1 " is not an address. Write it without spaces: 10.0.0.1.'],
    ['gateway: ""', `INVALID_VALUE 3:38 networks.b.gateway ${EMPTY}`],
    [
      'gateway: "fd00::1"',
      'OUTSIDE_SUBNET 3:38 The gateway fd00::1 is outside the subnet 10.0.0.0/24. Choose from 10.0.0.1-10.0.0.254.',
    ],
    [
      'ip_range: 10.0.0.20-10.0.0.10',
      'INVALID_RANGE 3:39 "10.0.0.20-10.0.0.10" is not a range of addresses. It ends before it begins: write 10.0.0.10-10.0.0.20.',
    ],
    [
      'ip_range: "10.0.0.1-fd00::1"',
      'INVALID_RANGE 3:39 "10.0.0.1-fd00::1" is not a range of addresses. Write two addresses of one family: one of these is IPv4, the other IPv6.',
    ],
    [
      'ip_range: 10.0.0.08-10.0.0.15',
      `INVALID_RANGE 3:39 "10.0.0.08-10.0.0.15" is not a range of addresses. Write 10.0.0.8-10.0.0.15: ${OCTAL}`,
    ],
    ['ip_range: 10.0.0.1-', `INVALID_RANGE 3:39 "10.0.0.1-" is not a range of addresses. ${RANGE}`],
    ['ip_range: ""', `INVALID_VALUE 3:39 networks.b.ip_range ${EMPTY}`],
    [
      'ip_range: "fd00::/80"',
      'OUTSIDE_SUBNET 3:39 The range fd00::/80 is outside the subnet 10.0.0.0/24. Choose from 10.0.0.0-10.0.0.255.',
    ],
    [
      'ip_range: 10.0.0.252-10.0.1.3',
      'RANGE_NOT_A_BLOCK 3:39 "10.0.0.252-10.0.1.3" is not one block, and the bridge driver takes only one. Write 10.0.0.252/30 (10.0.0.252-10.0.0.255), which is inside it, or 10.0.0.0/23 (10.0.0.0-10.0.1.255), which is around it.',
      'OUTSIDE_SUBNET 3:39 The range 10.0.0.252-10.0.1.3 is outside the subnet 10.0.0.0/24. Choose from 10.0.0.0-10.0.0.255.',
    ],
    [
      'reserve: { a: 10.0.0.9-10.0.0.3 }',
      'INVALID_RANGE 3:43 "10.0.0.9-10.0.0.3" is not an address or a range of addresses. It ends before it begins: write 10.0.0.3-10.0.0.9.',
    ],
    [
      'reserve: { a: "fd00::1" }',
      'OUTSIDE_SUBNET 3:43 "a", fd00::1/128, is outside the subnet 10.0.0.0/24. Correct the address, or remove it.',
    ],
    ['reserve: { a: "" }', `INVALID_VALUE 3:43 networks.b.reserve.a ${EMPTY}`],
  ])('%s', (body, ...expected) => {
    expect(said(`subnet: 10.0.0.0/24, ${body}`)).toEqual(expected);
  });
});

test.each([
  ['10.0.0.0/24', '10.0.0.1-10.0.0.254'],
  ['10.0.0.0/31', '10.0.0.0-10.0.0.1'],
  ['10.0.0.5/32', '10.0.0.5'],
  ['fd00::/64', 'fd00::1-fd00::ffff:ffff:ffff:ffff'],
  ['fd00::/127', 'fd00::-fd00::1'],
])('in %s an address is to be chosen which is not refused for another reason', (subnet, choice) => {
  const found = said(
    `enable_ipv6: true, ipam: { config: [{ subnet: "${subnet}", gateway: 10.9.9.9, aux_addresses: { a: "fd99::9" } }] }`,
  );
  expect(found).toEqual([
    expect.stringMatching(`^OUTSIDE_SUBNET .* The gateway .* Choose from ${choice}\\.$`),
    expect.stringMatching(`^OUTSIDE_SUBNET .* "a", .* Choose from ${choice}\\.$`),
  ]);
});

test('of containers, shims, avoid and aux_addresses, each in its place', () => {
  const found = problemsOf(`name: a
avoid: [010.0.0.0/8, "::ffff:1.2.3.4/128", 10.0.0.0]
networks:
  lan: { driver: macvlan, parent: e, subnet: 10.0.0.0/24, gateway: 10.0.0.1, ip_range: 10.0.0.64/26, shim: { address: 10.0.0.09 } }
  web: { ipam: { config: [{ subnet: 10.1.0.0/24, ip_range: 10.1.0.128/25, aux_addresses: { x: "10.1.0.5 " } }] } }
containers:
  cc: { networks: { web: { ipv4_address: 10.1.0.07, link_local_ips: ["fe80::1%eth0"] } } }
`);
  expect(
    found.map(({ code, line, column, hint }) => `${code} ${String(line)}:${String(column)} ${hint ?? ''}`),
  ).toEqual([
    `INVALID_SUBNET 2:9 Write 10.0.0.0/8: ${OCTAL}`,
    'INVALID_SUBNET 2:22 Write an address and a length: 10.8.0.0/16.',
    'INVALID_SUBNET 2:44 Write an address and a length: 10.8.0.0/16.',
    `INVALID_ADDRESS 4:119 Write 10.0.0.9: ${OCTAL}`,
    'INVALID_ADDRESS 5:95 Write it without spaces: 10.1.0.5.',
    `INVALID_ADDRESS 7:42 Write 10.1.0.7: ${OCTAL}`,
    `INVALID_ADDRESS 7:70 ${ZONE}`,
  ]);
});

test('three hundred subnets: on a LAN all of them, on a bridge one of each family', () => {
  const entries = Array.from(
    { length: 300 },
    (_, index) => `{ subnet: 10.${String(index >> 8)}.${String(index & 255)}.0/24 }`,
  );
  const config = `ipam: { config: [${entries.join(', ')}] }`;
  expect(said(`driver: macvlan, parent: e, internal: true, ${config}`)).toEqual([
    expect.stringContaining('NO_IP_RANGE 3:3 ') as string,
  ]);
  const bridge = said(config);
  expect(bridge).toHaveLength(299);
  expect(bridge[298]).toMatch(
    /^TOO_MANY_SUBNETS 3:\d+ A bridge has at most one IPv4 subnet\. Remove it, or make another/,
  );
  const [overlap] = said(
    `driver: macvlan, parent: e, internal: true, ipam: { config: [${[...entries, entries[7]].join(', ')}] }`,
  ).filter((one) => one.startsWith('SUBNET_OVERLAP'));
  expect(overlap).toContain('10.0.7.0/24 overlaps 10.0.7.0/24 of networks.b.ipam.config[7]');
});
