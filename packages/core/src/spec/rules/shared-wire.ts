import { formatAddress } from '../../addresses/prefix.js';
import type { Address } from '../../addresses/prefix.js';
import { handedOut } from '../../addresses/ipam.js';
import { formatRange, rangeSize } from '../../addresses/range.js';
import type { AddressRange } from '../../addresses/range.js';
import type { HostName } from '../../model.js';
import { lint } from '../../problem.js';
import type { Problem } from '../../problem.js';
import { macOf } from '../containers.js';
import type { NetworkFacts } from '../facts.js';
import { pathOn } from '../hosts.js';
import { canonicalMac } from '../mac.js';
import { formatPath } from '../path.js';
import type { Spec } from '../schema.js';
import { error } from './rule.js';
import { shimAddressesOf } from './shim.js';

/** Addresses of a LAN that one host takes for itself, or hands out by itself. */
interface Claim {
  readonly host: HostName;
  readonly range: AddressRange;
  readonly path: string;
  readonly text: string;
}

/**
 * No address on two hosts. Each engine knows only what it has handed out itself, so two hosts on one segment that may hand
 * out one address will. macvlan and ipvlan networks with addresses in common are taken for networks on one segment.
 */
export function claimsOnWire(
  spec: Spec,
  views: readonly { readonly host: HostName; readonly own: readonly NetworkFacts[] }[],
): readonly Problem[] {
  if (views.length < 2) return [];
  const claims = views.flatMap(({ host, own }) =>
    own.flatMap((network) => (isOnWire(network) ? claimsOf(network, host, spec) : [])),
  );
  claims.sort(
    ({ range: a }, { range: b }) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const problems: Problem[] = [];
  // Of those of each host that began before, only the one that reaches farthest can meet what comes.
  let reach = new Map<HostName, Claim>();
  let family: number | undefined;
  for (const claim of claims) {
    if (claim.range.family !== family) reach = new Map();
    family = claim.range.family;
    const other = [...reach.values()].find(({ host, range }) => host !== claim.host && range.last >= claim.range.first);
    if (other !== undefined) problems.push(meeting(other, claim, spec));
    const before = reach.get(claim.host);
    if (before === undefined || before.range.last < claim.range.last) reach.set(claim.host, claim);
  }
  return [...problems, ...macsOnWire(spec, views)];
}

/** Two stations with one MAC take each other's packets. */
function macsOnWire(spec: Spec, views: Parameters<typeof claimsOnWire>[1]): readonly Problem[] {
  const first = new Map<string, { readonly host: HostName; readonly path: string }>();
  return views.flatMap(({ host, own }) =>
    own.filter(isOnWire).flatMap(({ attachments }) =>
      attachments.flatMap((one): readonly Problem[] => {
        const mac = canonicalMac(macOf(one.spec) ?? '');
        // One that does not say its host is told so (HOST_NEEDED).
        if (mac === undefined || spec.containers[one.key]?.host === undefined) return [];
        const other = first.get(mac);
        const path = one.path(one.spec.mac === undefined ? 'mac_address' : 'mac');
        if (other === undefined) first.set(mac, { host, path });
        if (other === undefined || other.host === host) return [];
        const message = `The MAC ${mac} is that of ${other.path} on ${other.host} too.`;
        return [error('MAC_TWICE', path, message, 'Give one of the two another MAC.')];
      }),
    ),
  );
}

function isOnWire({ lan, driver, mode, swarm, spec }: NetworkFacts): boolean {
  const hasNeighbours = driver === 'macvlan' || mode === 'l2';
  const isUsed = spec.config_only !== true || spec.configures !== undefined;
  return lan && hasNeighbours && !swarm && isUsed && spec.internal !== true;
}

function claimsOf(network: NetworkFacts, host: HostName, spec: Spec): readonly Claim[] {
  const at = (path: string): string => pathOn(spec, host, path);
  const one = (text: string, path: string, { family, value }: Address): Claim => ({
    host,
    range: { family, first: value, last: value },
    path: at(path),
    text,
  });
  return [
    ...network.pools.flatMap((pool): readonly Claim[] => {
      const range =
        pool.written.ip_range !== undefined && pool.range === undefined
          ? undefined
          : handedOut(pool.subnet, pool.range);
      if (range === undefined) return [];
      const path = formatPath([...pool.at, pool.range === undefined ? 'subnet' : 'ip_range']);
      return [{ host, range, path: at(path), text: 'what Docker hands out there' }];
    }),
    ...shimAddressesOf(network).map(({ path, address }) => one('the shim', path, address)),
    // One that does not say its host is told so (HOST_NEEDED).
    ...network.statics
      .filter(({ name }) => spec.containers[name]?.host !== undefined)
      .map(({ name, path, address }) => one(`the address of ${name}`, path, address)),
  ];
}

function meeting(first: Claim, second: Claim, spec: Spec): Problem {
  const order = Object.keys(spec.hosts);
  const [a, b] = order.indexOf(first.host) <= order.indexOf(second.host) ? [first, second] : [second, first];
  const message = `${textOf(b)} on ${b.host} meets ${textOf(a)} on ${a.host}: two machines of one LAN would have one address.`;
  const hint = 'Give each host its own ip_range and addresses: split: cuts one range for all hosts.';
  return lint('HOSTS_SHARE_ADDRESSES', b.path, message, hint);
}

function textOf({ range, text }: Claim): string {
  const addresses =
    rangeSize(range) === 1n ? formatAddress({ family: range.family, value: range.first }) : formatRange(range);
  return `${addresses}, ${text},`;
}
