import type { Drawn, Topology, TopologyHost, TopologyNetwork } from '@netctl/core';

/** What the page knows of something that is drawn. */
export interface PageItem extends Drawn {
  readonly kind: 'container' | 'host' | 'link' | 'network';
  /** The id of what it is in. */
  readonly parent?: string;
  /** Of a container: the name of its host, where that is known. */
  readonly host?: string;
}

/** One container on two networks; another host may have one of the same name. */
export function isSameContainer(a: PageItem, b: PageItem): boolean {
  return a.kind === 'container' && b.kind === 'container' && a.name === b.name && a.host === b.host;
}

/** All that is drawn, what is in another after that one, as the page has it. */
export function pageItems({ hosts, swarm }: Topology): readonly PageItem[] {
  return [
    ...hosts.flatMap((host) => [
      pageItem(host, 'host'),
      ...host.links.map((link) => pageItem(link, 'link', host.id)),
      ...host.networks.flatMap((network) => networkItems(network, host)),
    ]),
    ...swarm.flatMap((network) => networkItems(network)),
  ];
}

function networkItems(network: TopologyNetwork, host?: TopologyHost): readonly PageItem[] {
  return [
    pageItem(network, 'network', host?.id),
    ...network.members.map((member): PageItem => {
      const on = member.where ?? host?.name;
      return { ...pageItem(member, 'container', network.id), ...(on === undefined ? {} : { host: on }) };
    }),
  ];
}

function pageItem(item: Drawn, kind: PageItem['kind'], parent?: string): PageItem {
  const { id, name, state, why, about, details, checks } = item;
  return {
    id,
    kind,
    ...(parent === undefined ? {} : { parent }),
    name,
    state,
    ...(why === undefined ? {} : { why }),
    about,
    details,
    checks,
  };
}
