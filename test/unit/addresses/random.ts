import fc from 'fast-check';
import { stringify } from 'yaml';
import type { WorldInput } from '../../support/memory/index.js';

/** Random plans of addresses on random hosts: LANs that are crowded enough for things to meet, and networks beside them. */

/** Of a LAN, so few that two often meet, and not always. */
const octet = fc.integer({ min: 1, max: 140 });
const address = octet.map((last) => `192.168.1.${String(last)}`);
/** Where no range is, as a rule. */
const apart = fc.integer({ min: 3, max: 58 }).map((last) => `192.168.1.${String(last)}`);
const range = fc.tuple(octet, octet).map((ends) =>
  ends
    .sort((a, b) => a - b)
    .map((last) => `192.168.1.${String(last)}`)
    .join('-'),
);
const reserve = fc.dictionary(
  fc.constantFrom('router', 'nas', 'dhcp'),
  fc.oneof(
    { weight: 8, arbitrary: address },
    { weight: 3, arbitrary: fc.constantFrom('192.168.1.70-192.168.1.74', '192.168.1.96/29') },
    range,
  ),
  { maxKeys: 2 },
);

const LINKS = [
  { driver: 'macvlan', parent: 'eth0' },
  { driver: 'ipvlan', parent: 'eth1' },
] as const;

const lan = (ranges: readonly string[], gateways: readonly string[]): fc.Arbitrary<object> =>
  fc
    .record(
      {
        link: fc.constantFrom(...LINKS, LINKS[0]),
        subnet: fc.constant('192.168.1.0/24'),
        ip_range: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ranges) }, range),
        gateway: fc.constantFrom(...gateways),
        reserve,
        shim: fc.oneof(fc.constant(true), fc.record({ address: fc.oneof({ weight: 3, arbitrary: apart }, address) })),
      },
      { requiredKeys: ['link', 'subnet', 'ip_range'] },
    )
    .map(({ link, ...rest }) => ({ ...link, ...rest }));

const size = fc.constantFrom('', '/20', '/24', '/26', '/28');
const from = fc.constantFrom('', ' from 10.200.0.0/20', ' from 172.28.0.0/14');
const auto = fc.tuple(size, from).map(([length, pool]) => `auto${length}${length === '/20' ? '' : pool}`);

const web = (index: number): fc.Arbitrary<object> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ subnet: auto, enable_ipv6: fc.constant(true) }, { requiredKeys: ['subnet'] }),
    },
    fc.record({ subnet: fc.constantFrom(`10.200.${String(8 + index)}.0/26`, `10.201.${String(index)}.0/24`) }),
    { weight: 1, arbitrary: fc.record({ subnet: fc.constantFrom('172.28.0.0/24', '192.168.1.128/25') }) },
  );

const networks = fc.record(
  {
    lan: lan(['192.168.1.64/27', '192.168.1.96/28', '192.168.1.100-192.168.1.110'], ['192.168.1.1']),
    lan2: lan(['192.168.1.128/28', '192.168.1.120/30', '192.168.1.60-192.168.1.63'], ['192.168.1.2', '192.168.1.130']),
    web1: web(1),
    web2: web(2),
    web3: web(3),
    web4: web(4),
  },
  { requiredKeys: ['lan', 'web1'] },
);

/** Containers are called p0 to p5, and all are there. */
export const PEOPLE: readonly string[] = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];

const place = fc.record({ ipv4_address: fc.oneof({ weight: 6, arbitrary: apart }, address) }, { requiredKeys: [] });
const people = fc.dictionary(
  fc.constantFrom(...PEOPLE),
  fc.record({
    networks: fc.dictionary(fc.constantFrom('lan', 'lan', 'lan2'), place, { minKeys: 1 }),
  }),
  { maxKeys: 5 },
);

const avoid = fc.subarray(['10.200.0.0/22', '172.28.0.0/16', '10.200.3.0/24']);

export interface Spec {
  readonly networks: Readonly<Record<string, object>>;
  readonly containers: Readonly<Record<string, { readonly networks: Readonly<Record<string, object>> }>>;
  readonly avoid: readonly string[];
}

/** Not always a valid one; a place on a network that is not there is left out. */
export const spec: fc.Arbitrary<Spec> = fc.record({ networks, containers: people, avoid }).map((one) => ({
  ...one,
  containers: Object.fromEntries(
    Object.entries(one.containers).flatMap(([name, { networks: on }]) => {
      const there = Object.entries(on).filter(([key]) => Object.hasOwn(one.networks, key));
      return there.length === 0 ? [] : [[name, { networks: Object.fromEntries(there) }]];
    }),
  ),
}));

export const textOf = (one: Spec): string => stringify({ name: 'home', ...one });

/** A host on that LAN, with networks, tunnels and addresses of others. */
export const hosts: fc.Arbitrary<WorldInput> = fc
  .record({
    own: octet,
    more: fc.subarray([
      { destination: '10.200.0.0/24', table: 'main', link: 'wg0' },
      { destination: '10.200.4.0/22', table: '51820', link: 'wg0' },
      { destination: '172.29.0.0/16', table: 'main', link: 'wg0' },
      { destination: '10.200.8.7/32', table: 'main', link: 'wg0' },
    ]),
    tunnel: fc.constantFrom('10.200.2.1', '172.28.3.1', '10.9.9.9'),
    others: fc.subarray(['172.28.0.0/24', '10.200.1.0/25', '192.168.192.0/20', '172.18.0.0/16']),
    version: fc.constantFrom(
      { version: '20.10.24', apiVersion: '1.41' },
      { version: '28.5.2', apiVersion: '1.51' },
      { version: '29.1.0', apiVersion: '1.52' },
    ),
  })
  .map(({ own, more, tunnel, others, version }) => ({
    engine: version,
    kernel: { macvlan: 'yes', ipvlan: 'yes' },
    links: [
      {
        name: 'eth0',
        mac: '52:54:00:00:00:10',
        addresses: [{ address: `192.168.1.${String(own)}`, prefixLength: 24, scope: 'global' }],
      },
      { name: 'eth1', mac: '52:54:00:00:00:11' },
      { name: 'wg0', type: 'none', addresses: [{ address: tunnel, prefixLength: 24, scope: 'global' }] },
    ],
    routes: [
      { destination: '0.0.0.0/0', table: 'main', link: 'eth0', via: '192.168.1.1' },
      { destination: '192.168.1.0/24', table: 'main', link: 'eth0', protocol: 'kernel' },
      ...more,
    ],
    networks: others.map((Subnet, index) => ({
      Name: `other${String(index)}`,
      Driver: 'bridge',
      IPAM: { Driver: 'default', Config: [{ Subnet }] },
    })),
  }));
