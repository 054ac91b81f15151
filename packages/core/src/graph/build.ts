import { groupBy } from '../group-by.js';
import type { HostName } from '../model.js';
import { hostsOf, LOCAL, namesHosts, placesOf } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { detailsOf, viewHost } from './host-view.js';
import type { HostView, Seen } from './host-view.js';
import { linksOf } from './links.js';
import type { Member } from './members.js';
import { networksOf } from './networks.js';
import type { Network } from './networks.js';
import { checksOf, provedBy } from './proof.js';
import type { Proof } from './proof.js';
import type { Topology, TopologyHost, TopologyIsolation, TopologyMember, TopologyNetwork } from './topology.js';

/**
 * A stack as it is to be drawn: what its spec wants beside what is there, and what was proved of it; pure. Without `seen`,
 * and for a host that could not be reached, what is wanted alone.
 */
export function topologyOf(
  loaded: LoadedSpec,
  { seen, proof }: { readonly seen?: Seen; readonly proof?: Proof } = {},
): Topology {
  const { spec } = loaded;
  const names = hostsOf(spec);
  const ids = new Map(names.map((name, index) => [name, `h${String(index + 1)}`]));
  const views = names.map((name) => viewHost(loaded, name, ids.get(name) ?? '', seen, proof));
  const drawn = views.map((view) => ({ view, networks: networksOf(view, spec) }));
  const several = namesHosts(spec);
  return {
    version: 1,
    stack: spec.name,
    hosts: drawn.map(({ view, networks }) => hostOf(view, networks, seen, several)),
    swarm: sharedNetworks(loaded, drawn, ids),
  };
}

interface DrawnHost {
  readonly view: HostView;
  readonly networks: readonly Network[];
}

function hostOf(view: HostView, networks: readonly Network[], seen: Seen | undefined, several: boolean): TopologyHost {
  const { id, host, facts, looked, resolved, spec, proof } = view;
  const own = networks.filter(({ shared }) => !shared);
  const links = linksOf(view, [...new Set(own.flatMap(({ parent }) => parent ?? []))]);
  const linkIds = new Map(links.map((link) => [link.name, link.id]));
  const placed = own.map((network, index): { readonly ref: string; readonly network: TopologyNetwork } => {
    const on = network.parent === undefined ? undefined : linkIds.get(network.parent);
    const place = `${id}_n${String(index + 1)}`;
    return {
      ref: network.ref,
      network: { ...placedAt(place, network, network.members), ...(on && { on }), hosts: [] },
    };
  });
  const idOf = (ref: string): readonly string[] => placed.filter((one) => one.ref === ref).map((one) => one.network.id);
  const doors = resolved.links.filter(({ role }) => role === 'shim');
  const isolations = Object.entries(spec.networks).flatMap(([key, { isolated_from: others = [] }]) =>
    others.flatMap((other): readonly TopologyIsolation[] => {
      const [from] = idOf(`network:${key}`);
      const [to] = idOf(`network:${other}`);
      if (from === undefined || to === undefined) return [];
      const checks = checksOf(proof, `network:${key}`, host).filter((one) => one.isolatedFrom === `network:${other}`);
      const proved = provedBy(checks);
      return [{ from, to, ...(proved && { proved }) }];
    }),
  );
  const away = seen?.problems.find((one) => one.code === 'HOST_UNREACHABLE' && one.host === host);
  const { engine } = facts;
  return {
    id,
    name: host === LOCAL && !several ? engine.name || 'this host' : host,
    ...(away !== undefined ? { state: 'blocked', why: away.message } : { state: looked ? 'ok' : 'wanted' }),
    about: looked ? `Docker ${engine.version}` : 'not looked at',
    details: looked
      ? detailsOf([
          ['Engine', `Docker ${engine.version}`],
          ['System', engine.operatingSystem],
          ['Called', engine.name],
          ['Swarm', engine.swarm.state === 'active' ? (engine.swarm.manager ? 'manager' : 'worker') : undefined],
        ])
      : [],
    checks: [],
    links: links.map((link) => {
      const door = doors.find(({ props }) => props.name === link.name);
      if (door === undefined) return link;
      // A network waits for its shim, so that what is wrong with the parent shows before Docker is asked.
      const into = resolved.networks
        .filter(({ requires }) => requires.includes(door.ref))
        .flatMap(({ ref }) => idOf(ref));
      return { ...link, into };
    }),
    networks: placed.map(({ network }) => network),
    isolations,
  };
}

/** The networks of the swarm, once each: as the host tells that makes them, with the containers of all. */
function sharedNetworks(
  { spec }: LoadedSpec,
  hosts: readonly DrawnHost[],
  ids: ReadonlyMap<HostName, string>,
): readonly TopologyNetwork[] {
  const all = hosts.flatMap(({ view, networks }) =>
    networks.filter(({ shared }) => shared).map((network) => ({ ref: network.ref, host: view.host, network })),
  );
  return [...groupBy(all, ({ ref }) => [ref])].flatMap(([ref, group], index) => {
    const told = group.find(({ network }) => network.made) ?? group[0];
    const written = spec.networks[ref.replace(/^network:/, '')];
    if (told === undefined || written === undefined) return [];
    const members = group.flatMap(({ host, network }) => network.members.map((one) => ({ where: host, ...one })));
    const place = `s_n${String(index + 1)}`;
    const on = placesOf(written, spec).flatMap((host) => ids.get(host) ?? []);
    return [{ ...placedAt(place, told.network, members), hosts: on }];
  });
}

function placedAt(id: string, network: Network, members: readonly Member[]): Omit<TopologyNetwork, 'hosts'> {
  const { ref: _ref, parent: _parent, shared: _shared, made: _made, ...rest } = network;
  // A host tells of who is on another one too.
  const once = new Map(members.map((member, index) => [member.container ?? `absent ${String(index)}`, member]));
  for (const member of members) {
    if (member.container !== undefined && member.state !== 'other') once.set(member.container, member);
  }
  return {
    ...rest,
    id,
    members: [...once.values()].map((member, index): TopologyMember => {
      const { container: _container, ...drawn } = member;
      return { ...drawn, id: `${id}_c${String(index + 1)}` };
    }),
  };
}
