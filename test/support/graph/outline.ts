import type { Drawn, Topology, TopologyNetwork } from '../../../packages/core/src/graph/topology.js';

/** A topology as lines: what is in another is below it, and further in. */
export function outline({ hosts, swarm }: Topology): readonly string[] {
  const names = new Map(
    hosts.flatMap(({ links, networks }) => [...links, ...networks]).map((one) => [one.id, one.name]),
  );
  const line = (kind: string, { name, state, why }: Drawn, more = ''): string =>
    `${kind} ${name} ${state}${more}${why === undefined ? '' : `: ${why}`}`;
  const network = (one: TopologyNetwork): readonly string[] => [
    line('network', one, one.on === undefined ? '' : ` on ${names.get(one.on) ?? ''}`),
    ...one.members.map((member) => `  ${line('container', member, ` ${member.addresses.join(' ')}`.trimEnd())}`),
  ];
  return [
    ...hosts.flatMap((host) => [
      line('host', host),
      ...host.links.map((link) => {
        const into = link.into.map((id) => ` into ${names.get(id) ?? ''}`).join('');
        return `  ${line(link.role, link, `${link.on === undefined ? '' : ` on ${names.get(link.on) ?? ''}`}${into}`)}`;
      }),
      ...host.networks.flatMap((one) => network(one).map((text) => `  ${text}`)),
    ]),
    ...swarm.flatMap(network),
  ];
}
