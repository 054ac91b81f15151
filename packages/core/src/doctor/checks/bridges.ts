import { bridgeOf } from '../../kinds/overlap.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import { linksOfEngine } from '../place.js';
import type { Check } from './check.js';

/** As the engine calls the bridges of its networks: by the first 12 digits of their ids. */
const OF_DOCKER = /^br-[0-9a-f]{12}$/;

/** Bridges of networks that this engine does not have. */
export const bridges: Check = (facts) => {
  const [view, links] = [seenOf(facts.engine), linksOfEngine(facts)];
  if (view === undefined || links === undefined) {
    return [
      notLooked(
        'bridges',
        view === undefined ? 'the engine does not answer' : 'the links of the engine cannot be seen from here',
      ),
    ];
  }
  const known = new Set(view.networks.map(bridgeOf));
  const stale = links.links.filter(
    ({ name, kind }) => kind === 'bridge' && OF_DOCKER.test(name) && !known.has(name) && !facts.passing.has(name),
  );
  if (stale.length === 0) return [inOrder('bridges', 'each br-… is that of a network')];
  return stale.map(({ name, addresses }) =>
    finding('BRIDGE_STALE', {
      evidence: [
        `${name} is there, and no network whose id begins with ${name.slice(3)}`,
        ...addresses
          .filter(({ scope }) => scope === 'global')
          .map(({ address, prefixLength }) => `it has ${address}/${prefixLength}`),
      ],
      cause:
        'A create that failed left it (engines 26 to 28, where the MTU is too large), or an engine with another data folder made it; its route takes the traffic of a new network on the same subnet.',
      cure: [`ip link delete ${name} type bridge`],
    }),
  );
};
