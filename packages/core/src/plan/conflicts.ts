import { subnetsOf } from '../addresses/ipam.js';
import { occupied } from '../addresses/occupied.js';
import { overlaps } from '../addresses/prefix.js';
import { groupBy } from '../group-by.js';
import type { NetworkProps, Step } from '../model.js';

const BRIDGE_NAME = 'com.docker.network.bridge.name';

/** The removals that free what a step makes or needs, found without a look at each pair: there may be thousands of both. */
export function freedBy<T extends { readonly step: Step }>(removals: readonly T[]): (make: Step) => readonly T[] {
  if (removals.length === 0) return () => [];
  const byThing = groupBy(removals, ({ step }) => thingsFreed(step));
  const subnets = occupied(
    removals.flatMap((removal) =>
      removal.step.op === 'network.remove' ? subnetsOf(removal.step.was).map((prefix) => ({ prefix, removal })) : [],
    ),
  );
  return (make) => {
    const overlapping = make.op === 'network.create' ? subnetsOf(make.props) : [];
    return [
      ...thingsNeeded(make).flatMap((thing) => byThing.get(thing) ?? []),
      ...overlapping.flatMap((subnet) => subnets.overlapping(subnet).map(({ removal }) => removal)),
    ];
  };
}

function thingsFreed(step: Step): readonly string[] {
  const ref = `ref ${step.ref}`;
  if (step.op === 'network.remove') return [ref, `name ${step.name}`, ...optionsOf(step.was)];
  if (step.op !== 'link.remove') return [ref];
  return [ref, `link ${step.name}`, ...(step.parent === undefined ? [] : [`below ${step.parent}`])];
}

function thingsNeeded(step: Step): readonly string[] {
  const ref = `ref ${step.ref}`;
  if (step.op === 'network.create') {
    const parent = step.props.options['parent'];
    const link = parent === undefined ? [] : [`link ${parent}`];
    return [ref, `name ${step.name}`, ...link, ...optionsOf(step.props)];
  }
  // A device carries macvlan links or ipvlan links, not both.
  return step.op === 'link.add' ? [ref, `parent ${step.props.parent}`, `below ${step.props.parent}`] : [ref];
}

/** What of a network's options only one network can have. */
function optionsOf({ options }: NetworkProps): readonly string[] {
  const { parent, [BRIDGE_NAME]: bridge } = options;
  return [...(parent === undefined ? [] : [`parent ${parent}`]), ...(bridge === undefined ? [] : [`bridge ${bridge}`])];
}

/** Whether two networks cannot be there at once, but for their names. */
export function share(one: NetworkProps, other: NetworkProps): boolean {
  const same = (key: string): boolean => one.options[key] !== undefined && one.options[key] === other.options[key];
  return same('parent') || same(BRIDGE_NAME) || poolsOverlap(one, other);
}

function poolsOverlap(one: NetworkProps, other: NetworkProps): boolean {
  const theirs = subnetsOf(other);
  return subnetsOf(one).some((mine) => theirs.some((prefix) => overlaps(mine, prefix)));
}
