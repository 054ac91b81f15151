import {
  contains,
  formatAddress,
  formatPrefix,
  lastOf,
  overlaps,
  parseAddress,
  parsePrefix,
} from '../../../packages/core/src/addresses/prefix.js';
import type { Prefix } from '../../../packages/core/src/addresses/prefix.js';
import type { ApiIpamEntry, ApiNetwork } from '../../../packages/core/src/docker/api.js';
import { compareVersions } from '../../../packages/core/src/versions.js';
import { refused } from './refused.js';
import { inUse } from './kernel.js';
import type { World } from './world.js';

/** Docker's default pools: 172.17 to 172.31, then 192.168.0.0/16 in /20. */
const POOLS = [
  ...Array.from({ length: 15 }, (_, index) => `172.${index + 17}.0.0/16`),
  ...Array.from({ length: 16 }, (_, index) => `192.168.${index * 16}.0/20`),
];

/** What the engine makes of the pools that it is given, with its own checks. */
export function allocate(world: World, network: ApiNetwork): readonly ApiIpamEntry[] {
  const given = network.IPAM?.Config ?? [];
  const entries = given.length > 0 ? given.map((entry) => checked(world, network, entry)) : [chosen(world)];
  return network.EnableIPv6 === true && !entries.some(({ Subnet }) => Subnet?.includes(':'))
    ? [...entries, uniqueLocal(world)]
    : entries;
}

function checked(world: World, network: ApiNetwork, entry: ApiIpamEntry): ApiIpamEntry {
  const subnet = parsePrefix(entry.Subnet ?? '')?.prefix;
  if (subnet === undefined) throw refused(400, `invalid subnet ${entry.Subnet ?? ''}: invalid CIDR block notation`);
  const range = entry.IPRange === undefined ? undefined : parsePrefix(entry.IPRange)?.prefix;
  if (range !== undefined && !contains(subnet, { family: range.family, value: range.first })) {
    throw refused(400, `invalid ip-range ${entry.IPRange ?? ''}: parent subnet doesn't contain ip-range`);
  }
  refuseOverlap(world, network, entry, subnet);
  const gateway = entry.Gateway ?? (invents(world, network) ? firstOf(subnet, range) : undefined);
  if (gateway !== undefined) checkGateway(subnet, gateway);
  const taken = new Set(gateway === undefined ? [] : [canonical(gateway)]);
  for (const [name, address] of Object.entries(entry.AuxiliaryAddresses ?? {})) {
    if (taken.has(canonical(address))) {
      throw refused(500, `failed to allocate secondary ip address (${name}:${address}): Address already in use`);
    }
    taken.add(canonical(address));
  }
  const shown = compareVersions(world.engine.version, '29.0') >= 0 ? gateway : entry.Gateway;
  return { ...entry, ...(shown === undefined ? {} : { Gateway: shown }) };
}

/** A range switches the engine's own check off, but for the bridge driver (moby#46756). */
function refuseOverlap(world: World, network: ApiNetwork, entry: ApiIpamEntry, subnet: Prefix): void {
  for (const other of world.networks) {
    if (other.ConfigOnly === true || other.Scope === 'swarm') continue;
    for (const pool of other.IPAM?.Config ?? []) {
      const taken = parsePrefix(pool.Subnet ?? '')?.prefix;
      if (taken === undefined || !overlaps(taken, subnet)) continue;
      const bridges = network.Driver === 'bridge' && other.Driver === 'bridge';
      if (entry.IPRange !== undefined && entry.IPRange !== pool.IPRange && !bridges) continue;
      throw refused(403, 'invalid pool request: Pool overlaps with other one on this address space');
    }
  }
}

function checkGateway(subnet: Prefix, gateway: string): void {
  const address = parseAddress(gateway);
  if (address === undefined || !contains(subnet, address)) {
    throw refused(400, `invalid gateway ${gateway}: parent subnet doesn't contain this address`);
  }
  if (address.family === 4 && (address.value === subnet.first || address.value === lastOf(subnet))) {
    throw refused(500, `failed to allocate gateway (${gateway}): Address already in use`);
  }
}

/** Up to 28 for every network; 29 for bridges alone. */
export function invents(world: World, network: ApiNetwork): boolean {
  return network.Driver === 'bridge' || compareVersions(world.engine.version, '29.0') < 0;
}

export function firstOf(subnet: Prefix, range: Prefix | undefined): string {
  const value = range === undefined || range.first === subnet.first ? subnet.first + 1n : range.first;
  return formatAddress({ family: subnet.family, value });
}

function chosen(world: World): ApiIpamEntry {
  for (const text of POOLS) {
    const pool = parsePrefix(text)?.prefix;
    if (pool === undefined || inUse(world, text)) continue;
    const taken = world.networks.some(({ IPAM }) =>
      (IPAM?.Config ?? []).some(({ Subnet }) => {
        const other = parsePrefix(Subnet ?? '')?.prefix;
        return other !== undefined && overlaps(other, pool);
      }),
    );
    if (!taken) return { Subnet: text, Gateway: firstOf(pool, undefined) };
  }
  throw refused(400, 'all predefined address pools have been fully subnetted');
}

function uniqueLocal(world: World): ApiIpamEntry {
  const subnet = `fd00:${world.networks.length.toString(16)}::/64`;
  const parsed = parsePrefix(subnet)?.prefix;
  if (parsed === undefined) throw new Error(subnet);
  return { Subnet: formatPrefix(parsed), Gateway: firstOf(parsed, undefined) };
}

function canonical(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : formatAddress(parsed);
}
