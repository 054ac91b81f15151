import * as z from 'zod';

import { container } from './container-schema.js';
import { discovery } from './discovery-schema.js';
import { hosts, onHosts } from './hosts-schema.js';
import { service } from './service-schema.js';
import { STACK_NAME } from './stack-name.js';
import { swarm } from './swarm-schema.js';
import { boolean, driverOptions, text, textMap, topList, whole, withoutEmpty } from './values.js';

/*
 * The reference of the spec file. A network takes all that the JSON Schema of the Compose Specification takes. Each
 * `error` reads after "must be": see issues.ts, which turns what zod finds into problems. `x-` keys are gone before this
 * (text/extensions.ts), and variables are in place, so numbers and booleans may come as text, as in Compose. What the
 * values mean together is checked in rules/.
 */

const linkMtu = whole(68, 65_535);

/** Compose's `labels`: a mapping, or a list of `key=value` and `key`, which may be empty; other values become text. */
const labels = z
  .union(
    [
      z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()], 'text, a number, true or false')),
      z.array(z.string('text').regex(/^(?!(__proto__|constructor|prototype)(=|$))/, 'KEY=value, or KEY alone')),
    ],
    'a mapping of names to text, or a list of KEY=value',
  )
  .transform((value) => (Array.isArray(value) ? Object.fromEntries(value.map(splitLabel)) : mapValues(value)));

function splitLabel(label: string): [string, string] {
  const at = label.indexOf('=');
  return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
}

function mapValues(values: Record<string, string | number | boolean | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === null ? '' : String(value)]));
}

/** Empty, it is for Compose as if it were not there. */
const emptyOrText = z.string('text');

const ipamConfig = z
  .strictObject(
    {
      subnet: emptyOrText.exactOptional().describe('The network in CIDR form, such as 192.168.1.0/24.'),
      ip_range: emptyOrText.exactOptional().describe('What Docker hands out, within the subnet: CIDR, or first-last.'),
      gateway: emptyOrText.exactOptional().describe('The default gateway of the containers.'),
      aux_addresses: textMap('a mapping of names to addresses')
        .exactOptional()
        .describe('Addresses in the subnet that Docker gives to nobody, by name.'),
    },
    'a mapping with subnet, ip_range, gateway or aux_addresses',
  )
  .transform(withoutEmpty('subnet', 'ip_range', 'gateway'))
  .describe('One address pool.');

const ipam = z
  .strictObject(
    {
      driver: emptyOrText.exactOptional().describe('The IPAM driver; the engine’s own when not given.'),
      config: z.array(ipamConfig, 'a list of address pools').exactOptional().describe('The address pools.'),
      options: z
        .record(z.string(), z.string('text'), 'a mapping of names to text')
        .exactOptional()
        .describe('Options of the IPAM driver.'),
    },
    'a mapping with config',
  )
  .transform(withoutEmpty('driver'));

const shim = z
  .strictObject(
    {
      address: z
        .union([text, z.array(text)], 'an address, or a list of addresses')
        .exactOptional()
        .describe('The address of the host on this network; the last of the ip_range when not given.'),
      name: text.exactOptional().describe('The name of the link; <network>-shim when not given.'),
    },
    'true, false, or a mapping with address and name',
  )
  .describe('The host’s own door into a macvlan or ipvlan network.');

const networkAnywhere = z.strictObject(
  {
    name: text.exactOptional().describe('The real name of the network; its key when not given.'),
    driver: emptyOrText.exactOptional().describe('bridge (the default), macvlan, ipvlan, overlay, or a plugin.'),
    driver_opts: driverOptions('a mapping of option names to values')
      .exactOptional()
      .describe('Options of the driver, by their full names.'),
    attachable: boolean.exactOptional().describe('Whether single containers may join a swarm network.'),
    enable_ipv4: boolean.exactOptional().describe('false for a network without IPv4.'),
    enable_ipv6: boolean.exactOptional().describe('true for a network with IPv6.'),
    external: z
      .union([boolean, z.strictObject({ name: text.exactOptional() })], 'true or false')
      .exactOptional()
      .describe('The network must exist, and is not made, changed or removed.'),
    internal: boolean.exactOptional().describe('A network without a way out.'),
    ipam: ipam.exactOptional().describe('Addresses in Compose’s words.'),
    labels: labels.exactOptional().describe('Labels of the network.'),
    parent: text.exactOptional().describe('macvlan, ipvlan: the link of the host to use; for driver_opts.parent.'),
    mode: text.exactOptional().describe('macvlan: bridge, vepa, private, passthru; ipvlan: l2, l3, l3s.'),
    vlan: whole(1, 4094).exactOptional().describe('macvlan, ipvlan: the 802.1Q id of the link to make on the parent.'),
    subnet: text
      .exactOptional()
      .describe(
        'The network in CIDR form; on a bridge also auto, auto/26, auto from 10.200.0.0/16. For one ipam.config entry.',
      ),
    gateway: text.exactOptional().describe('The default gateway of the containers.'),
    ip_range: text.exactOptional().describe('What Docker hands out: CIDR, or first-last.'),
    reserve: textMap('a mapping of names to addresses')
      .exactOptional()
      .describe('Addresses that are not ours to use, by name: an address, first-last or CIDR each.'),
    shim: z.union([boolean, shim], 'true, false, or a mapping with address and name').exactOptional(),
    isolated_from: z
      .array(text, 'a list of networks of this file')
      .exactOptional()
      .describe('Networks of this file that must not be reachable from here; proved by verify.'),
    encrypted: boolean.exactOptional().describe('overlay: IPsec between the hosts.'),
    mtu: z
      .union([z.literal('auto'), linkMtu], 'auto, or a whole number from 68 to 65535')
      .exactOptional()
      .describe('What containers get, in bytes; with vlan: the MTU of the VLAN link.'),
    config_only: boolean.exactOptional().describe('Only the configuration of a network, for config_from.'),
    config_from: text.exactOptional().describe('The configuration network to take everything from.'),
    scope: z.enum(['local', 'swarm'], 'local or swarm').exactOptional().describe('Where the network exists.'),
    ingress: boolean.exactOptional().describe('overlay: the routing mesh of the swarm.'),
    split: whole(1, 128)
      .exactOptional()
      .describe('macvlan, ipvlan: cuts the ip_range in slices of this prefix length, one for each host in turn.'),
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

const network = networkAnywhere.extend({ hosts: onHosts(networkAnywhere.pick(OTHERWISE).shape).exactOptional() });

interface PlainNetwork extends Omit<z.output<typeof network>, 'external'> {
  external?: boolean;
  /** In the view of a host: it is the configuration there of the network of the swarm with this key. */
  configures?: string;
}

/** `external: { name }` is what Compose allowed before `name:` was there; it takes both, when they say the same. */
function plainExternal(given: z.output<typeof network>): PlainNetwork {
  const { external, ...rest } = withoutEmpty<typeof given>('driver')(given);
  if (typeof external !== 'object') return external === undefined ? rest : { ...rest, external };
  const name = rest.name ?? external.name;
  return { ...rest, external: true, ...(name === undefined ? {} : { name }) };
}

function saysOneName({ name, external }: z.output<typeof network>): boolean {
  if (typeof external !== 'object' || external.name === undefined) return true;
  return name === undefined || name === external.name;
}

const vlan = z
  .strictObject(
    {
      parent: text.describe('The link that carries the VLAN.'),
      id: whole(1, 4094).describe('The 802.1Q id.'),
      mtu: linkMtu.exactOptional().describe('The MTU of the link; the parent’s when not given.'),
      hosts: onHosts({ parent: text.exactOptional(), mtu: linkMtu.exactOptional() }).exactOptional(),
    },
    'a mapping with parent and id',
  )
  .describe('A VLAN link of the host.');

export const specSchema = z.strictObject(
  {
    name: z
      .string('text')
      .regex(STACK_NAME.pattern, STACK_NAME.told)
      .describe('The stack: the name under which netctl owns what it makes.'),
    networks: z
      .record(
        z.string(),
        network
          .refine(saysOneName, { path: ['external', 'name'], error: 'the same as name' })
          .nullable()
          .transform((value) => plainExternal(value ?? {})),
        'a mapping of names to networks',
      )
      .nullish()
      .transform((value) => value ?? {})
      .describe('The networks, by name.'),
    vlans: z
      .record(z.string(), vlan, 'a mapping of link names to VLANs')
      .nullish()
      .transform((value) => value ?? {})
      .describe('VLAN links wanted for themselves, by link name.'),
    avoid: topList('a list of prefixes').describe(
      'Prefixes in use that this host cannot see, such as an office LAN or a VPN.',
    ),
    ignore: topList('a list of problem codes').describe('Warnings and refusals that you know better about, by code.'),
    containers: z
      .record(z.string(), container, 'a mapping of names to containers')
      .nullish()
      .transform((value) => value ?? {})
      .describe('Existing containers and the networks that they are to be on, by container name or id.'),
    hosts,
    swarm: swarm.exactOptional(),
    discovery: discovery.exactOptional(),
    // Only of a Compose file, which is no other kind of spec than by this.
    services: z.record(z.string(), service).exactOptional().describe('What Compose puts on the networks.'),
  },
  'a mapping with name and networks',
);

export type Spec = z.output<typeof specSchema>;
export type NetworkSpec = Spec['networks'][string];
export type VlanSpec = Spec['vlans'][string];
export type ContainerSpec = Spec['containers'][string];
export type IpamConfigSpec = z.output<typeof ipamConfig>;

/** The keys of a network, for suggestions. */
export const NETWORK_KEYS: readonly string[] = Object.keys(network.shape);

/** Those that it may have otherwise on one of its hosts. */
export const NETWORK_KEYS_OTHERWISE: readonly string[] = Object.keys(OTHERWISE);
