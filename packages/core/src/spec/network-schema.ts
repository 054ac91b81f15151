import * as z from 'zod';

import { onHosts } from './hosts-schema.js';
import { emptyOrText, ipam } from './ipam-schema.js';
import { labels } from './label-schema.js';
import { boolean, driverOptions, linkMtu, text, textMap, whole, withoutEmpty } from './values.js';

/* One network of a spec: all that the JSON Schema of the Compose Specification takes, and netctl's own keys. */

const shim = z.strictObject(
  {
    address: z
      .union([text, z.array(text)], 'an address, or a list of addresses')
      .exactOptional()
      .meta({
        description: 'The address of the host on this network; the last of the ip_range when not given.',
        examples: ['192.168.1.223'],
      }),
    name: text.exactOptional().meta({
      description: 'The name of the link, 15 bytes at the most; <network>-shim when not given.',
      examples: ['lan-shim'],
    }),
  },
  'true, false, or a mapping with address and name',
);

const networkAnywhere = z.strictObject(
  {
    name: text.exactOptional().describe('The real name of the network; its key when not given.'),
    driver: emptyOrText.exactOptional().meta({
      description: 'What makes the network: bridge, macvlan, ipvlan, overlay, or a plugin.',
      default: 'bridge',
      examples: ['bridge', 'macvlan', 'ipvlan', 'overlay'],
    }),
    driver_opts: driverOptions('a mapping of option names to values')
      .exactOptional()
      .meta({
        description: 'Options of the driver, by their full names.',
        examples: [{ 'com.docker.network.bridge.name': 'br-web' }],
      }),
    attachable: boolean
      .exactOptional()
      .meta({ description: 'Whether single containers may join a network of the swarm.', default: false }),
    enable_ipv4: boolean
      .exactOptional()
      .meta({ description: 'Whether the network has IPv4; false needs engine 28.0.', default: true }),
    enable_ipv6: boolean.exactOptional().meta({
      description: 'Whether the network has IPv6; without an IPv6 subnet it needs engine 27.0.',
      default: false,
    }),
    external: z
      .union(
        [boolean, z.strictObject({ name: text.exactOptional().describe('For name, as Compose had it before.') })],
        'true or false',
      )
      .exactOptional()
      .meta({ description: 'The network must exist, and is not made, changed or removed.', default: false }),
    internal: boolean.exactOptional().meta({ description: 'A network without a way out.', default: false }),
    ipam: ipam
      .exactOptional()
      .describe('Addresses in Compose’s words; subnet, gateway and ip_range say the same in short.'),
    labels: labels
      .exactOptional()
      .meta({ description: 'Labels of the network.', examples: [{ 'com.example.owner': 'home' }] }),
    parent: text.exactOptional().meta({
      description:
        'macvlan, ipvlan: the link of the host to use; a missing one that reads LINK.ID is made, as a VLAN link.',
      examples: ['eth0', 'eth0.40'],
    }),
    mode: text.exactOptional().meta({
      description:
        'macvlan: bridge (the default), vepa, private or passthru; ipvlan: l2 (the default), l3 or l3s, which needs engine 23.0.',
      examples: ['bridge', 'vepa', 'private', 'passthru', 'l2', 'l3', 'l3s'],
    }),
    vlan: whole(1, 4094)
      .exactOptional()
      .meta({
        description: 'macvlan, ipvlan: the 802.1Q id of the link to make on the parent, such as eth0-v30.',
        examples: [30],
      }),
    subnet: text.exactOptional().meta({
      description:
        'The network in CIDR form; on a bridge or an overlay also auto, auto/26 or auto from 10.200.0.0/16: a prefix that is free.',
      examples: ['192.168.1.0/24', 'auto', 'auto/26', 'auto from 10.200.0.0/16'],
    }),
    gateway: text
      .exactOptional()
      .meta({ description: 'The default gateway of the containers.', examples: ['192.168.1.1'] }),
    ip_range: text.exactOptional().meta({
      description: 'What Docker hands out: CIDR, or first-last; the whole subnet when not given.',
      examples: ['192.168.1.192/27', '192.168.1.192-192.168.1.223'],
    }),
    reserve: textMap('a mapping of names to addresses')
      .exactOptional()
      .meta({
        description: 'Addresses that are not ours to use, by name: an address, first-last or CIDR each.',
        examples: [{ router: '192.168.1.1', dhcp: '192.168.1.100-192.168.1.150' }],
      }),
    shim: z
      .union([boolean, shim], 'true, false, or a mapping with address and name')
      .exactOptional()
      .meta({
        description:
          'macvlan, ipvlan: true for a link by which the host reaches its own containers, or its address and name.',
        default: false,
        examples: [true],
      }),
    isolated_from: z
      .array(text, 'a list of networks of this file')
      .exactOptional()
      .meta({
        description: 'Networks of this file that must not be reachable from here; proved by verify.',
        examples: [['lan']],
      }),
    encrypted: boolean.exactOptional().meta({ description: 'overlay: IPsec between the hosts.', default: false }),
    mtu: z
      .union([z.literal('auto'), linkMtu], 'auto, or a whole number from 68 to 65535')
      .exactOptional()
      .meta({
        description:
          'What containers get, in bytes; auto: as much as the link below carries; with vlan: the MTU of the VLAN link.',
        examples: [1500, 'auto'],
      }),
    config_only: boolean
      .exactOptional()
      .meta({ description: 'Only the configuration of a network, for config_from.', default: false }),
    config_from: text.exactOptional().describe('The configuration network to take everything from.'),
    scope: z
      .enum(['local', 'swarm'], 'local or swarm')
      .exactOptional()
      .describe('Where the network exists; swarm for an overlay when not given, local for all others.'),
    ingress: boolean
      .exactOptional()
      .meta({ description: 'overlay: the network of published ports, of which a swarm has one.', default: false }),
    split: whole(1, 128)
      .exactOptional()
      .meta({
        description: 'macvlan, ipvlan: cuts the ip_range in slices of this prefix length, one for each host in turn.',
        examples: [28],
      }),
  },
  'a mapping of the keys of a network',
);

/** What a network may have otherwise on one of its hosts. */
const OTHERWISE = {
  parent: true,
  vlan: true,
  mtu: true,
  driver_opts: true,
  subnet: true,
  gateway: true,
  ip_range: true,
  reserve: true,
  shim: true,
} as const;

/** A network as the file has it. */
const written = networkAnywhere.extend({ hosts: onHosts(networkAnywhere.pick(OTHERWISE).shape).exactOptional() });

/** A network as the rest of netctl has it. */
export interface PlainNetwork extends Omit<z.output<typeof written>, 'external'> {
  external?: boolean;
  /** In the view of a host: it is the configuration there of the network of the swarm with this key. */
  configures?: string;
}

/** `external: { name }` is what Compose allowed before `name:` was there; it takes both, when they say the same. */
function plainExternal(given: z.output<typeof written>): PlainNetwork {
  const { external, ...rest } = withoutEmpty<typeof given>('driver')(given);
  if (typeof external !== 'object') return external === undefined ? rest : { ...rest, external };
  const name = rest.name ?? external.name;
  return { ...rest, external: true, ...(name === undefined ? {} : { name }) };
}

function saysOneName({ name, external }: z.output<typeof written>): boolean {
  if (typeof external !== 'object' || external.name === undefined) return true;
  return name === undefined || name === external.name;
}

/** What is not there is a bridge with the engine's own choice of everything. */
export const network = written
  .refine(saysOneName, { path: ['external', 'name'], error: 'the same as name' })
  .nullable()
  .transform((value) => plainExternal(value ?? {}));

/** The keys of a network, for suggestions. */
export const NETWORK_KEYS: readonly string[] = Object.keys(written.shape);

/** Those that it may have otherwise on one of its hosts. */
export const NETWORK_KEYS_OTHERWISE: readonly string[] = Object.keys(OTHERWISE);
