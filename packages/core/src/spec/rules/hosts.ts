import { formatPrefix } from '../../addresses/prefix.js';
import { formatRange, intersection, parseRange, rangeOf } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import { countSlices, sliceOf } from '../../addresses/slices.js';
import { parseAddress } from '../../docker/address.js';
import { NetctlError } from '../../errors.js';
import type { HostName } from '../../model.js';
import type { Problem } from '../../problem.js';
import { attachmentsOf, macOf } from '../containers.js';
import { hostsOf, isOfSwarm, namesHosts, placesOf, specOn } from '../hosts.js';
import { formatPath } from '../path.js';
import type { NetworkSpec, Spec } from '../schema.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import { configurationKey, isSwarmLan } from '../swarm-lan.js';
import { error } from './rule.js';
import { swarmLanProblems } from './swarm-lans.js';
import { swarmProblems } from './swarm.js';

/** What is said of hosts, which the view of a single one does not show. */
export function hostProblems(spec: Spec): readonly Problem[] {
  return [
    ...hostsAreKnown(spec),
    ...enginesAreNamed(spec),
    ...enginesAreApart(spec),
    ...swarmIsEverywhere(spec),
    ...swarmLanProblems(spec),
    ...containersHaveAHost(spec),
    ...splitsFit(spec),
    ...swarmProblems(spec),
  ];
}

function hostsAreKnown(spec: Spec): readonly Problem[] {
  const lists = [...listsOf('networks', spec.networks), ...listsOf('vlans', spec.vlans)];
  const mentions = [
    ...lists.flatMap(({ path, hosts }) => hosts.map((host) => ({ host, path: formatPath([...path, host]) }))),
    ...Object.entries(spec.containers).flatMap(([key, { host }]) =>
      host === undefined ? [] : [{ host, path: formatPath(['containers', key, 'host']) }],
    ),
  ];
  const known = Object.keys(spec.hosts);
  // A file without hosts: has one, and its name may be said.
  const may = new Set(hostsOf(spec));
  return [
    ...lists
      .filter(({ hosts }) => hosts.length === 0)
      .map(({ path }) => {
        const at = formatPath(path);
        return error('INVALID_VALUE', at, `${at} names no host.`, 'Name one, or remove hosts: for all of them.');
      }),
    ...mentions
      .filter(({ host }) => !may.has(host))
      .map(({ host, path }) => {
        const meant = suggest(host, known);
        const hosts = known.length === 0 ? 'Add hosts: and where its engine is.' : `The hosts here are ${list(known)}.`;
        const hint = meant === undefined ? hosts : `Did you mean ${meant}?`;
        return error('UNKNOWN_HOST', path, `There is no host ${quote(host)} in this file.`, hint);
      }),
  ];
}

interface HostList {
  readonly path: readonly string[];
  readonly hosts: readonly HostName[];
}

function listsOf(top: string, things: Spec['networks'] | Spec['vlans']): readonly HostList[] {
  return Object.entries<Pick<NetworkSpec, 'hosts'>>(things).flatMap(([key, { hosts }]) =>
    hosts === undefined ? [] : [{ path: [top, key, 'hosts'], hosts: Object.keys(hosts) }],
  );
}

function enginesAreNamed({ hosts }: Spec): readonly Problem[] {
  return Object.entries(hosts).flatMap(([name, { docker }]) => {
    try {
      parseAddress(docker);
      return [];
    } catch (fault) {
      if (!(fault instanceof NetctlError)) throw fault;
      return [error('INVALID_VALUE', formatPath(['hosts', name, 'docker']), `${fault.message}.`, fault.hint)];
    }
  });
}

/** Two names of one engine would wait for one another for ever; other spellings are found when the engines answer. */
function enginesAreApart({ hosts }: Spec): readonly Problem[] {
  const first = new Map<string, string>();
  return Object.entries(hosts).flatMap(([name, { docker }]) => {
    const other = first.get(docker);
    if (other === undefined) first.set(docker, name);
    if (other === undefined) return [];
    const message = `${quote(name)} is the engine of ${quote(other)}: both are ${docker}.`;
    return [error('HOST_TWICE', formatPath(['hosts', name, 'docker']), message, 'Remove one of the two.')];
  });
}

function swarmIsEverywhere({ networks }: Spec): readonly Problem[] {
  return Object.entries(networks).flatMap(([key, network]) => {
    if (network.hosts === undefined || !isOfSwarm(network) || isSwarmLan(network)) return [];
    const path = formatPath(['networks', key, 'hosts']);
    const message = `${path} cannot be said of a network that exists in the whole swarm.`;
    return [error('KEY_NOT_FOR_DRIVER', path, message, 'Remove it.')];
  });
}

/** An address of a LAN is one machine's, and without its host the container of that name on any of them would get it. */
function containersHaveAHost(spec: Spec): readonly Problem[] {
  const several = Object.keys(spec.hosts).length > 1;
  return attachmentsOf(spec).flatMap(({ key, container, network, spec: place, path }) => {
    const there = Object.hasOwn(spec.networks, network) ? spec.networks[network] : undefined;
    if (there === undefined || container === undefined) return [];
    const { host } = container;
    const places = placesOf(there, spec);
    if (host !== undefined && Object.hasOwn(spec.hosts, host) && !places.includes(host)) {
      const message = `${formatPath(['networks', network])} is not on ${host}, where ${quote(key)} is.`;
      const cure =
        isOfSwarm(there) && there.hosts === undefined
          ? `Only ${list(places)} are in the swarm: add ${host} to its workers.`
          : `It is on ${list(places)}: add the host there.`;
      return [error('NETWORK_NOT_ON_HOST', path(), message, cure)];
    }
    const mac = macOf(place);
    const ownMac = mac !== undefined && mac !== 'stable';
    const fixed = place.ipv4_address !== undefined || place.ipv6_address !== undefined || ownMac;
    const onLan = there.driver === 'macvlan' || there.driver === 'ipvlan';
    if (!several || host !== undefined || !fixed || !onLan || places.length < 2) return [];
    const message = `${quote(key)} has an address or a MAC of its own, and does not say on which host it is.`;
    return [error('HOST_NEEDED', path(), message, `Add host: to it, one of ${list(places)}.`)];
  });
}

function splitsFit(spec: Spec): readonly Problem[] {
  return Object.entries(spec.networks).flatMap(([key, network]) => {
    const path = formatPath(['networks', key, 'split']);
    if (network.split === undefined) return [];
    if (!namesHosts(spec)) {
      const message = 'A range is split among several hosts, and this file names none.';
      return [error('SPLIT_REFUSED', path, message, 'Add hosts:, or remove split.')];
    }
    const range = network.ip_range === undefined ? undefined : parseRange(network.ip_range);
    if (range === undefined) {
      // One that cannot be read is a problem of its own.
      if (network.ip_range !== undefined) return [];
      const message = 'There is no ip_range to split.';
      return [error('SPLIT_REFUSED', path, message, 'Write ip_range: and what all the hosts may hand out together.')];
    }
    const places = placesOf(network, spec);
    const count = countSlices(range, network.split);
    if (count < BigInt(places.length)) {
      const has = count === 0n ? 'no slice' : count === 1n ? '1 slice' : `${String(count)} slices`;
      const message = `${formatRange(range)} has ${has} of /${String(network.split)}, and the network is on ${String(places.length)} hosts.`;
      return [error('SPLIT_FULL', path, message, 'Write a wider ip_range, or a longer split.')];
    }
    return reservedSlices(spec, key, { range, split: network.split, places });
  });
}

/** What is reserved is nobody's, so a slice with a part of it would be smaller than it looks. */
function reservedSlices(
  spec: Spec,
  key: string,
  {
    range,
    split,
    places,
  }: { readonly range: AddressRange; readonly split: number; readonly places: readonly HostName[] },
): readonly Problem[] {
  // On the host itself, and on the others, whose reserves are of the same LAN.
  const network = spec.networks[key];
  const there = network !== undefined && isSwarmLan(network) ? configurationKey(key) : key;
  const reserves = places.flatMap((host) => Object.entries(specOn(spec, host).networks[there]?.reserve ?? {}));
  const all = [...new Map(reserves.map(([name, written]) => [`${name} ${written}`, { name, written }])).values()];
  const ranges = all.flatMap(({ name, written }) => {
    const reserved = parseRange(written);
    return reserved === undefined ? [] : [{ name, reserved }];
  });
  return places.flatMap((host, place) => {
    const slice = sliceOf(range, split, place);
    if (slice === undefined || spec.networks[key]?.hosts?.[host]?.ip_range !== undefined) return [];
    const met = ranges.filter(({ reserved }) => intersection(rangeOf(slice), reserved) !== undefined);
    return met.map(({ name, reserved }) => {
      const message = `The slice ${formatPrefix(slice)} of ${host} meets ${quote(name)}, ${formatRange(reserved)}.`;
      const hint = 'Write an ip_range without it, or give this host its own ip_range.';
      return error('SPLIT_MEETS_RESERVED', formatPath(['networks', key, 'reserve', name]), message, hint);
    });
  });
}
