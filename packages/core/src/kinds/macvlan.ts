import type { NetworkSpec } from '../spec/schema.js';
import { dottedParent } from './dotted-parent.js';
import type { NetworkKind } from './kind.js';
import { lanOverlap } from './overlap.js';
import { checkParent } from './parent-checks.js';

export const macvlan: NetworkKind = {
  driver: 'macvlan',
  scope: 'local',
  filledIn: [],
  sharesSubnets: true,
  reserves: true,
  defaults: { macvlan_mode: 'bridge' },
  options: (spec, parent) => parentOptions(spec, parent, 'macvlan_mode'),
  derivedOptions: () => ({}),
  check: (network, context) => [
    ...checkParent(network, context),
    ...dottedParent(network, context),
    ...lanOverlap(network, context),
  ],
};

/** The options that macvlan and ipvlan share: the link below, and the mode by the driver's own name for it. */
export function parentOptions(
  spec: NetworkSpec,
  parent: string | undefined,
  modeOption: string,
): Readonly<Record<string, string>> {
  return {
    ...(parent === undefined ? {} : { parent }),
    ...(spec.mode === undefined ? {} : { [modeOption]: spec.mode }),
  };
}
