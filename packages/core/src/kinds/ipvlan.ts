import { linksOn } from '../lookup.js';
import { problem } from '../problem.js';
import { dottedParent } from './dotted-parent.js';
import type { NetworkKind } from './kind.js';
import { l3Route } from './l3-route.js';
import { parentOptions } from './macvlan.js';
import { lanOverlap } from './overlap.js';
import { checkParent } from './parent-checks.js';

export const ipvlan: NetworkKind = {
  driver: 'ipvlan',
  scope: 'local',
  filledIn: [],
  sharesSubnets: true,
  reserves: true,
  defaults: { ipvlan_mode: 'l2', ipvlan_flag: 'bridge' },
  options: (spec, parent) => parentOptions(spec, parent, 'ipvlan_mode'),
  derivedOptions: () => ({}),
  check: (network, context) => [
    ...checkParent(network, context),
    ...dottedParent(network, context),
    ...oneMode(network, context),
    ...l3Route(network, context),
    ...lanOverlap(network, context),
  ],
};

/**
 * The mode belongs to the parent, not to its child: a link of another mode silently changes all that are there
 * (kernel, ipvlan_link_new → ipvlan_set_port_mode).
 */
const oneMode: NetworkKind['check'] = (network, { facts, leaving }) => {
  const parent = network.asked.options['parent'];
  const mode = network.asked.options['ipvlan_mode'] ?? 'l2';
  const other = linksOn(facts, parent ?? '').find(
    (link) => link.kind === 'ipvlan' && link.mode !== mode && !leaving.links.has(link.name),
  );
  if (other === undefined) return [];
  return [
    problem(
      'error',
      'IPVLAN_MODE',
      `${network.path}.mode`,
      `${other.name} on ${other.parent ?? ''} has the mode ${other.mode ?? ''}, and the kernel would change it to ${mode}`,
      `Use mode ${other.mode ?? ''}, or another parent.`,
    ),
  ];
};
