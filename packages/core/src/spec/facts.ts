import { impliedGateway } from '../addresses/ipam.js';
import type { Address, Family, Prefix } from '../addresses/prefix.js';
import { parseAddress, parsePrefix } from '../addresses/prefix.js';
import { parseRange } from '../addresses/range.js';
import type { AddressRange } from '../addresses/range.js';
import { groupBy } from '../group-by.js';
import { remembered } from '../remembered.js';
import { attachmentsByNetwork } from './containers.js';
import type { AttachmentFacts } from './containers.js';
import { isOfSwarm } from './hosts.js';
import { isBuiltin } from './options.js';
import { formatPath } from './path.js';
import type { Segment } from './path.js';
import type { IpamConfigSpec, NetworkSpec, Spec } from './schema.js';

/** An address that has a name in the file. */
export interface NamedAddress {
  readonly name: string;
  readonly path: string;
  readonly address: Address;
}

/** One pool of a network, from the shorthand or from `ipam.config`; what could not be read is left out. */
export interface Pool {
  /** Where its subnet, gateway and ip_range are written. */
  readonly at: readonly Segment[];
  readonly written: Pick<IpamConfigSpec, 'subnet' | 'gateway' | 'ip_range'>;
  readonly subnet?: Prefix;
  readonly gateway?: Address;
  readonly range?: AddressRange;
  readonly aux: readonly NamedAddress[];
}

/** A network of the spec with what follows from its own words, so that each rule can say only what it is about. */
export interface NetworkFacts {
  readonly key: string;
  readonly spec: NetworkSpec;
  /** The place of a key of this network, for problems. */
  readonly path: (...segments: readonly Segment[]) => string;
  readonly name: string;
  readonly driver: string;
  readonly builtin: boolean;
  /** macvlan or ipvlan: containers with addresses of the LAN. */
  readonly lan: boolean;
  /** Exists in the whole swarm. */
  readonly swarm: boolean;
  readonly external: boolean;
  readonly parent?: string;
  readonly parentPath: string;
  readonly mode?: string;
  /** The link under the containers: the parent, or the VLAN link made on it. */
  readonly wire?: string;
  readonly pools: readonly Pool[];
  /** What containers of the spec want of it. */
  readonly attachments: readonly AttachmentFacts[];
  /** The addresses that they ask for. */
  readonly statics: readonly NamedAddress[];
}

/**
 * The link that `vlan:` means: the one of `vlans:` with this parent and id, or one that netctl makes. Its name has no
 * dot of its own, since Docker deletes `x.N`.
 */
export function vlanLinkName(vlans: Spec['vlans'], parent: string, id: number): string {
  return namedVlans(vlans).get(`${parent} ${id}`)?.[0] ?? `${parent}-v${id}`;
}

/** The names of the links of `vlans:`, by what they are. */
const namedVlans = remembered((vlans: Spec['vlans']) =>
  groupBy(Object.keys(vlans), (name) => {
    const { parent, id } = vlans[name] ?? {};
    return parent === undefined || id === undefined ? [] : [`${parent} ${id}`];
  }),
);

export function factsOf(spec: Spec): readonly NetworkFacts[] {
  const attachments = attachmentsByNetwork(spec);
  return Object.entries(spec.networks).map(([key, network]) =>
    networkFacts(key, network, spec.vlans, attachmentsOn(key, network, attachments)),
  );
}

/** Who is on the network that a configuration is of has its addresses, but for those of other hosts. */
function attachmentsOn(
  key: string,
  { configures }: NetworkSpec,
  all: ReadonlyMap<string, readonly AttachmentFacts[]>,
): readonly AttachmentFacts[] {
  if (configures === undefined) return all.get(key) ?? [];
  return (all.get(configures) ?? []).filter(({ container }) => container?.host === undefined);
}

function networkFacts(
  key: string,
  spec: NetworkSpec,
  vlans: Spec['vlans'],
  attachments: readonly AttachmentFacts[],
): NetworkFacts {
  const driver = spec.driver ?? 'bridge';
  const lan = driver === 'macvlan' || driver === 'ipvlan';
  const options = spec.driver_opts ?? {};
  // The file has a configuration network of the swarm in one entry with its network.
  const written = spec.configures ?? key;
  const path = (...segments: readonly Segment[]): string => formatPath(['networks', written, ...segments]);
  const given = lan ? (spec.parent ?? options['parent']) : undefined;
  // The engine takes an empty parent as none.
  const parent = given === '' ? undefined : given;
  const mode = lan ? (spec.mode ?? options[`${driver}_mode`] ?? (driver === 'macvlan' ? 'bridge' : 'l2')) : undefined;
  const wire = parent === undefined || spec.vlan === undefined ? parent : vlanLinkName(vlans, parent, spec.vlan);
  return {
    key,
    spec,
    path,
    name: spec.name ?? key,
    driver,
    builtin: isBuiltin(driver),
    lan,
    swarm: isOfSwarm(spec),
    external: spec.external === true,
    parentPath: spec.parent === undefined ? path('driver_opts', 'parent') : path('parent'),
    ...(parent === undefined ? {} : { parent }),
    ...(mode === undefined ? {} : { mode }),
    ...(wire === undefined ? {} : { wire }),
    pools: pools(written, spec),
    attachments,
    statics: attachments.flatMap((one) => one.statics),
  };
}

function pools(key: string, spec: NetworkSpec): readonly Pool[] {
  const at = ['networks', key];
  const found = (spec.ipam?.config ?? [])
    .map((config, index) => pool([...at, 'ipam', 'config', index], config))
    .filter(({ written, aux }) => Object.keys(written).length > 0 || aux.length > 0);
  const { subnet, gateway, ip_range } = spec;
  if (subnet === undefined && gateway === undefined && ip_range === undefined) return found;
  const config = {
    ...(subnet === undefined ? {} : { subnet }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(ip_range === undefined ? {} : { ip_range }),
  };
  return [pool(at, config), ...found];
}

function pool(at: readonly Segment[], config: IpamConfigSpec): Pool {
  const { aux_addresses: auxAddresses = {}, ...written } = config;
  const subnet = config.subnet === undefined ? undefined : parsePrefix(config.subnet);
  const gateway = config.gateway === undefined ? undefined : parseAddress(config.gateway);
  const range =
    config.ip_range === undefined || !/[/-]/.test(config.ip_range) ? undefined : parseRange(config.ip_range);
  const aux = Object.entries(auxAddresses).flatMap(([name, text]) => {
    const address = parseAddress(text);
    return address === undefined ? [] : [{ name, address, path: formatPath([...at, 'aux_addresses', name]) }];
  });
  return {
    at,
    written,
    aux,
    ...(subnet === undefined || subnet.hostBits ? {} : { subnet: subnet.prefix }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(range === undefined ? {} : { range }),
  };
}

/** The family of a pool, when anything in it says. */
export function familyOf(pool: Pool): Family | undefined {
  return pool.subnet?.family ?? pool.range?.family ?? pool.gateway?.family;
}

/** The gateway that is written, or that a bridge takes by itself; of other drivers, only some engines take one. */
export function gatewayOf({ driver }: NetworkFacts, { gateway, subnet, range }: Pool): Address | undefined {
  if (gateway !== undefined || driver !== 'bridge' || subnet === undefined) return gateway;
  return impliedGateway(subnet, range);
}
