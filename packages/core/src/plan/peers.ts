import { bridgeOf } from '../kinds/overlap.js';
import type { HostFacts, HostName, Observed } from '../model.js';
import { specOn, swarmHostOf } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';

/**
 * The facts of a host with those of all others, where it is the one by which the networks of the swarm are made: such a
 * network is on every host, and may be in the way of each.
 */
export function withPeers(host: HostName, facts: HostFacts, spec: Spec, observed: Observed): HostFacts {
  if (host !== swarmHostOf(spec)) return facts;
  const others = [...observed].filter(([other]) => other !== host);
  if (others.length === 0) return facts;
  return { ...facts, peers: new Map(others.map(([other, there]) => [other, withoutLeaving(other, there, spec)])) };
}

/** A host as it is without the networks of the stack that the spec no longer wants there: the same plan removes them. */
function withoutLeaving(host: HostName, facts: HostFacts, spec: Spec): HostFacts {
  const wanted = specOn(spec, host).networks;
  const leaving = facts.networks.filter(({ owner, props }) => {
    if (owner?.stack !== spec.name || props.scope === 'swarm') return false;
    const key = owner.ref.replace(/^network:/, '');
    return !Object.hasOwn(wanted, key) || wanted[key]?.external === true;
  });
  if (leaving.length === 0) return facts;
  const bridges = new Set(leaving.map(bridgeOf));
  const { links } = facts;
  return {
    ...facts,
    networks: facts.networks.filter((network) => !leaving.includes(network)),
    ...(links && {
      links: {
        ...links,
        links: links.links.filter(({ name }) => !bridges.has(name)),
        routes: links.routes.filter(({ link }) => link === undefined || !bridges.has(link)),
      },
    }),
  };
}
