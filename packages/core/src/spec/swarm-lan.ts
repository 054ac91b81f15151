import type { NetworkSpec, VlanSpec } from './schema.js';

/*
 * A macvlan or ipvlan network of a whole swarm. The swarm keeps no address and no option of one: each node takes them from
 * a configuration network of its own, which is what an entry of the spec becomes there.
 */

/** What the network of the swarm says itself; all else is for the configuration on each node. */
const OF_THE_SWARM = ['name', 'driver', 'scope', 'internal', 'attachable', 'isolated_from'] as const;

/** Whether a network of the swarm is described here, and not in configuration networks that the spec has by themselves. */
export function isSwarmLan(thing: NetworkSpec | VlanSpec): boolean {
  if (!('scope' in thing) || thing.scope !== 'swarm' || thing.external === true) return false;
  return (
    (thing.driver === 'macvlan' || thing.driver === 'ipvlan') && !thing.config_only && thing.config_from === undefined
  );
}

/** The key, in the view of a host, of the configuration network that a network of the swarm has there. */
export function configurationKey(key: string): string {
  return `${key}-config`;
}

/** The engine's name for it. */
function configurationName(key: string, { name = key }: NetworkSpec): string {
  return `${name}-config`;
}

/** What of it one node has by itself: `there` is the network with what is otherwise on that node. */
export function configurationOf(key: string, there: NetworkSpec): NetworkSpec {
  const own = new Set<string>([...OF_THE_SWARM, 'split', 'hosts']);
  const configuration = Object.fromEntries(Object.entries(there).filter(([name]) => !own.has(name))) as NetworkSpec;
  return {
    ...configuration,
    ...(there.driver === undefined ? {} : { driver: there.driver }),
    name: configurationName(key, there),
    config_only: true,
    configures: key,
  };
}

/** What of it is made once, for all nodes. */
export function networkOfSwarm(key: string, network: NetworkSpec): NetworkSpec {
  const of = new Set<string>(OF_THE_SWARM);
  const own = Object.fromEntries(Object.entries(network).filter(([name]) => of.has(name))) as NetworkSpec;
  return { ...own, config_from: configurationName(key, network) };
}
