import { hiddenId } from '../docker/map.js';
import type { Place } from '../endpoints.js';
import type { FoundNetwork, HostFacts, HostName, Observed } from '../model.js';
import { resolveContainers } from '../resolve/containers.js';
import { STACK_OPTION } from '../spec/containers.js';
import { specOn } from '../spec/hosts.js';
import type { Spec } from '../spec/schema.js';
import type { SwarmFacts } from '../swarm-facts.js';
import { refOf } from './match.js';

/** The hosts of a spec as nodes of one swarm. */
export interface SwarmView {
  /** Each host with the networks of the swarm, and the one that makes those with everybody who is on them. */
  readonly observed: Observed;
  /** Hosts that are, or are about to be, nodes of the swarm of the one that makes its networks. */
  readonly nodes: ReadonlySet<HostName>;
}

/**
 * A worker knows a network of the swarm while somebody there is on it, and nobody knows who is on it elsewhere: what each
 * engine says is put together, and `planned` is what the hosts will be in the swarm.
 */
export function swarmView(
  spec: Spec,
  seen: Observed,
  maker: HostName,
  planned: ReadonlyMap<HostName, SwarmFacts>,
  destroy: boolean,
): SwarmView {
  const making = seen.get(maker);
  if (making === undefined || (seen.size < 2 && spec.swarm === undefined)) return { observed: seen, nodes: new Set() };
  const ids = new Set((making.engine.swarm.nodes ?? []).map(({ id }) => id));
  const joins = ({ engine }: HostFacts, host: HostName): boolean =>
    engine.swarm.state === 'inactive' && planned.get(host)?.state === 'active';
  const nodes = new Set(
    [...seen].flatMap(([host, facts]) =>
      host === maker || ids.has(facts.engine.swarm.nodeId ?? '') || joins(facts, host) ? [host] : [],
    ),
  );
  const ofSwarm = making.networks
    .filter(({ props }) => props.scope === 'swarm')
    .map((found) => withOwner(found, making, seen, nodes));
  const observed = new Map(
    [...seen].map(([host, facts]): [HostName, HostFacts] => {
      const swarm = planned.get(host) ?? facts.engine.swarm;
      const engine = swarm === facts.engine.swarm ? facts.engine : { ...facts.engine, swarm };
      if (!nodes.has(host) || ofSwarm.length === 0)
        return [host, engine === facts.engine ? facts : { ...facts, engine }];
      const networks =
        host === maker
          ? facts.networks.map((found) =>
              withOthers(ofSwarm.find(({ id }) => id === found.id) ?? found, spec, seen, nodes, maker, destroy),
            )
          : [
              ...facts.networks.filter(({ id, hidden }) => hidden !== true && !ofSwarm.some((one) => one.id === id)),
              ...ofSwarm.map(seenFrom(facts)),
            ];
      const places = facts.places && named(facts.places, ofSwarm);
      return [host, { ...facts, engine, networks, ...(places && { places }) }];
    }),
  );
  return { observed, nodes };
}

/** Who has its configuration owns it, also where that is not on the host by which it is made. */
function withOwner(
  found: FoundNetwork,
  { networks }: HostFacts,
  seen: Observed,
  nodes: ReadonlySet<HostName>,
): FoundNetwork {
  const { configFrom } = found.props;
  const isIt = ({ name, props }: FoundNetwork): boolean => name === configFrom && props.configOnly === true;
  if (configFrom === undefined || found.owner !== undefined || networks.some(isIt)) return found;
  const owner = [...nodes].flatMap((host) => seen.get(host)?.networks.find(isIt)?.owner ?? [])[0];
  return owner === undefined ? found : { ...found, owner: { stack: owner.stack, ref: `network:${found.name}` } };
}

/** With the ids of networks that only their names were known of. */
function named(places: readonly Place[], ofSwarm: readonly FoundNetwork[]): readonly Place[] {
  const ids = new Map(ofSwarm.map(({ id, name }) => [hiddenId(name), id]));
  return places.map((place) => ({ ...place, networkId: ids.get(place.networkId) ?? place.networkId }));
}

/** What a host has of a network of the swarm: itself, and what of it is known by those alone who do not run. */
function partsOn({ networks }: HostFacts, { id, name }: FoundNetwork): readonly FoundNetwork[] {
  return networks.filter((one) => one.id === id || (one.hidden === true && one.id === hiddenId(name)));
}

/** A network of the swarm as its managers have it, with those who are on it here. */
function seenFrom(facts: HostFacts): (found: FoundNetwork) => FoundNetwork {
  return (found) => {
    const parts = partsOn(facts, found);
    const endpoints = parts.flatMap((part) => part.endpoints ?? []);
    const { endpoints: _elsewhere, ...rest } = found;
    return {
      ...rest,
      holders: parts.flatMap(({ holders }) => holders),
      ...(parts.every((part) => part.endpoints === undefined) ? {} : { endpoints }),
    };
  };
}

/** With those who hold it on other hosts, but for those who are to leave it there. */
function withOthers(
  found: FoundNetwork,
  spec: Spec,
  seen: Observed,
  nodes: ReadonlySet<HostName>,
  maker: HostName,
  destroy: boolean,
): FoundNetwork {
  if (found.props.scope !== 'swarm') return found;
  const holders = [...seen].flatMap(([host, facts]) => {
    if (host === maker || !nodes.has(host)) return [];
    const here = partsOn(facts, found).flatMap((part) => part.holders);
    if (here.length === 0) return [];
    const leaving = leavingThere(found, spec, host, facts, destroy);
    return here
      .filter(({ type, id }) => type === 'container' && !leaving.has(id))
      .map((holder) => ({ ...holder, host }));
  });
  return holders.length === 0 ? found : { ...found, holders: [...found.holders, ...holders] };
}

/** Containers of a host that netctl has put on a network of the swarm, and that the spec no longer wants there. */
function leavingThere(
  found: FoundNetwork,
  spec: Spec,
  host: HostName,
  facts: HostFacts,
  destroy: boolean,
): ReadonlySet<string> {
  const ref = refOf(found, facts);
  const mine = (facts.places ?? []).filter(
    ({ networkId, endpoint }) =>
      (networkId === found.id || networkId === hiddenId(found.name)) &&
      endpoint.config.driverOpts?.[STACK_OPTION] === spec.name &&
      endpoint.state !== 'restarting',
  );
  if (mine.length === 0) return new Set();
  const { attachments } = destroy ? { attachments: [] } : resolveContainers(specOn(spec, host), facts, host);
  return new Set(
    mine.flatMap(({ endpoint }) =>
      attachments.some((one) => one.network === ref && one.container.id === endpoint.container)
        ? []
        : [endpoint.container],
    ),
  );
}
