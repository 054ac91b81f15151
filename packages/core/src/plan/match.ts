import { groupBy } from '../group-by.js';
import { networksMarked, networksNamed } from '../lookup.js';
import type { FoundNetwork, HostFacts, NetworkResource, Owner, Ref } from '../model.js';
import { remembered } from '../remembered.js';

/**
 * Which of the networks that are there stands for each one that is wanted, undefined where none does. It is ours by its
 * mark, or, when a key of the spec was renamed, by its mark of the same stack and its name. One that is there stands
 * for one that is wanted, so the marks go first.
 */
export function matchAll(
  wanted: readonly NetworkResource[],
  facts: HostFacts,
  stack: string,
): ReadonlyMap<NetworkResource, FoundNetwork | undefined> {
  const isMine = (found: FoundNetwork): boolean => owns(found, facts, stack);
  const marked = wanted.map(({ ref, name }) => {
    const all = networksMarked(facts, ref).filter((found) => isMine(found) && !isInherited(found, facts));
    return all.find((found) => found.name === name) ?? all[0];
  });
  const taken = new Set(marked);
  return new Map(
    wanted.map((want, index) => [
      want,
      marked[index] ?? networksNamed(facts, want.name).find((found) => isMine(found) && !taken.has(found)),
    ]),
  );
}

export function owns(found: FoundNetwork, facts: HostFacts, stack: string): boolean {
  return ownerOf(found, facts)?.stack === stack;
}

/** A network made from a configuration can carry no label: it is ours when its configuration network is. */
export function ownerOf(found: FoundNetwork, facts: HostFacts): Owner | undefined {
  const source = found.adopted === true ? undefined : configOf(found, facts);
  return (source ?? found).owner;
}

/** A network made from a configuration shows that one's reference; its own is its name, as a rule. */
export function refOf(found: FoundNetwork, facts: HostFacts): Ref {
  return isInherited(found, facts) || found.owner === undefined ? `network:${found.name}` : found.owner.ref;
}

/** The configuration network that a network was made from. */
export function configOf(found: FoundNetwork, facts: HostFacts): FoundNetwork | undefined {
  const name = found.props.configFrom;
  return name === undefined ? undefined : networksNamed(facts, name).find((other) => other.props.configOnly === true);
}

/** A local network made from a configuration shows the labels of that configuration, those of netctl included. */
function isInherited(found: FoundNetwork, facts: HostFacts): boolean {
  return found.adopted !== true && configOf(found, facts) !== undefined;
}

/**
 * The link below a network. The record of a swarm network that was made from a configuration has no options: the parent
 * is in the configuration.
 */
export function parentOf(network: FoundNetwork, facts: HostFacts): string | undefined {
  return network.props.options['parent'] ?? configOf(network, facts)?.props.options['parent'];
}

const byParent = remembered((facts: HostFacts) =>
  groupBy(facts.networks, (network) => [parentOf(network, facts) ?? []].flat()),
);

/** The networks whose parent is this link, in the order of the engine's list. */
export function networksAbove(link: string, facts: HostFacts): readonly FoundNetwork[] {
  return byParent(facts).get(link) ?? [];
}
