import { freeSubnets } from '../../addresses/auto.js';
import { occupied } from '../../addresses/occupied.js';
import { formatPrefix, parsePrefix } from '../../addresses/prefix.js';
import { occupantsOf } from '../../addresses/occupants.js';
import type { EngineView } from '../../docker/examine.js';
import type { LinkFacts } from '../../links.js';
import { seenOf } from '../facts.js';
import { finding, inOrder, notLooked } from '../finding.js';
import { linksOfEngine } from '../place.js';
import { poolsOf, poolUse } from '../pools.js';
import type { Check } from './check.js';

/** As few as this, and no more than a quarter of all, is few. */
const FEW = 3;

/** More are counted and not named. */
const NAMED = 8;

export const pools: Check = (facts) => {
  const view = seenOf(facts.engine);
  if (view === undefined) return [notLooked('pools', 'the engine does not answer')];
  const links = linksOfEngine(facts);
  const { total, free, takers } = poolUse(view, links?.routes ?? []);
  if (free > 0 && !(free <= FEW && free * 4 <= total)) {
    return [inOrder('pools', `${free} of ${total} subnets of the default address pools are free`)];
  }
  const shown = takers.slice(0, NAMED).map(({ text }) => text);
  const more = takers.length - shown.length;
  return [
    finding(free === 0 ? 'POOLS_EXHAUSTED' : 'POOLS_LOW', {
      evidence: [
        `${free} of ${total} subnets are free in ${poolsOf(view)
          .map(({ base, size }) => `${base} by /${size}`)
          .join(', ')}`,
        ...shown,
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
      cause:
        'Each network without a subnet takes one of them, also that of a project that is gone; and a route of the host, such as of a VPN, takes all that it covers.',
      cure: [
        'docker network prune   # removes networks without a running container, those of stopped ones too',
        'Or write this in /etc/docker/daemon.json, then: systemctl restart docker',
        daemonJson(view, links),
      ],
    }),
  ];
};

/** The pools as they are, those of IPv6 too, and one more that is clear of everything on the host. */
function daemonJson(view: EngineView, links: LinkFacts | undefined): string {
  const facts = { engine: view.engine, networks: view.networks, kernel: {}, ...(links === undefined ? {} : { links }) };
  const from = parsePrefix('10.128.0.0/9')?.prefix;
  const wanted = { family: 4, length: 16, ...(from === undefined ? {} : { from }) } as const;
  const next = freeSubnets(occupied(occupantsOf(facts).filter(({ prefix }) => prefix.length > 1)), view.engine.id).next(
    wanted,
  );
  const added = next === undefined ? [] : [{ base: formatPrefix(next), size: 24 }];
  const others = view.pools.filter(({ base }) => parsePrefix(base)?.prefix.family !== 4);
  return JSON.stringify({ 'default-address-pools': [...poolsOf(view), ...added, ...others] });
}
