import type { NetworkAddresses } from '../addresses/plan.js';
import { isAuto } from '../addresses/auto.js';
import { askedIpam } from '../addresses/ipam.js';
import { kindOf } from '../kinds/index.js';
import type { HostFacts, HostName, IpamEntry, NetworkProps, NetworkResource, Ref } from '../model.js';
import { formatPath } from '../spec/path.js';
import type { NetworkSpec } from '../spec/schema.js';

export interface NetworkInput {
  readonly key: string;
  readonly spec: NetworkSpec;
  readonly host: HostName;
  readonly facts: HostFacts;
  readonly parent?: string;
  readonly requires: readonly Ref[];
  readonly addresses: NetworkAddresses;
}

/** What the spec asks of one network, in the engine's terms and in canonical form. `config`: where it is known already. */
export function askedProps(
  spec: NetworkSpec,
  parent: string | undefined,
  config: readonly IpamEntry[] = askedIpam(spec),
): NetworkProps {
  const driver = spec.driver ?? 'bridge';
  const kind = kindOf(driver);
  const ipamOptions = spec.ipam?.options ?? {};
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
      ...(Object.keys(ipamOptions).length === 0 ? {} : { options: ipamOptions }),
      config,
    },
    options: { ...spec.driver_opts, ...kind.options(spec, parent) },
    labels: spec.labels ?? {},
  };
}

export function resolveNetwork(input: NetworkInput): NetworkResource {
  const { key, spec, host, facts, parent, addresses } = input;
  const asked = askedProps(spec, parent, addresses.asked);
  const kind = kindOf(asked.driver);
  return {
    type: 'network',
    host,
    ref: `network:${key}`,
    path: formatPath(['networks', spec.configures ?? key]),
    name: spec.name ?? key,
    requires: input.requires,
    why: 'it is not there yet',
    asked,
    props: {
      ...asked,
      ipam: { ...asked.ipam, config: addresses.entries },
      options: { ...kind.derivedOptions(spec, facts), ...asked.options },
    },
    autoSubnet: isAuto(spec.subnet),
  };
}
