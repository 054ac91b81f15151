import type { HostFacts } from '../model.js';
import { overlayOverhead } from '../spec/options.js';

/** The MTU of the link that the default route leaves by. */
export function defaultRouteMtu(facts: HostFacts): number | undefined {
  const route = facts.links?.routes.find(({ destination, table }) => destination === '0.0.0.0/0' && table === 'main');
  return facts.links?.links.find(({ name }) => name === route?.link)?.mtu;
}

/** The MTU of the link that has the address by which this node speaks to the swarm. */
export function dataPathMtu(facts: HostFacts): number | undefined {
  const address = facts.engine.swarm.nodeAddress;
  const path = facts.links?.links.find(({ addresses }) => addresses.some((one) => one.address === address));
  // A swarm of one may speak to itself by the loopback link, whose MTU no wire has.
  return path?.type === 'loopback' ? undefined : path?.mtu;
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
