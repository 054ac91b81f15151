import { subnetsOf } from '../addresses/ipam.js';
import { formatPrefix, overlaps } from '../addresses/prefix.js';
import { canonicalAddress } from '../addresses/text.js';
import type { Endpoint, EndpointConfig } from '../endpoints.js';
import type { NetworkProps } from '../model.js';
import type { Draft } from './order.js';

/** Addresses that a container has now and that a plan takes from it, so that others can have them in the same apply. */
export interface Handover {
  /** The network that it has them on. */
  readonly networkId: string;
  readonly container: string;
  readonly addresses: readonly string[];
  /** The step that takes it off. */
  readonly off: Draft;
}

/** What the containers that these steps take off give up; `back`: what each asks for where it is put back. */
export function handovers(
  drafts: readonly Draft[],
  back: (draft: Draft) => EndpointConfig | undefined,
): readonly Handover[] {
  return drafts.flatMap((off): readonly Handover[] => {
    const { step } = off;
    if (step.op !== 'endpoint.detach' && step.op !== 'endpoint.park') return [];
    const again = back(off);
    const kept = step.op === 'endpoint.detach' ? [] : addressesAfter(step.endpoint, again ?? step.endpoint.config);
    const addresses = addressesOf(step.endpoint).filter((address) => !kept.includes(address));
    return [{ networkId: step.networkId, container: step.endpoint.container, addresses, off }];
  });
}

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
