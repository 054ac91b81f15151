import type { FoundNetwork, HostFacts } from '../../../packages/core/src/model.js';
import { resolve } from '../../../packages/core/src/resolve/resolve.js';
import type { Resolved } from '../../../packages/core/src/resolve/resolve.js';
import { makeWorld } from '../../support/memory/world.js';
import type { WorldInput } from '../../support/memory/world.js';
import { toFoundNetwork } from '../../../packages/core/src/docker/map.js';
import { loadText } from '../../support/memory/run.js';

/** What a host in memory looks like to the planner, without the backends. */
export function factsOf(input: WorldInput & { readonly found?: readonly FoundNetwork[] } = {}): HostFacts {
  const { found, ...rest } = input;
  const world = makeWorld(rest);
  return {
    engine: world.engine,
    networks: found ?? world.networks.map((network) => toFoundNetwork(network, [])),
    links: { links: world.links, routes: world.routes, mayChange: true },
    kernel: {},
  };
}

export function resolveText(text: string, facts: HostFacts = factsOf()): Resolved {
  return resolve(loadText(`name: home\n${text}`).spec, 'local', facts);
}
