import type { Problem } from '../../problem.js';
import { attachmentsOf } from '../containers.js';
import { hostsOf, isOfSwarm, swarmHostsOf } from '../hosts.js';
import { formatPath } from '../path.js';
import type { NetworkSpec, Spec } from '../schema.js';
import { list, quote } from '../show.js';
import { configurationKey, isSwarmLan } from '../swarm-lan.js';
import { error } from './rule.js';

/** What is said of the macvlan and ipvlan networks of a swarm, which the view of a single host does not show. */
export function swarmLanProblems(spec: Spec): readonly Problem[] {
  const isExpanded = spec.swarm !== undefined || Object.keys(spec.hosts).length > 0;
  return [
    ...Object.entries(spec.networks).flatMap(([key, network]) =>
      isExpanded && isSwarmLan(network) ? [...besideIsFree(spec, key), ...hostsAreNodes(spec, key, network)] : [],
    ),
    ...addressesAreKept(spec),
  ];
}

function besideIsFree({ networks }: Spec, key: string): readonly Problem[] {
  const beside = configurationKey(key);
  if (!Object.hasOwn(networks, beside)) return [];
  const message = `${quote(beside)} is what each host has of ${formatPath(['networks', key])}.`;
  return [error('DUPLICATE_NAME', formatPath(['networks', beside]), message, 'Give this network another key.')];
}

function hostsAreNodes(spec: Spec, key: string, { hosts = {} }: NetworkSpec): readonly Problem[] {
  const nodes = spec.swarm === undefined ? hostsOf(spec) : swarmHostsOf(spec);
  // One that is no host of the file is told of by itself.
  const outside = Object.keys(hosts).filter((host) => hostsOf(spec).includes(host) && !nodes.includes(host));
  return outside.map((host) => {
    const hint = `In it are ${list(nodes)}: add ${host} to its workers, or remove it here.`;
    return error(
      'UNKNOWN_HOST',
      formatPath(['networks', key, 'hosts', host]),
      `${quote(host)} is not in the swarm.`,
      hint,
    );
  });
}

/**
 * A swarm hands the address that somebody asks for on to the node as it was written, and the node reads only what it has a
 * length with, which the engine's API does not take (moby, daemon/cluster/executor/container getEndpointConfig).
 */
function addressesAreKept(spec: Spec): readonly Problem[] {
  return attachmentsOf(spec).flatMap(({ key, network, spec: place, path }) => {
    const there = Object.hasOwn(spec.networks, network) ? spec.networks[network] : undefined;
    const onLan = there?.driver === 'macvlan' || there?.driver === 'ipvlan';
    if (there === undefined || !onLan || !isOfSwarm(there)) return [];
    return (['ipv4_address', 'ipv6_address'] as const)
      .filter((field) => place[field] !== undefined)
      .map((field) => {
        const message = `${quote(key)} would get another address: a swarm drops the one that is asked for on a ${there.driver ?? ''} network.`;
        const hint =
          'Leave it out, or leave out scope: swarm: each host then has a network of its own in the same LAN.';
        return error('SWARM_DROPS_ADDRESS', path(field), message, hint);
      });
  });
}
