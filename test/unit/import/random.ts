import fc from 'fast-check';
import type { ApiIpamEntry, ApiNetwork } from '../../../packages/core/src/docker/api.js';
import { connect } from '../../support/memory/containers.js';
import type { MemoryHost } from '../../support/memory/index.js';

/** Names that YAML, a shell or netctl may read as something else. */
const ODD = [
  ...['on', 'off', 'yes', 'no', 'y', 'null', '~', 'true', '123', '1e3', '0x1f', '1_000', '12:30:45', '.5', '-', '- a'],
  ...['a: b', '#x', 'a #b', '{a}', '[a]', '&a', '*a', '!a', '|', '>', '%a', '@a', '`a', '"', "'", '\\', 'a\nb', 'a\tb'],
  ...['$HOME', '${HOME}', '$$', '${', 'a$', '<<', 'x-thing', '__proto__', 'constructor', 'toString', 'name', 'Straße'],
  ...['\u007f', '\u0000', '\u0085', '\u2028', '\ufeff', '\ud800', '😀', '', ' a ', 'a'.repeat(2000)],
];

export const text = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constant('plain'),
);
const name = fc.oneof(fc.constantFrom(...ODD.filter((one) => one !== '')), {
  weight: 3,
  arbitrary: fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,6}$/),
});
const entries = fc.dictionary(
  text.filter((key) => key !== ''),
  text,
  { maxKeys: 3 },
);

const OPTIONS = {
  'com.docker.network.bridge.enable_icc': fc.constantFrom('true', 'false', '0', 'T', 'maybe'),
  'com.docker.network.bridge.name': fc.constantFrom('br-a', 'br b', 'on'),
  'com.docker.network.driver.mtu': fc.constantFrom('1400', '0', '9000', '01400', 'big'),
  'com.docker.network.enable_ipv6': fc.constantFrom('true', 'false'),
  parent: fc.constantFrom('eth0', 'eth1', 'eth9', 'eth0.7', ''),
  macvlan_mode: fc.constantFrom('bridge', 'private', 'odd'),
  ipvlan_mode: fc.constantFrom('l2', 'l3'),
  'some.option': text,
};

const pool: fc.Arbitrary<ApiIpamEntry> = fc
  .record({ net: fc.nat(20), length: fc.constantFrom(24, 25), kind: fc.nat(6), aux: fc.nat(255), auxName: text })
  .map(({ net, length, kind, aux, auxName }) => {
    const base = `10.${net}.0`;
    return {
      Subnet: kind === 6 ? `fd00:${net}::/64` : `${base}.0/${length}`,
      ...(kind > 1 && kind < 6 ? { Gateway: `${base}.1` } : {}),
      ...(kind > 2 && kind < 6 ? { IPRange: `${base}.64/26` } : {}),
      ...(kind > 3 && kind < 6 && auxName !== '' ? { AuxiliaryAddresses: { [auxName]: `${base}.${aux}` } } : {}),
    };
  });

/** A network as an engine may report it, whoever made it and however little sense it makes. */
export const strangeNetwork: fc.Arbitrary<ApiNetwork> = fc.record({
  Name: name,
  Driver: fc.constantFrom('bridge', 'bridge', 'macvlan', 'ipvlan', 'weave:latest', ''),
  Internal: fc.boolean(),
  Attachable: fc.boolean(),
  EnableIPv6: fc.boolean(),
  IPAM: fc.record({
    Driver: fc.constantFrom('default', 'default', 'dhcp'),
    Options: fc.oneof(fc.constant({}), entries),
    Config: fc.oneof(fc.array(pool, { maxLength: 1 }), fc.array(pool, { maxLength: 3 })),
  }),
  Options: fc.oneof(fc.constant({}), fc.record({ 'some.option': text }), fc.record(OPTIONS, { requiredKeys: [] })),
  Labels: entries,
});

/** Puts containers on what is there, who ask for something or for nothing. */
export function withPlaces({ world }: MemoryHost, seed: number): void {
  const takes = world.networks.filter(({ Name = '', Driver, ConfigOnly }) => {
    return ConfigOnly !== true && Driver !== 'null' && Driver !== 'host' && Name !== 'bridge';
  });
  for (const [index, network] of takes.entries()) {
    const container = `c${String(index)}x`;
    const kind = (seed + index) % 5;
    const project = kind === 3 ? { labels: { 'com.docker.compose.project': 'shop' } } : {};
    world.containers.push({ name: container, state: 'running', mode: 'none-of-these', networks: {}, ...project });
    const subnet = network.IPAM?.Config?.[0]?.Subnet?.replace(/\d+\/\d+$/, '') ?? '';
    const EndpointConfig = [
      {},
      { Aliases: ['on', 'db'] },
      { IPAMConfig: { IPv4Address: `${subnet}${String(20 + index)}` } },
      { Aliases: ['web'] },
      { DriverOpts: { 'some.option': '$x' }, IPAMConfig: { LinkLocalIPs: ['169.254.7.7'] } },
    ][kind];
    connect(world, network, { Container: `id-of-${container}`, ...(EndpointConfig && { EndpointConfig }) });
  }
}
