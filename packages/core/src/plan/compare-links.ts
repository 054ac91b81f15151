import { contains, parseAddress, parsePrefix } from '../addresses/prefix.js';
import type { LinkChange, LinkFact, RouteFact } from '../links.js';
import type { LinkResource } from '../model.js';
import type { Change } from './change.js';

/** What can only be had by making the link again: the kernel cannot change it, or not without harm. */
export function linkReplacements(want: LinkResource, have: LinkFact): readonly Change[] {
  const { props } = want;
  const pairs: [string, string | number | undefined, string | number | undefined][] = [
    ['kind', have.kind, props.kind],
    ['parent', have.parent, props.parent],
    ['mode', have.mode, props.mode],
    ['flag', have.flag ?? (props.flag === 'bridge' ? 'bridge' : undefined), props.flag],
    ['vlan', have.vlan?.id, props.vlanId],
    [
      'protocol',
      props.kind === 'vlan' ? have.vlan?.protocol.toLowerCase() : undefined,
      props.kind === 'vlan' ? '802.1q' : undefined,
    ],
  ];
  // What a link of another kind is like has no meaning for this one.
  const compared = have.kind === props.kind ? pairs : pairs.slice(0, 2);
  return compared
    .filter(([, from, to]) => from !== to && to !== undefined)
    .map(([field, from, to]) => ({ field, ...(from === undefined ? {} : { from: String(from) }), to: String(to) }));
}

/**
 * What has to be changed on a link that may stay; undefined when it is as wanted. A shim has the MTU of its parent: the
 * kernel lowers it with the parent's, and does not raise it again.
 */
export function linkChange(
  want: LinkResource,
  have: LinkFact,
  routes: readonly RouteFact[],
  alias: string,
  parentMtu?: number,
): LinkChange | undefined {
  const { props } = want;
  const mtu = props.mtu ?? (want.role === 'shim' ? parentMtu : undefined);
  const change: LinkChange = {
    ...(have.alias === alias ? {} : { alias }),
    ...(mtu === undefined || mtu === have.mtu ? {} : { mtu }),
    ...(have.up ? {} : { up: true as const }),
    // A VLAN link may carry addresses and routes of others; the shim is ours alone.
    ...(want.role === 'shim' ? shimChange(props, have, routes) : {}),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

function shimChange(props: LinkResource['props'], have: LinkFact, routes: readonly RouteFact[]): LinkChange {
  const there = have.addresses.filter(({ scope }) => scope !== 'link');
  const isHost = ({ address, prefixLength }: (typeof there)[number]): boolean =>
    prefixLength === (address.includes(':') ? 128 : 32);
  const extra = there.filter(
    (one) => !(props.addresses.includes(one.address) && isHost(one)) && isOursToRemove(one.address, props),
  );
  const missing = props.addresses.filter((address) => !there.some((one) => one.address === address && isHost(one)));
  // What the kernel made by itself goes with its address.
  const mine = routes.filter(
    ({ link, table, protocol }) => link === props.name && table === 'main' && protocol !== 'kernel',
  );
  const wrong = mine.filter(
    ({ destination, via }) =>
      isOursToRemove(destination.replace(/\/\d+$/, ''), props) &&
      (via !== undefined || !props.routes.some((route) => route.destination === destination)) &&
      !props.addresses.some((address) => destination.startsWith(`${address}/`)),
  );
  const gone = new Set(extra.map(({ address }) => address));
  // Taking the link up brings no route back, and removing an address takes away those that have it as their source.
  const lost = props.routes.filter(
    (route) =>
      !mine.some(
        ({ destination, source, via }) =>
          destination === route.destination &&
          via === undefined &&
          (route.source === undefined || (source === route.source && !gone.has(route.source))),
      ),
  );
  // A route is removed by its destination alone: where a wrong one has that of a right one, all of them go, and the right
  // one is made again.
  const unwanted = new Set(wrong.map(({ destination }) => destination));
  const removed = mine.filter(({ destination }) => unwanted.has(destination)).map(({ destination }) => destination);
  const added = props.routes.filter((route) => lost.includes(route) || unwanted.has(route.destination));
  return {
    ...(missing.length === 0 ? {} : { addAddresses: missing }),
    ...(extra.length === 0
      ? {}
      : { removeAddresses: extra.map(({ address, prefixLength }) => `${address}/${prefixLength}`) }),
    ...(added.length === 0 ? {} : { addRoutes: added }),
    ...(removed.length === 0 ? {} : { removeRoutes: removed }),
  };
}

/** IPv6 gives a link addresses and routes by itself; only those among the shim's own are taken for somebody's mistake. */
function isOursToRemove(address: string, props: LinkResource['props']): boolean {
  if (!address.includes(':')) return true;
  const parsed = parseAddress(address);
  if (parsed === undefined || address.startsWith('fe80:') || address.startsWith('ff')) return false;
  return (
    props.addresses.includes(address) ||
    props.routes.some(({ destination }) => {
      const prefix = parsePrefix(destination)?.prefix;
      return prefix !== undefined && contains(prefix, parsed);
    })
  );
}
