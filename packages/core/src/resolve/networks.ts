import { freeSubnet, prefixesInUse } from '../addresses/auto.js';
import { askedIpam, reservations, withReservations } from '../addresses/ipam.js';
import type { Reservation } from '../addresses/ipam.js';
import { formatPrefix, overlaps, parseAddress } from '../addresses/prefix.js';
import type { Prefix } from '../addresses/prefix.js';
import { kindOf } from '../kinds/index.js';
import { subnetsOf } from '../kinds/overlap.js';
import type { HostFacts, HostName, IpamEntry, NetworkProps, NetworkResource, Ref } from '../model.js';
import { formatPath } from '../spec/path.js';
import type { NetworkSpec } from '../spec/schema.js';
import { compareVersions } from '../versions.js';
import { shimAddresses } from './shims.js';

export interface NetworkInput {
  readonly key: string;
  readonly spec: NetworkSpec;
  readonly stack: string;
  readonly host: HostName;
  readonly facts: HostFacts;
  readonly parent?: string;
  readonly requires: readonly Ref[];
  /** Prefixes that other networks of the same spec take. */
  readonly taken: readonly Prefix[];
}

/** What the spec asks of one network, in the engine's terms and in canonical form. */
export function askedProps(spec: NetworkSpec, parent: string | undefined): NetworkProps {
  const driver = spec.driver ?? 'bridge';
  const kind = kindOf(driver);
  const ipamOptions = spec.ipam?.options;
  return {
    driver,
    ...(spec.scope === undefined ? {} : { scope: spec.scope }),
    ...(spec.internal === undefined ? {} : { internal: spec.internal }),
    ...(spec.attachable === undefined ? {} : { attachable: spec.attachable }),
    ...(spec.ingress === undefined ? {} : { ingress: spec.ingress }),
    ...(spec.enable_ipv4 === undefined ? {} : { enableIPv4: spec.enable_ipv4 }),
    ...(spec.enable_ipv6 === undefined ? {} : { enableIPv6: spec.enable_ipv6 }),
    ...(spec.config_only === undefined ? {} : { configOnly: spec.config_only }),
    ...(spec.config_from === undefined ? {} : { configFrom: spec.config_from }),
    ipam: {
      ...(spec.ipam?.driver === undefined ? {} : { driver: spec.ipam.driver }),
      ...(ipamOptions === undefined ? {} : { options: ipamOptions }),
      config: askedIpam(spec),
    },
    options: { ...spec.driver_opts, ...kind.options(spec, parent) },
    labels: spec.labels ?? {},
  };
}

export function resolveNetwork(input: NetworkInput): NetworkResource {
  const { key, spec, host, facts, parent } = input;
  const asked = askedProps(spec, parent);
  const kind = kindOf(asked.driver);
  const config = spec.subnet === 'auto' ? [...autoEntry(input), ...asked.ipam.config] : asked.ipam.config;
  const entries =
    kind.reserves && asked.configFrom === undefined
      ? withReservations(config, wantedReservations(input, asked, config), inventsGateway(asked, facts))
      : config;
  return {
    type: 'network',
    host,
    ref: `network:${key}`,
    path: formatPath(['networks', key]),
    name: spec.name ?? key,
    requires: input.requires,
    why: 'it is not there yet',
    asked,
    props: {
      ...asked,
      ipam: { ...asked.ipam, config: entries },
      options: { ...kind.derivedOptions(spec, facts), ...asked.options },
    },
    autoSubnet: spec.subnet === 'auto',
  };
}

/**
 * The subnet that the network has already, else the first that is free: once chosen it stays, unless the spec gives it to
 * another network now.
 */
function autoEntry({ key, stack, facts, taken }: NetworkInput): readonly IpamEntry[] {
  const mine = facts.networks.find(({ owner }) => owner?.stack === stack && owner.ref === `network:${key}`);
  const kept = mine === undefined ? undefined : subnetsOf(mine).find(({ family }) => family === 4);
  const stays = kept !== undefined && !taken.some((other) => overlaps(other, kept));
  const subnet = stays ? kept : freeSubnet([...prefixesInUse(facts), ...taken]);
  return subnet === undefined ? [] : [{ subnet: formatPrefix(subnet) }];
}

function wantedReservations(
  input: NetworkInput,
  asked: NetworkProps,
  entries: readonly IpamEntry[],
): readonly Reservation[] {
  const { spec, facts, parent } = input;
  const own = facts.links?.links.find(({ name }) => name === parent)?.addresses ?? [];
  const hostAddresses = own.flatMap(({ address }) => parseAddress(address) ?? []);
  return [
    ...shimAddresses(spec, asked.ipam.config).map((address, index) => ({
      name: numbered('netctl-shim', index),
      address,
    })),
    // The host's own address is on the same wire as the containers'.
    ...hostAddresses.map((address, index) => ({ name: numbered('netctl-host', index), address })),
    ...reservations(spec, entries),
  ];
}

function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}

/** Engines up to 28 take a gateway address for every network without one; 29 does so for bridges alone. */
function inventsGateway(asked: NetworkProps, facts: HostFacts): boolean {
  return asked.driver === 'bridge' || compareVersions(facts.engine.version, '29.0') < 0;
}
