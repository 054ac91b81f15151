import { fits } from '../path.js';
import type { Segment } from '../path.js';

/** Mappings whose keys are the user's own names or data, by shape; `*` is any key. */
const OWN_KEYS: readonly (readonly Segment[])[] = [
  ['networks'],
  ['vlans'],
  ['networks', '*', 'labels'],
  ['networks', '*', 'driver_opts'],
  ['networks', '*', 'reserve'],
  ['networks', '*', 'ipam', 'options'],
  ['networks', '*', 'ipam', 'config', '*', 'aux_addresses'],
  ['containers', '*', 'networks'],
  ['containers', '*', 'networks', '*', 'driver_opts'],
];

/**
 * Whether this key of the mapping at `parent` is an `x-` extension, to be ignored with all that is in it. A network, a
 * label or an option may be called `x-…` as well, as in Compose, and is not one.
 */
export function isExtension(parent: readonly Segment[], key: string): boolean {
  return key.startsWith('x-') && !OWN_KEYS.some((shape) => fits(shape, parent));
}
