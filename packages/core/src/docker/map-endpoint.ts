import { canonicalAddress } from '../addresses/text.js';
import { compareVersions } from '../versions.js';
import { hasProcess } from '../endpoints.js';
import type { Endpoint, EndpointConfig, EndpointState } from '../endpoints.js';
import type { ApiContainerDetails, ApiEndpoint } from './api.js';

/** A network by which a container may be known on it: one that never ran knows the name alone. */
export interface NetworkName {
  readonly id: string;
  readonly name: string;
}

/** Docker's word for what it does; empty where the engine says nothing. */
export function statusOf({ State }: ApiContainerDetails): string {
  return State?.Status ?? '';
}

/**
 * The entry of a container for a network, and undefined when it is not on it. One that never ran since it was connected
 * knows the network by name alone; one that runs may keep an entry of a connect that failed, without an endpoint.
 */
export function endpointOn(container: ApiContainerDetails, { id, name }: NetworkName): ApiEndpoint | undefined {
  const entries = Object.entries(container.NetworkSettings?.Networks ?? {});
  const runs = hasProcess(statusOf(container));
  const found = entries.find(([key, endpoint]) => {
    const known = endpoint?.NetworkID ?? '';
    if (runs) return known === id && (endpoint?.EndpointID ?? '') !== '';
    return known === id || (known === '' && (key === name || key === id));
  });
  return found?.[1] ?? undefined;
}

export function toEndpoint(
  container: ApiContainerDetails,
  entry: ApiEndpoint,
  network: NetworkName,
  engineVersion: string,
): Endpoint {
  const mode = container.HostConfig?.NetworkMode ?? '';
  const mac = userMac(container, entry, mode === network.name || mode === network.id, engineVersion);
  return {
    container: container.Id ?? '',
    name: (container.Name ?? container.Id ?? '').replace(/^\//, ''),
    state: container.State?.Status ?? 'unknown',
    ...(['', 'no'].includes(container.HostConfig?.RestartPolicy?.Name ?? '') ? {} : { restarts: true }),
    config: { ...toConfig(container, entry), ...(mac === undefined ? {} : { mac }) },
    has: toState(container, entry),
    mode,
  };
}

/**
 * What the user asked for, but for the MAC. Engines up to 24 add the short id of the container to its aliases, and newer
 * ones show it there to an older API; another container would inherit it.
 */
export function toConfig(container: ApiContainerDetails, entry: ApiEndpoint): EndpointConfig {
  const ipam = entry.IPAMConfig ?? {};
  const short = (container.Id ?? '').slice(0, 12);
  const aliases = (entry.Aliases ?? []).filter((alias) => alias !== short);
  const links = entry.Links ?? [];
  const linkLocal = ipam.LinkLocalIPs ?? [];
  const driverOpts = entry.DriverOpts ?? {};
  return {
    ...(hasText(ipam.IPv4Address) ? { ipv4: canonicalAddress(ipam.IPv4Address) } : {}),
    ...(hasText(ipam.IPv6Address) ? { ipv6: canonicalAddress(ipam.IPv6Address) } : {}),
    ...(linkLocal.length === 0 ? {} : { linkLocal }),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(links.length === 0 ? {} : { links }),
    ...(Object.keys(driverOpts).length === 0 ? {} : { driverOpts }),
    ...(entry.GwPriority === undefined || entry.GwPriority === 0 ? {} : { gwPriority: entry.GwPriority }),
  };
}

/**
 * A MAC that the user chose, as far as an engine tells (measured on 20.10, 26.1 and 28.5). The container's own is that of
 * the network it was made on, and from 25 on stays there when it was lost; a MAC of another network is known by not being
 * one that the engine makes: up to 27 those are `02:42` and the IPv4 address, later ones are random.
 */
function userMac(
  container: ApiContainerDetails,
  { MacAddress: has = '', IPAddress: address = '' }: ApiEndpoint,
  isHome: boolean,
  engineVersion: string,
): string | undefined {
  const chosen = container.Config?.MacAddress ?? '';
  const status = statusOf(container);
  const isOld = compareVersions(engineVersion, '25.0') < 0;
  if (!hasProcess(status)) {
    if (isHome && chosen !== '') return chosen;
    return status === 'created' && has !== '' && !isOld ? has : undefined;
  }
  if (isHome && chosen !== '') return chosen === has ? has : undefined;
  if (isOld || has === '') return undefined;
  const derived = has === `02:42:${address.split('.').map(hex).join(':')}`;
  if (compareVersions(engineVersion, '28.0') < 0) return derived ? undefined : has;
  const isLocal = (Number.parseInt(has.slice(0, 2), 16) & 2) !== 0;
  return isLocal ? undefined : has;
}

function hex(part: string): string {
  return Number(part).toString(16).padStart(2, '0');
}

export function toState(container: ApiContainerDetails, entry: ApiEndpoint): EndpointState {
  const ports = Object.entries(container.NetworkSettings?.Ports ?? {}).flatMap(([port, bindings]) => {
    const at = (bindings ?? []).map(({ HostIp = '', HostPort = '' }) => `${HostIp}:${HostPort}`).sort();
    return at.length === 0 ? [] : [[port, at.join(' ')] as const];
  });
  return {
    ...(hasText(entry.IPAddress) ? { ipv4: entry.IPAddress } : {}),
    ...(hasText(entry.GlobalIPv6Address) ? { ipv6: canonicalAddress(entry.GlobalIPv6Address) } : {}),
    ...(hasText(entry.MacAddress) ? { mac: entry.MacAddress } : {}),
    ...(ports.length === 0 ? {} : { ports: Object.fromEntries(ports) }),
  };
}

/** The body of `POST /networks/<id>/connect`. */
export function toConnectBody(container: string, config: EndpointConfig): object {
  const { ipv4, ipv6, linkLocal, aliases, links, driverOpts, mac, gwPriority } = config;
  const ipam = {
    ...(ipv4 === undefined ? {} : { IPv4Address: ipv4 }),
    ...(ipv6 === undefined ? {} : { IPv6Address: ipv6 }),
    ...(linkLocal === undefined ? {} : { LinkLocalIPs: linkLocal }),
  };
  return {
    Container: container,
    EndpointConfig: {
      ...(Object.keys(ipam).length === 0 ? {} : { IPAMConfig: ipam }),
      ...(aliases === undefined ? {} : { Aliases: aliases }),
      ...(links === undefined ? {} : { Links: links }),
      ...(driverOpts === undefined ? {} : { DriverOpts: driverOpts }),
      ...(mac === undefined ? {} : { MacAddress: mac }),
      ...(gwPriority === undefined ? {} : { GwPriority: gwPriority }),
    },
  };
}

function hasText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
