import { groupBy } from '../group-by.js';
import type { LinkFact } from '../links.js';
import { linkNamed } from '../lookup.js';
import type { HostFacts, LinkResource } from '../model.js';
import { remembered } from '../remembered.js';

/** The links of a host, and those that the spec wants to be there. */
export interface Links {
  readonly facts: Pick<HostFacts, 'links'>;
  readonly wanted: readonly LinkResource[];
}

const byName = remembered((wanted: readonly LinkResource[]) => groupBy(wanted, ({ props }) => [props.name]));

export function wantedLink(wanted: readonly LinkResource[], name: string): LinkResource | undefined {
  return byName(wanted).get(name)?.[0];
}

/** A link and those that it is stacked on, one below the other, as far as they are there. */
export function stackOf(name: string, { facts, wanted }: Links): readonly LinkFact[] {
  const seen = new Set<string>();
  const stack: LinkFact[] = [];
  for (let at: string | undefined = name; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const link = linkNamed(facts, at);
    if (link !== undefined) stack.push(link);
    at = link === undefined ? wantedLink(wanted, at)?.props.parent : link.parent;
  }
  return stack;
}

/** The hardware that packets of a link leave by: below VLANs, and the ports of a bridge, bond or team. */
export function hardwareOf(name: string, links: Links): readonly LinkFact[] {
  const seen = new Set<string>();
  const below = (at: string): readonly LinkFact[] => {
    const lowest = stackOf(at, links).at(-1);
    if (lowest === undefined || seen.has(lowest.name)) return [];
    seen.add(lowest.name);
    if (lowest.kind === undefined) return lowest.type === 'ether' ? [lowest] : [];
    return (links.facts.links?.links ?? [])
      .filter(({ master }) => master === lowest.name)
      .flatMap((port) => below(port.name));
  };
  return below(name);
}

/**
 * Who takes all that comes in by this link: the bridge, bond, team or switch that it is a port of. A VRF only routes what
 * comes in by its ports, and leaves them to others (kernel, netdev_rx_handler_register and vrf.c).
 */
export function takerOf({ master }: LinkFact, facts: Pick<HostFacts, 'links'>): string | undefined {
  return linkNamed(facts, master)?.kind === 'vrf' ? undefined : master;
}
