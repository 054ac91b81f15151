import { bridgeOf } from '../kinds/overlap.js';
import { LINK_GROUP } from '../links.js';
import type { LinkFact } from '../links.js';
import type { DoctorFacts } from './facts.js';
import { seenOf } from './facts.js';

/** A link as those who manage links match it; one that a spec makes has no more than a name. */
export type ManagedLink = Pick<LinkFact, 'name' | 'type' | 'kind' | 'mac'>;

/** Links that netctl made, or will make for the spec. */
export function linksOfNetctl({ links, wanted }: DoctorFacts): readonly ManagedLink[] {
  const there = (seenOf(links)?.links ?? []).filter(
    ({ group, alias }) => group === LINK_GROUP || alias?.startsWith('netctl:') === true,
  );
  const names = new Set(there.map(({ name }) => name));
  return [
    ...there,
    ...wanted.links.filter((name) => !names.has(name)).map((name) => ({ name, type: 'ether', kind: 'macvlan' })),
  ];
}

/** Bridges of Docker's networks and the host's ends of its containers on them. */
export function linksOfDocker({ engine, links }: DoctorFacts): readonly ManagedLink[] {
  const bridges = new Set(
    (seenOf(engine)?.networks ?? []).filter(({ props }) => props.driver === 'bridge').map(bridgeOf),
  );
  return (seenOf(links)?.links ?? []).filter(
    ({ name, master, kind }) => bridges.has(name) || (kind === 'veth' && master !== undefined && bridges.has(master)),
  );
}
