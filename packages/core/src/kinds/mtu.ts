import { EVERYWHERE } from '../addresses/prefix.js';
import type { HostFacts, HostName } from '../model.js';
import { overlayOverhead } from '../spec/options.js';

/** The MTU of the link that the default route leaves by. */
export function defaultRouteMtu(facts: HostFacts): number | undefined {
  const route = facts.links?.routes.find(({ destination, table }) => destination === EVERYWHERE[4] && table === 'main');
  return facts.links?.links.find(({ name }) => name === route?.link)?.mtu;
}

/** The link that has the address by which a node speaks to the swarm. */
export interface DataPath {
  /** Absent for the host itself. */
  readonly host?: HostName;
  readonly link: string;
  readonly mtu: number;
}

/** Those of this host and of all others of the spec, as far as their links can be seen. */
export function dataPaths(facts: HostFacts): readonly DataPath[] {
  const others = [...(facts.peers ?? [])].flatMap(([host, peer]) => dataPath(peer).map((path) => ({ host, ...path })));
  return [...dataPath(facts), ...others];
}

function dataPath({ engine, links }: HostFacts): readonly DataPath[] {
  const address = engine.swarm.nodeAddress;
  const path = links?.links.find(({ addresses }) => addresses.some((one) => one.address === address));
  // A swarm of one may speak to itself by the loopback link, whose MTU no wire has.
  return path === undefined || path.type === 'loopback' ? [] : [{ link: path.name, mtu: path.mtu }];
}

/** The MTU that every host can send: a network of the swarm has the same option on all of them. */
export function dataPathMtu(facts: HostFacts): number | undefined {
  const all = dataPaths(facts).map(({ mtu }) => mtu);
  return all.length === 0 ? undefined : Math.min(...all);
}

/**
 * The value of the driver's option, which is the MTU of the underlay, for containers to get `mtu`. The engine takes
 * off what VXLAN needs, then for an encrypted network what ESP needs, and rounds that down to a multiple of four.
 */
export function underlayMtu(mtu: number, encrypted: boolean): number {
  return mtu + overlayOverhead(encrypted);
}

/** What containers get when the driver's option is `mtu`: the other way round. */
export function overlayMtu(mtu: number, encrypted: boolean): number {
  const rest = mtu - overlayOverhead(encrypted);
  return encrypted ? rest - (rest % 4) : rest;
}
