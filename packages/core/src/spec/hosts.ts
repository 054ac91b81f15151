import { formatPrefix } from '../addresses/prefix.js';
import { parseRange } from '../addresses/range.js';
import { sliceOf } from '../addresses/slices.js';
import type { HostName } from '../model.js';
import { formatPath, parsePath } from './path.js';
import type { Segment } from './path.js';
import type { ContainerSpec, NetworkSpec, Spec, VlanSpec } from './schema.js';
import { configurationKey, configurationOf, isSwarmLan, networkOfSwarm } from './swarm-lan.js';
import type { SwarmSpec } from './swarm-schema.js';

/** The engine's own names for what `swarm.gwbridge` and `swarm.ingress` are about. */
export const GWBRIDGE = 'docker_gwbridge';
export const INGRESS = 'ingress';

/** The name of the host where the spec has no `hosts:`. */
export const LOCAL: HostName = 'local';

/** Whether it has `hosts:`, if only one. */
export function namesHosts({ hosts }: Pick<Spec, 'hosts'>): boolean {
  return Object.keys(hosts).length > 0;
}

/** The hosts of a spec, in the order of the file. */
export function hostsOf({ hosts }: Pick<Spec, 'hosts'>): readonly HostName[] {
  const names = Object.keys(hosts);
  return names.length === 0 ? [LOCAL] : names;
}

/** The host by which the networks of the whole swarm are made and removed; the others only see them. */
export function swarmHostOf({ hosts, swarm }: Pick<Spec, 'hosts' | 'swarm'>): HostName {
  return swarm?.managers?.[0] ?? hostsOf({ hosts })[0] ?? LOCAL;
}

/** The hosts that are to be in the swarm, managers first, in the order of the file. */
export function swarmHostsOf({ hosts, swarm }: Pick<Spec, 'hosts' | 'swarm'>): readonly HostName[] {
  if (swarm === undefined) return [];
  const { managers, workers = [] } = swarm;
  return [...(managers ?? hostsOf({ hosts }).slice(0, 1)), ...workers];
}

/** The spec with another one of its hosts as the host of the networks of the swarm. */
export function withSwarmHost(spec: Spec, host: HostName): Spec {
  const { swarm } = spec;
  if (swarm?.managers === undefined || swarmHostOf(spec) === host) return spec;
  const { managers, workers = [] } = swarm;
  const others = (hosts: readonly HostName[]): HostName[] => hosts.filter((one) => one !== host);
  return { ...spec, swarm: { ...swarm, managers: [host, ...others(managers)], workers: others(workers) } };
}

/** The hosts that a network or a VLAN is on, in the order in which slices are handed out. */
export function placesOf(thing: NetworkSpec | VlanSpec, spec: Spec): readonly HostName[] {
  if (thing.hosts !== undefined && (!isOfSwarm(thing) || isSwarmLan(thing))) return Object.keys(thing.hosts);
  return isOfSwarm(thing) && spec.swarm !== undefined ? swarmHostsOf(spec) : hostsOf(spec);
}

/** Planning asks for the same view several times, and what is remembered of a spec is remembered by its parts. */
const views = new WeakMap<Spec, Map<HostName, Spec>>();

/**
 * What a spec means on one host, as a spec for one host: what is not there is gone, what is otherwise there is in place, and
 * a range that is split is the host's slice. The whole spec where it has no `hosts:`.
 */
export function specOn(spec: Spec, host: HostName): Spec {
  if (!namesHosts(spec) && spec.swarm === undefined) return spec;
  const known = views.get(spec) ?? new Map<HostName, Spec>();
  views.set(spec, known);
  const view = known.get(host) ?? viewOf(spec, host);
  known.set(host, view);
  return view;
}

function viewOf(whole: Spec, host: HostName): Spec {
  const spec = withSwarmNetworks(whole, host);
  const networks = {
    ...configurationsOn(spec, host),
    ...mapEntries(spec.networks, (network, key) => networkOn(key, network, spec, host)),
  };
  const vlans = mapEntries(spec.vlans, ({ hosts, ...vlan }) => {
    if (hosts === undefined) return vlan;
    const otherwise = hosts[host];
    return otherwise === undefined ? undefined : { ...vlan, ...otherwise };
  });
  // One that is nowhere in the file is no network of another host, and is told of.
  const isAbsent = (key: string): boolean => {
    const network = own(spec.networks, key);
    // It can be made by way of a host that it is not on.
    const isElsewhere = network !== undefined && isSwarmLan(network) && !placesOf(network, spec).includes(host);
    return isElsewhere || (network !== undefined && !Object.hasOwn(networks, key));
  };
  return {
    ...spec,
    hosts: {},
    networks: mapEntries(networks, (network) => withoutAbsent(network, isAbsent)),
    vlans,
    containers: mapEntries(spec.containers, (container) => containerOn(container, isAbsent, host, spec)),
  };
}

/** The networks that `swarm:` speaks of, as networks like others. */
function withSwarmNetworks(spec: Spec, host: HostName): Spec {
  const { swarm, networks } = spec;
  if (swarm === undefined) return spec;
  const { gwbridge, ingress } = swarm;
  return {
    ...spec,
    networks: {
      ...(gwbridge === undefined || !swarmHostsOf(spec).includes(host) ? {} : { [GWBRIDGE]: gwbridgeOf(gwbridge) }),
      ...(ingress === undefined || host !== swarmHostOf(spec)
        ? {}
        : { [INGRESS]: { driver: 'overlay', ingress: true, ...ingress } }),
      ...networks,
    },
  };
}

/** As the engine makes it where nobody has (moby, daemon/daemon_unix.go and libnetwork), but for what the spec says. */
function gwbridgeOf({ driver_opts, ...rest }: NonNullable<SwarmSpec['gwbridge']>): NetworkSpec {
  return {
    driver: 'bridge',
    ...rest,
    driver_opts: {
      'com.docker.network.bridge.name': GWBRIDGE,
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'true',
      ...driver_opts,
    },
  };
}

/** What a host has of the macvlan and ipvlan networks of the swarm by itself. */
function configurationsOn(spec: Spec, host: HostName): Record<string, NetworkSpec> {
  return Object.fromEntries(
    Object.entries(spec.networks).flatMap(([key, network]) => {
      const places = placesOf(network, spec);
      if (!isSwarmLan(network) || !places.includes(host)) return [];
      return [[configurationKey(key), configurationOf(key, withOtherwise(network, places, host))]];
    }),
  );
}

function networkOn(key: string, network: NetworkSpec, spec: Spec, host: HostName): NetworkSpec | undefined {
  const places = placesOf(network, spec);
  const isMaker = isOfSwarm(network) && host === swarmHostOf(spec);
  if (isMaker && isSwarmLan(network)) return networkOfSwarm(key, network);
  if (!places.includes(host)) return undefined;
  // Another host makes it, and it is there for those that are in the swarm.
  if (isOfSwarm(network) && !isMaker) return { external: true, name: network.name ?? key };
  return withOtherwise(network, places, host);
}

function withOtherwise(network: NetworkSpec, places: readonly HostName[], host: HostName): NetworkSpec {
  const { hosts = {}, ...rest } = network;
  const otherwise = hosts[host] ?? {};
  const sliced = otherwise.ip_range === undefined ? sliceFor(network, places, host) : undefined;
  return {
    ...rest,
    ...(sliced === undefined ? {} : { ip_range: sliced }),
    ...otherwise,
    ...merged('driver_opts', rest.driver_opts, otherwise.driver_opts),
    ...merged('reserve', rest.reserve, otherwise.reserve),
  };
}

/** Whether a network exists in the whole swarm. */
export function isOfSwarm(network: NetworkSpec | VlanSpec): boolean {
  return ('driver' in network && network.driver === 'overlay') || ('scope' in network && network.scope === 'swarm');
}

/** A host with a range of its own keeps its place, so that no other gets another slice by that. */
function sliceFor(
  { ip_range: written, split }: NetworkSpec,
  places: readonly HostName[],
  host: HostName,
): string | undefined {
  const range = written === undefined ? undefined : parseRange(written);
  const slice = range && split !== undefined ? sliceOf(range, split, places.indexOf(host)) : undefined;
  return slice && formatPrefix(slice);
}

function merged<Key extends string>(
  key: Key,
  base: Readonly<Record<string, string>> | undefined,
  otherwise: Readonly<Record<string, string>> | undefined,
): Partial<Record<Key, Record<string, string>>> {
  if (base === undefined || otherwise === undefined) return {};
  return { [key]: { ...base, ...otherwise } } as Record<Key, Record<string, string>>;
}

/** A network cannot be compared with one that the host does not have. */
function withoutAbsent(network: NetworkSpec, isAbsent: (key: string) => boolean): NetworkSpec {
  if (network.isolated_from === undefined) return network;
  return { ...network, isolated_from: network.isolated_from.filter((key) => !isAbsent(key)) };
}

function containerOn(
  { host: named, ...container }: ContainerSpec,
  isAbsent: (key: string) => boolean,
  host: HostName,
  spec: Spec,
): ContainerSpec | undefined {
  if (named !== undefined && named !== host) return elsewhereOn({ host: named, ...container }, host, spec);
  const networks = Object.fromEntries(Object.entries(container.networks).filter(([key]) => !isAbsent(key)));
  const isElsewhere = Object.keys(networks).length === 0 && Object.keys(container.networks).length > 0;
  return isElsewhere ? undefined : { ...container, networks };
}

/**
 * A container of another host, for the host that makes the networks of the swarm: each of those is one network, and what
 * anybody is to have of it counts.
 */
function elsewhereOn(container: ContainerSpec, host: HostName, spec: Spec): ContainerSpec | undefined {
  if (host !== swarmHostOf(spec)) return undefined;
  const places = Object.entries(container.networks).filter(
    ([key]) => Object.hasOwn(spec.networks, key) && isOfSwarm(spec.networks[key] ?? {}),
  );
  return places.length === 0 ? undefined : { ...container, networks: Object.fromEntries(places) };
}

/** Where what a problem of one host's view is about is written in the file. */
export function pathOn(spec: Spec, host: HostName, path: string): string {
  const segments = parsePath(path);
  const [top, key, field, part] = segments;
  const isSaid = top !== 'networks' || spec.swarm === undefined || Object.hasOwn(spec.networks, String(key));
  if (!isSaid && (key === GWBRIDGE || key === INGRESS)) {
    return formatPath(['swarm', key === INGRESS ? 'ingress' : 'gwbridge', ...segments.slice(2)]);
  }
  if ((top !== 'networks' && top !== 'vlans') || typeof key !== 'string' || typeof field !== 'string') return path;
  const whole = Object.hasOwn(spec[top], key) ? spec[top][key] : undefined;
  const otherwise = own<Readonly<Record<string, unknown>>>(whole?.hosts ?? {}, host);
  const there = own(otherwise ?? {}, field);
  if (there === undefined) return path;
  // Of what is merged each part is written in one place or in the other.
  const isMerged = field === 'driver_opts' || field === 'reserve';
  if (isMerged && part !== undefined && own(there as Readonly<Record<string, unknown>>, String(part)) === undefined) {
    return path;
  }
  const inserted: readonly Segment[] = [top, key, 'hosts', host, ...segments.slice(2)];
  return formatPath(inserted);
}

/** The inverse of `pathOn`: what a place in the file is in the view of a host. */
export function pathIn(spec: Spec, host: HostName, path: string): string {
  const [top, key, field, named, ...rest] = parsePath(path);
  const many = (top === 'networks' || top === 'vlans') && field === 'hosts';
  if (!many || key === undefined || named !== host || !namesHosts(spec)) return path;
  return formatPath([top, key, ...rest]);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function mapEntries<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U | undefined,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const changed = change(value, key);
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
}
