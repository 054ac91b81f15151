import { formatAddress } from '../../addresses/prefix.js';
import { formatRange, inRange } from '../../addresses/range.js';
import { lint } from '../../problem.js';
import { formatPath } from '../path.js';
import { eachNetwork } from './rule.js';
import type { Rule } from './rule.js';

/** The modes of ipvlan in which containers have no neighbours, and so no gateway (kernel, ipvlan.rst). */
const L3 = /^l3s?$/;

/** With a shim it is more than that: the host would lose its way to the router, which the rules of the shim say. */
const gatewayIsOutsideTheRange = eachNetwork(({ spec, lan, driver, mode, pools }) => {
  const shimmed = spec.shim !== undefined && spec.shim !== false;
  if (!lan || shimmed || (driver === 'ipvlan' && L3.test(mode ?? ''))) return [];
  return pools.flatMap(({ at, gateway, range }) => {
    if (gateway === undefined || range === undefined || !inRange(range, gateway)) return [];
    const message = `The gateway ${formatAddress(gateway)} is inside ${formatRange(range)}, which Docker hands out: it keeps that address back, but the addresses around a router are seldom free.`;
    const hint = 'Write an ip_range without the gateway, which the DHCP server leaves alone.';
    return [lint('GATEWAY_IN_RANGE', formatPath([...at, 'ip_range']), message, hint)];
  });
});

/** moby, ipvlan driver: in l3 and l3s the default route of a container is the interface. */
const gatewayIsUsed = eachNetwork(({ driver, mode, pools }) => {
  if (driver !== 'ipvlan' || mode === undefined || !L3.test(mode)) return [];
  return pools.flatMap(({ at, written }) => {
    if (written.gateway === undefined) return [];
    const message = `The gateway does nothing in mode ${mode}: containers send everything out by their interface, and this host routes it.`;
    return [lint('GATEWAY_UNUSED', formatPath([...at, 'gateway']), message, 'Remove it, or use mode l2.')];
  });
});

export const lanRules: readonly Rule[] = [gatewayIsOutsideTheRange, gatewayIsUsed];
