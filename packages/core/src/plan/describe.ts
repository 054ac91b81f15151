import { poolsOf } from '../addresses/ipam.js';
import type { EndpointConfig } from '../endpoints.js';
import type { LinkChange, LinkProps } from '../links.js';
import type { Holder, NetworkProps, StepArgs } from '../model.js';
import type { Change } from './change.js';

/**
 * `macvlan on eth0, 192.168.1.0/24 range 192.168.1.192/27 gateway 192.168.1.1`. A gateway is shown where it was asked
 * for: engines choose one for each pool without.
 */
export function describeNetwork(props: NetworkProps, asked: NetworkProps = props): string {
  if (props.configFrom !== undefined) return `${props.driver} from ${props.configFrom}`;
  const parent = props.options['parent'];
  const wanted = new Set(asked.ipam.config.map(({ gateway }) => gateway));
  const mode = props.options['macvlan_mode'] ?? props.options['ipvlan_mode'];
  const parts = [
    [props.configOnly === true ? 'configuration' : props.driver, mode, parent === undefined ? '' : `on ${parent}`],
    ...poolsOf(props.ipam.config).map(({ subnet, ranges, gateways }) => [
      subnet,
      ...ranges.map((range) => `range ${range}`),
      ...gateways.filter((gateway) => wanted.has(gateway)).map((gateway) => `gateway ${gateway}`),
    ]),
    [props.internal === true ? 'internal' : ''],
    [props.attachable === true ? 'attachable' : ''],
    [props.options['encrypted'] === undefined ? '' : 'encrypted'],
  ];
  return parts
    .map((words) => words.filter((word) => word !== undefined && word !== '').join(' '))
    .filter((text) => text !== '')
    .join(', ');
}

/** `macvlan bridge on eth0, 192.168.1.223/32, routes 192.168.1.192/27` */
export function describeLink(props: LinkProps): string {
  const kind = props.kind === 'vlan' ? `VLAN ${props.vlanId ?? ''}` : `${props.kind} ${props.mode ?? ''}`;
  const addresses = props.addresses.map(hostAddress);
  const routes = props.routes.map(({ destination }) => destination);
  return [
    `${kind} on ${props.parent}`,
    ...addresses,
    ...(routes.length === 0 ? [] : [`routes ${routes.join(' ')}`]),
    ...(props.mtu === undefined ? [] : [`MTU ${props.mtu}`]),
  ].join(', ');
}

/** `lan, 192.168.1.20 as asked, aliases web www` */
export function describeEndpoint({
  network,
  endpoint,
}: Pick<StepArgs['endpoint.park'], 'network' | 'endpoint'>): string {
  const { config, has } = endpoint;
  const addresses = [
    [config.ipv4, has.ipv4],
    [config.ipv6, has.ipv6],
  ].flatMap(([asked, given]) => (asked !== undefined ? [`${asked} as asked`] : given !== undefined ? [given] : []));
  return [
    network,
    ...addresses,
    ...(config.mac === undefined ? [] : [`MAC ${config.mac}`]),
    ...(config.aliases === undefined ? [] : [`aliases ${config.aliases.join(' ')}`]),
  ].join(', ');
}

/** `lan, 192.168.1.20, aliases web www`: what a spec asks for a container. */
export function describeWish(network: string, { ipv4, ipv6, mac, aliases }: EndpointConfig): string {
  return [
    network,
    ...[ipv4, ipv6].flatMap((address) => address ?? []),
    ...(mac === undefined ? [] : [`MAC ${mac}`]),
    ...(aliases === undefined ? [] : [`aliases ${aliases.join(' ')}`]),
  ].join(', ');
}

/** The address with the length that a shim has by construction. */
export function hostAddress(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** `subnet 10.0.0.0/24 → 10.0.1.0/24, internal false → true` */
export function describeChanges(changes: readonly Change[]): string {
  return changes
    .map(({ field, from, to }) => {
      if (from === undefined) return `${field} ${quoted(to)} is missing`;
      if (to === undefined) return `${field} ${quoted(from)} is not wanted`;
      return `${field} ${quoted(from)} → ${quoted(to)}`;
    })
    .join(', ');
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' || /\s/.test(text) ? JSON.stringify(text ?? '') : text;
}

/** What a `link.set` puts right. */
export function describeLinkChange(change: LinkChange): string {
  const repairs = describeLinkRepairs(change);
  if (change.alias === undefined) return repairs;
  return ['its mark is missing', ...(repairs === '' ? [] : [repairs])].join(', ');
}

/** All but its mark. */
export function describeLinkRepairs(change: LinkChange): string {
  return [
    ...(change.mtu === undefined ? [] : [`its MTU should be ${change.mtu}`]),
    ...(change.up === undefined ? [] : ['it is down']),
    ...(change.removeAddresses ?? []).map((address) => `it should not have ${address}`),
    ...(change.addAddresses ?? []).map((address) => `${hostAddress(address)} is missing`),
    ...(change.removeRoutes ?? []).map((route) => `the route to ${route} should not be there`),
    ...(change.addRoutes ?? []).map(({ destination }) => `the route to ${destination} is missing`),
  ].join(', ');
}

/** `web (running), old (exited)` */
export function describeHolders(holders: readonly Holder[]): string {
  return holders
    .map(({ name, state, host }) => `${name} (${state}${host === undefined ? '' : ` on ${host}`})`)
    .join(', ');
}

/** `by 192.168.1.10, pools 10.20.0.0/16 in networks of /24` */
export function describeSwarm(step: StepArgs['swarm.init']): string {
  const { addressPools, subnetSize, dataPathPort } = step;
  return [
    describeAddresses(step),
    ...(dataPathPort === undefined ? [] : [`data path port ${String(dataPathPort)}`]),
    ...(addressPools === undefined ? [] : [`pools ${addressPools.join(', ')}`]),
    ...(subnetSize === undefined ? [] : [`networks of /${String(subnetSize)}`]),
  ].join(', ');
}

/** `by 192.168.1.10, data by 10.0.0.10` */
export function describeAddresses({
  advertise,
  dataPath,
}: Pick<StepArgs['swarm.join'], 'advertise' | 'dataPath'>): string {
  return dataPath === undefined ? `by ${advertise}` : `by ${advertise}, data by ${dataPath}`;
}
