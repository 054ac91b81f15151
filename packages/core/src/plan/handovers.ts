import { subnetsOf } from '../addresses/ipam.js';
import { formatPrefix, overlaps } from '../addresses/prefix.js';
import { canonicalAddress } from '../addresses/text.js';
import type { Endpoint, EndpointConfig } from '../endpoints.js';
import { groupBy } from '../group-by.js';
import type { FoundNetwork, Holder, HostFacts, NetworkProps } from '../model.js';
import { remembered } from '../remembered.js';
import type { Draft } from './order.js';

/** A container that has an address now, which a plan takes from it so that others can have it in the same apply. */
export interface Handover {
  /** The network that it has it on. */
  readonly networkId: string;
  readonly container: string;
  /** The step that takes it off. */
  readonly off: Draft;
}

/**
 * What the containers that these steps take off give up, by address; `back`: what each asks for where it is put back. There
 * may be thousands, and every container of the spec asks.
 */
export function handovers(
  drafts: readonly Draft[],
  back: (draft: Draft) => EndpointConfig | undefined,
): ReadonlyMap<string, readonly Handover[]> {
  const given = drafts.flatMap((off) => {
    const { step } = off;
    if (step.op !== 'endpoint.detach' && step.op !== 'endpoint.park') return [];
    const again = back(off);
    const kept = step.op === 'endpoint.detach' ? [] : addressesAfter(step.endpoint, again ?? step.endpoint.config);
    const addresses = addressesOf(step.endpoint).filter((address) => !kept.includes(address));
    return [{ addresses, networkId: step.networkId, container: step.endpoint.container, off }];
  });
  return groupBy(given, ({ addresses }) => addresses);
}

/** Who has an address on which network. */
export interface Held {
  readonly network: FoundNetwork;
  readonly holder: Holder;
}

/** All who have addresses on a host, by address. */
export const heldBy = remembered((networks: HostFacts['networks']) =>
  groupBy(
    networks.flatMap((network) => network.holders.map((holder): Held => ({ network, holder }))),
    ({ holder }) => [holder.ipv4 ?? [], holder.ipv6 ?? []].flat().map(canonicalAddress),
  ),
);

/** What it has, and where it does not run, what it asks for. */
export function addressesOf({ has, config }: Pick<Endpoint, 'has' | 'config'>): readonly string[] {
  return [has.ipv4 ?? config.ipv4, has.ipv6 ?? config.ipv6].flatMap((text) => text ?? []).map(canonicalAddress);
}

/** Where it asks for none the engine gives it what it had, as a rule, and nobody else is to have that. */
function addressesAfter({ has, config }: Endpoint, after: EndpointConfig): readonly string[] {
  const chosen = (asked: string | undefined, now: string | undefined): string | undefined =>
    asked === undefined ? now : undefined;
  return [after.ipv4 ?? chosen(config.ipv4, has.ipv4), after.ipv6 ?? chosen(config.ipv6, has.ipv6)]
    .flatMap((text) => text ?? [])
    .map(canonicalAddress);
}

/**
 * Whether an address can be on only one of two networks: an engine keeps one set of addresses for all that have the same
 * subnet, and on one wire an address is one station's.
 */
export function shareAddresses(one: NetworkProps, other: NetworkProps): boolean {
  const wire = (({ parent }) => parent !== undefined && parent === other.options['parent'])(one.options);
  const theirs = subnetsOf(other);
  return subnetsOf(one).some((mine) =>
    theirs.some((prefix) => (wire ? overlaps(mine, prefix) : formatPrefix(mine) === formatPrefix(prefix))),
  );
}
