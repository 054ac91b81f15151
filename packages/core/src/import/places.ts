import { canonicalAddress } from '../addresses/text.js';
import { isGoing } from '../endpoints.js';
import type { EndpointConfig, FoundContainer } from '../endpoints.js';
import type { FoundNetwork, HostFacts } from '../model.js';
import { handsOut } from '../plan/attachment-checks.js';
import { INTERFACE_OPTION, STACK_OPTION } from '../spec/containers.js';
import { inline, line, textLine } from './block.js';
import type { Line } from './block.js';
import type { View } from './view.js';

/** What was asked for one container on one network. */
export interface PlaceLines {
  readonly container: string;
  /** The key of the network in the spec. */
  readonly network: string;
  readonly lines: readonly Line[];
}

export interface Places {
  readonly places: readonly PlaceLines[];
  /** Compose projects whose containers are on these networks, and ask for something there. */
  readonly projects: ReadonlyMap<string, readonly string[]>;
}

/** What is said of a container, of its place on a network, or of what it asked for there. */
export function placeKey(...keys: readonly (string | undefined)[]): string {
  return keys.filter((key) => key !== undefined).join('\0');
}

/** By what Compose knows its own. */
export const COMPOSE_PROJECT = 'com.docker.compose.project';

/**
 * The places that somebody asked something for, and those that netctl gave. Containers of Compose are Compose's: it makes
 * them anew with what its file says, so two files would say what one of them has.
 */
export function placesOf(
  views: readonly View[],
  facts: HostFacts,
  stack: string,
  dropped: ReadonlyMap<string, string>,
): Places {
  const places: PlaceLines[] = [];
  const projects = new Map<string, string[]>();
  const viewOf = new Map(views.map((view) => [view.found?.id, view]));
  const containerOf = new Map(facts.containers?.map((container) => [container.id, container]));
  for (const { networkId, endpoint } of facts.places ?? []) {
    const view = viewOf.get(networkId);
    const container = containerOf.get(endpoint.container);
    if (view === undefined || container === undefined) continue;
    const mine = endpoint.config.driverOpts?.[STACK_OPTION] === stack;
    const { name } = container;
    const isDropped = (field?: string): boolean => dropped.has(placeKey(name, view.key, field));
    const lines = linesOf(endpoint.config, view, mine).filter(({ key }) => !isDropped(key));
    if (dropped.has(placeKey(name)) || isDropped()) continue;
    if (lines.length === 0 && !mine) continue;
    const project = container.labels[COMPOSE_PROJECT];
    if (project !== undefined && !mine) {
      projects.set(project, [...(projects.get(project) ?? []), name]);
      continue;
    }
    places.push({ container: name, network: view.key, lines });
  }
  return { places, projects };
}

function linesOf(config: EndpointConfig, { props, found }: View, mine: boolean): readonly Line[] {
  const { ipv4, ipv6, linkLocal = [], aliases = [], mac, gwPriority } = config;
  // A swarm shows the addresses that it has chosen as if they were asked for.
  const isChosen = (address: string): boolean =>
    !mine && props.scope === 'swarm' && found !== undefined && handsOut(found, address);
  const asked = (address: string | undefined): string | undefined =>
    address === undefined || isChosen(address) ? undefined : address;
  const { [INTERFACE_OPTION]: interfaceName, ...options } = config.driverOpts ?? {};
  const theirs = Object.entries(options).filter(([key]) => !key.startsWith('io.netctl.'));
  return [
    ...line('ipv4_address', asked(ipv4)),
    ...line('ipv6_address', asked(ipv6)),
    ...line('aliases', aliases.length === 0 ? undefined : aliases),
    ...line('link_local_ips', linkLocal.length === 0 ? undefined : linkLocal.map(canonicalAddress)),
    // On ipvlan all have that of the parent.
    ...line('mac_address', props.driver === 'ipvlan' ? undefined : mac),
    ...textLine('driver_opts', Object.fromEntries(theirs)).map((one) => inlined(one)),
    ...line('gw_priority', gwPriority),
    ...line('interface_name', interfaceName),
  ];
}

function inlined({ key, value }: Line): Line {
  return { key, value: typeof value === 'object' && 'lines' in value ? inline(value.lines) : value };
}

/** The containers of the spec, each with its networks. */
export function containerLines(places: readonly PlaceLines[]): readonly Line[] {
  const networksOf = new Map<string, Line[]>();
  for (const { container, network, lines } of places) {
    const networks = networksOf.get(container) ?? [];
    networksOf.set(container, networks);
    networks.push({ key: network, value: inline(lines) });
  }
  return [...networksOf].map(([container, networks]) => ({
    key: container,
    value: { lines: [{ key: 'networks', value: { lines: networks } }] },
  }));
}

/** Whose places have to be read: all that are on these networks. */
export function containersOn(
  networks: readonly FoundNetwork[],
  containers: readonly FoundContainer[],
): readonly string[] {
  const known = new Set(containers.flatMap(({ id, state }) => (isGoing(state) ? [] : [id])));
  const ids = networks.flatMap(({ holders }) => holders.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => known.has(id));
}
