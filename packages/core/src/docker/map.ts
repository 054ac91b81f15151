import { canonicalAddress, canonicalPrefix } from '../addresses/text.js';
import type { FoundContainer } from '../endpoints.js';
import type { EngineFacts, FoundNetwork, Holder, IpamEntry, NetworkProps } from '../model.js';
import type { ApiContainer, ApiInfo, ApiIpamEntry, ApiNetwork, ApiService } from './api.js';
import { readAdded, readAsked, readOwner, withoutMarks } from './labels.js';
import { toSwarmFacts } from './map-swarm.js';

export function toEngineFacts(info: ApiInfo, apiVersion: string): EngineFacts {
  return {
    id: info.ID ?? '',
    name: info.Name ?? '',
    version: (info.ServerVersion ?? '').replace(/[+~-].*$/, ''),
    apiVersion,
    operatingSystem: info.OperatingSystem ?? '',
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
    swarm: toSwarmFacts(info),
  };
}

/**
 * Empty values differ from engine to engine (`{}`, `null`, `[]`, absent) and are made one here, addresses get their
 * canonical text, and what an engine adds by itself to an overlay is left out.
 */
export function toNetworkProps(network: ApiNetwork): NetworkProps {
  const options = { ...network.Options };
  const ipamOptions = { ...network.IPAM?.Options };
  delete ipamOptions['com.docker.network.ipam.serial'];
  const ipamDriver = network.IPAM?.Driver ?? '';
  const configFrom = network.ConfigFrom?.Network ?? '';
  return {
    driver: network.Driver ?? '',
    scope: network.Scope ?? 'local',
    internal: network.Internal === true,
    attachable: network.Attachable === true,
    ingress: network.Ingress === true,
    enableIPv4: network.EnableIPv4 !== false,
    enableIPv6: network.EnableIPv6 === true,
    configOnly: network.ConfigOnly === true,
    ...(configFrom === '' ? {} : { configFrom }),
    ipam: {
      ...(ipamDriver === '' ? {} : { driver: ipamDriver }),
      options: ipamOptions,
      config: (network.IPAM?.Config ?? []).map(toIpamEntry),
    },
    options,
    labels: withoutMarks(network.Labels ?? {}),
  };
}

function toIpamEntry(entry: ApiIpamEntry): IpamEntry {
  const aux = Object.entries(entry.AuxiliaryAddresses ?? {});
  return {
    ...(hasText(entry.Subnet) ? { subnet: canonicalPrefix(entry.Subnet) } : {}),
    ...(hasText(entry.IPRange) ? { ipRange: canonicalPrefix(entry.IPRange) } : {}),
    // Engines up to 27 give an IPv6 gateway that they chose with the length of its subnet.
    ...(hasText(entry.Gateway) ? { gateway: canonicalAddress(entry.Gateway.replace(/\/\d+$/, '')) } : {}),
    ...(aux.length === 0
      ? {}
      : { auxAddresses: Object.fromEntries(aux.map(([name, address]) => [name, canonicalAddress(address)])) }),
  };
}

export function toFoundNetwork(network: ApiNetwork, holders: readonly Holder[]): FoundNetwork {
  const labels = network.Labels ?? {};
  const owner = readOwner(labels);
  const asked = readAsked(labels);
  const added = readAdded(labels);
  return {
    id: network.Id ?? '',
    name: network.Name ?? '',
    props: toNetworkProps(network),
    ...(owner === undefined ? {} : { owner }),
    ...(asked === undefined ? {} : { asked }),
    ...(Object.keys(added).length === 0 ? {} : { added }),
    holders,
  };
}

/**
 * Who holds a network: containers in any state, which the network's own inspect does not list, and services. A
 * container that never ran knows the network by name alone.
 */
export function holdersOf(
  network: ApiNetwork,
  containers: readonly ApiContainer[],
  services: readonly ApiService[],
): readonly Holder[] {
  const holders: Holder[] = [];
  for (const container of containers) {
    for (const [name, endpoint] of Object.entries(container.NetworkSettings?.Networks ?? {})) {
      const id = endpoint?.NetworkID ?? '';
      if (id === network.Id || (id === '' && (name === network.Name || name === network.Id))) {
        holders.push({
          type: 'container',
          id: container.Id ?? '',
          name: (container.Names?.[0] ?? container.Id ?? '').replace(/^\//, ''),
          state: container.State ?? 'unknown',
          ...(hasText(endpoint?.IPAddress) ? { ipv4: endpoint.IPAddress } : {}),
          ...(hasText(endpoint?.GlobalIPv6Address) ? { ipv6: endpoint.GlobalIPv6Address } : {}),
        });
      }
    }
  }
  for (const service of services) {
    const targets = [...(service.Spec?.TaskTemplate?.Networks ?? []), ...(service.Spec?.Networks ?? [])];
    if (targets.some(({ Target }) => Target !== undefined && (Target === network.Id || Target === network.Name))) {
      holders.push({ type: 'service', id: service.ID ?? '', name: service.Spec?.Name ?? '', state: 'service' });
    }
  }
  return holders.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function toFoundContainer({ Id = '', Names, State, Labels, HostConfig }: ApiContainer): FoundContainer {
  return {
    id: Id,
    name: (Names?.[0] ?? Id).replace(/^\//, ''),
    state: State ?? 'unknown',
    mode: HostConfig?.NetworkMode ?? '',
    labels: Labels ?? {},
  };
}

/** The body of `POST /networks/create`. */
export function toCreateBody(name: string, props: NetworkProps, labels: Readonly<Record<string, string>>): object {
  const configured = props.configFrom === undefined;
  return {
    Name: name,
    // Engines up to 24 make a second network of the same name without it; later ones ignore it.
    CheckDuplicate: true,
    Driver: props.driver,
    ...(props.scope === undefined ? {} : { Scope: props.scope }),
    ...(props.internal === undefined ? {} : { Internal: props.internal }),
    ...(props.attachable === undefined ? {} : { Attachable: props.attachable }),
    ...(props.ingress === undefined ? {} : { Ingress: props.ingress }),
    ...(props.enableIPv4 === undefined ? {} : { EnableIPv4: props.enableIPv4 }),
    ...(props.enableIPv6 === undefined ? {} : { EnableIPv6: props.enableIPv6 }),
    ...(props.configOnly === true ? { ConfigOnly: true } : {}),
    ...(props.configFrom === undefined ? {} : { ConfigFrom: { Network: props.configFrom } }),
    // A network made from a configuration may carry nothing of its own, labels included.
    ...(configured
      ? {
          IPAM: {
            Driver: props.ipam.driver ?? 'default',
            ...(props.ipam.options === undefined ? {} : { Options: props.ipam.options }),
            Config: props.ipam.config.map(toApiIpamEntry),
          },
          Options: props.options,
          Labels: { ...props.labels, ...labels },
        }
      : {}),
  };
}

function toApiIpamEntry(entry: IpamEntry): ApiIpamEntry {
  return {
    ...(entry.subnet === undefined ? {} : { Subnet: entry.subnet }),
    ...(entry.ipRange === undefined ? {} : { IPRange: entry.ipRange }),
    ...(entry.gateway === undefined ? {} : { Gateway: entry.gateway }),
    ...(entry.auxAddresses === undefined ? {} : { AuxiliaryAddresses: { ...entry.auxAddresses } }),
  };
}

function hasText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** swarmkit, identity: 25 digits of base 36, where an engine's own networks have 64 of base 16. */
export const SWARM_ID = /^[0-9a-z]{25}$/;

/**
 * Networks of the swarm that a worker does not list, since nobody on it runs on them: a container that does not run holds
 * its network all the same. One that was connected since it ran last knows the name alone.
 */
export function hiddenNetworks(
  containers: readonly ApiContainer[],
  listed: readonly ApiNetwork[],
): readonly FoundNetwork[] {
  const names = new Set(listed.map(({ Name }) => Name));
  const ids = new Set(listed.map(({ Id }) => Id));
  const hidden = new Map<string, string>();
  for (const { NetworkSettings } of containers) {
    for (const [name, endpoint] of Object.entries(NetworkSettings?.Networks ?? {})) {
      const id = endpoint?.NetworkID ?? '';
      if (id === '' ? !names.has(name) : SWARM_ID.test(id) && !ids.has(id)) hidden.set(id || hiddenId(name), name);
    }
  }
  return [...hidden]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, name]) => ({
      ...toFoundNetwork({ Driver: 'overlay', Scope: 'swarm' }, []),
      id,
      name,
      hidden: true,
      holders: holdersOf({ Id: id, Name: name }, containers, []),
    }));
}

/** What stands for the id of a network that only its name is known of. */
export function hiddenId(name: string): string {
  return `name:${name}`;
}
