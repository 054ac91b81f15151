import { groupBy } from './group-by.js';
import type { LinkFact } from './links.js';
import type { FoundNetwork, HostFacts, NetworkProps, NetworkResource, Ref } from './model.js';
import { remembered } from './remembered.js';

/*
 * What is on a host, found without a look at all of it: there may be thousands of networks and of links, and each of them
 * asks for others. Of several the first in the list of the engine, or of the kernel, comes first.
 */

type Networks = Pick<HostFacts, 'networks'>;
type Links = Pick<HostFacts, 'links'>;

const byId = remembered((networks: readonly FoundNetwork[]) => groupBy(networks, ({ id }) => [id]));
const byName = remembered((networks: readonly FoundNetwork[]) => groupBy(networks, ({ name }) => [name]));
const byRef = remembered((networks: readonly FoundNetwork[]) =>
  groupBy(networks, ({ owner }) => (owner === undefined ? [] : [owner.ref])),
);
const byConfiguration = remembered((networks: readonly FoundNetwork[]) =>
  groupBy(networks, ({ props: { configFrom } }) => (configFrom === undefined ? [] : [configFrom])),
);

const byParent = remembered((networks: readonly FoundNetwork[]) => groupBy(networks, ({ props }) => parentOf(props)));

const wantedByParent = remembered((wanted: readonly NetworkResource[]) =>
  groupBy(wanted, ({ props }) => parentOf(props)),
);

const linksByName = remembered((links: readonly LinkFact[]) => groupBy(links, ({ name }) => [name]));
const linksByParent = remembered((links: readonly LinkFact[]) =>
  groupBy(links, ({ parent }) => (parent === undefined ? [] : [parent])),
);
const linksByAddress = remembered((links: readonly LinkFact[]) =>
  groupBy(links, ({ addresses }) => [...new Set(addresses.map(({ address }) => address))]),
);

export function networkWithId({ networks }: Networks, id: string): FoundNetwork | undefined {
  return byId(networks).get(id)?.[0];
}

/** Only newer engines keep names unique. */
export function networksNamed({ networks }: Networks, name: string): readonly FoundNetwork[] {
  return byName(networks).get(name) ?? [];
}

/** Those that a stack has marked as this one, whichever stack it is. */
export function networksMarked({ networks }: Networks, ref: Ref): readonly FoundNetwork[] {
  return byRef(networks).get(ref) ?? [];
}

/** Those that were made from the configuration network of this name. */
export function networksMadeFrom({ networks }: Networks, configuration: string): readonly FoundNetwork[] {
  return byConfiguration(networks).get(configuration) ?? [];
}

/** Those on a link, but for configurations, on which nobody can be. */
export function networksOn({ networks }: Networks, parent: string): readonly FoundNetwork[] {
  return byParent(networks).get(parent) ?? [];
}

/** As `networksOn`, of what is wanted. */
export function wantedOn(wanted: readonly NetworkResource[], parent: string): readonly NetworkResource[] {
  return wantedByParent(wanted).get(parent) ?? [];
}

function parentOf({ options, configOnly }: NetworkProps): readonly string[] {
  const parent = options['parent'];
  return parent === undefined || configOnly === true ? [] : [parent];
}

export function linkNamed({ links }: Links, name: string | undefined): LinkFact | undefined {
  return links === undefined || name === undefined ? undefined : linksByName(links.links).get(name)?.[0];
}

/** Those that are stacked on a link. */
export function linksOn({ links }: Links, parent: string): readonly LinkFact[] {
  return links === undefined ? [] : (linksByParent(links.links).get(parent) ?? []);
}

/** Those that have an address, as the kernel writes it. */
export function linksWith({ links }: Links, address: string): readonly LinkFact[] {
  return links === undefined ? [] : (linksByAddress(links.links).get(address) ?? []);
}
