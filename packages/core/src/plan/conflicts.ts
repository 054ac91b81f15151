import { subnetsOf } from '../addresses/ipam.js';
import { overlaps } from '../addresses/prefix.js';
import type { NetworkProps, Step } from '../model.js';

const BRIDGE_NAME = 'com.docker.network.bridge.name';

/** Whether what a step makes needs something that another step's removal frees. */
export function conflicts(make: Step, removal: Step): boolean {
  if (make.op === 'network.create' && removal.op === 'network.remove') {
    return make.name === removal.name || share(make.props, removal.was);
  }
  if (make.op === 'network.create' && removal.op === 'link.remove')
    return make.props.options['parent'] === removal.name;
  if (make.op === 'link.add' && removal.op === 'network.remove') {
    // A device carries macvlan links or ipvlan links, not both.
    return removal.was.options['parent'] === make.props.parent;
  }
  return make.op === 'link.add' && removal.op === 'link.remove' && make.props.parent === removal.parent;
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
