import { contains, EVERYWHERE, parseAddress } from '../../addresses/prefix.js';
import type { Family } from '../../addresses/prefix.js';
import { unique } from '../../unique.js';
import { check, pingFor, told, untested } from '../check.js';
import type { Ask, Check } from '../check.js';
import { hostParty } from '../member.js';
import type { Member } from '../member.js';
import { FAMILIES } from '../subject.js';
import type { Subject } from '../subject.js';
import type { HostView } from '../view.js';

/** Each member and the gateway of its network. */
export function gatewayChecks(subject: Subject, members: readonly Member[]): readonly Check[] {
  return members.flatMap(({ party, addresses, spot }) =>
    FAMILIES.flatMap((family) => {
      const [own, gateway] = [addresses[family], subject.gateways[family]];
      if (own === undefined || gateway === undefined) return [];
      const to = { type: 'address', host: subject.host, name: gateway, address: gateway } as const;
      const from = { host: subject.host, spot };
      const ping = pingFor(gateway, 'answer');
      const control = isOnLan(subject) ? { control: { from: { host: subject.host, spot: {} }, ping } } : {};
      const ask: Ask = { how: 'ping', from, ping, wants: 'answer', ...control };
      const claim = `${party.name} reaches the gateway ${gateway}`;
      return [check('gateway', subject, { from: { ...party, address: own }, to, claim, ask })];
    }),
  );
}

/** Whether the host has an address there by the parent itself, so that it can ask who is there as well. */
function isOnLan({ isLan, link, subnets }: Subject): boolean {
  const own = (link?.addresses ?? []).flatMap(({ address }) => parseAddress(address) ?? []);
  return isLan && own.some((address) => subnets.some((subnet) => contains(subnet, address)));
}

/** Each member and the host, by the shim, in both directions. */
export function shimChecks(subject: Subject, members: readonly Member[]): readonly Check[] {
  const { shim, host, subnets } = subject;
  if (shim === undefined) return [];
  const { name } = shim.props;
  return members.flatMap(({ party, addresses, spot }) =>
    FAMILIES.flatMap((family) => {
      const own = addresses[family];
      const inside = shim.props.addresses.filter((text) => {
        const address = parseAddress(text);
        return address?.family === family && subnets.some((subnet) => contains(subnet, address));
      });
      const [shimAddress] = inside;
      if (own === undefined || shimAddress === undefined) return [];
      const [container, door] = [{ ...party, address: own }, hostParty(host, shimAddress)];
      const there: Ask = { how: 'ping', from: { host, spot: {} }, ping: pingFor(own, 'answer', name), wants: 'answer' };
      const back: Ask = { how: 'ping', from: { host, spot }, ping: pingFor(shimAddress, 'answer'), wants: 'answer' };
      const about = family === 6 ? '6' : '';
      return [
        check(
          'shim',
          subject,
          { from: door, to: container, claim: `${door.name} reaches ${party.name} by ${name}`, ask: there },
          about,
        ),
        check(
          'shim',
          subject,
          {
            from: container,
            to: door,
            claim: `${party.name} reaches ${door.name} at ${shimAddress} by ${name}`,
            ask: back,
          },
          about,
        ),
      ];
    }),
  );
}

/** Machines beside: those that every member of a LAN has to reach, and what is outside for a bridge. */
export function neighbourChecks(
  subject: Subject,
  members: readonly Member[],
  views: readonly HostView[],
): readonly Check[] {
  if (!subject.isLan || subject.internal || subject.mode.startsWith('l3')) return [];
  return FAMILIES.flatMap((family) => {
    const asking = members.filter(({ addresses }) => addresses[family] !== undefined);
    const [target] = neighboursOf(subject, views, family);
    const about = family === 6 ? '6' : '';
    // A LAN of IPv4 has nobody by IPv6, whatever the network was given.
    if (target === undefined && (asking.length === 0 || (family === 6 && !hasWayOut(subject, 6)))) return [];
    if (target === undefined) {
      const lan = `the LAN of ${subject.linkName ?? subject.key}`;
      const why = family === 6 ? `nobody else is known by IPv6 on ${lan}` : `nobody else is known on ${lan}`;
      const claim = `containers of ${subject.key} reach a machine of the LAN${family === 6 ? ' by IPv6' : ''}`;
      return [check('neighbour', subject, { from: hostParty(subject.host), claim, ask: told(untested(why)) }, about)];
    }
    return asking.flatMap(({ party, addresses, spot }) => {
      const own = addresses[family];
      return own === undefined
        ? []
        : [beside('neighbour', subject, { ...party, address: own }, spot, target, `the LAN’s ${target}`)];
    });
  });
}

/** Each container of a bridge that is not internal gets out through the host. */
export function outsideChecks(
  subject: Subject,
  members: readonly Member[],
  views: readonly HostView[],
): readonly Check[] {
  if (subject.driver !== 'bridge' || subject.internal || subject.gateways[4] === undefined) return [];
  const [target] = outsideOf(subject, views, 4);
  if (target === undefined && members.length > 0) {
    const claim = `containers of ${subject.key} get out through the host`;
    const why = 'the host has no default route and no other host is in the spec, so nobody is known outside';
    return [check('outside', subject, { from: hostParty(subject.host), claim, ask: told(untested(why)) })];
  }
  return members.flatMap((member) => {
    const own = member.addresses[4];
    // By this network, whatever other ones the container is on.
    return own === undefined || target === undefined || !leavesBy(member)
      ? []
      : [beside('outside', subject, { ...member.party, address: own }, member.spot, target, target)];
  });
}

function leavesBy({ inside, interface: own }: Member): boolean {
  const route = inside.routes.find(({ destination, table }) => destination === EVERYWHERE[4] && table === 'main');
  return route?.link === own.name;
}

function beside(
  kind: 'neighbour' | 'outside',
  subject: Subject,
  from: Check['from'],
  spot: Member['spot'],
  target: string,
  called: string,
): Check {
  const { host } = subject;
  const ask: Ask = {
    how: 'ping',
    from: { host, spot },
    ping: pingFor(target, 'answer'),
    wants: 'answer',
    control: { from: { host, spot: {} }, ping: pingFor(target, 'answer') },
  };
  const to = { type: 'address', host, name: target, address: target } as const;
  const claim = kind === 'outside' ? `${from.name} gets out to ${called}` : `${from.name} reaches ${called}`;
  return check(kind, subject, { from, to, claim, ask });
}

/** Other hosts of the spec on the same LAN, then those that have answered the host; neither is one of ours. */
function neighboursOf(subject: Subject, views: readonly HostView[], family: Family): readonly string[] {
  const here = views.find(({ host }) => host === subject.host);
  const inSubnet = (text: string): boolean => {
    const address = parseAddress(text);
    return address?.family === family && subject.subnets.some((subnet) => contains(subnet, address));
  };
  const own = new Set([
    ...(here?.facts.links?.links ?? []).flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ...views.flatMap(({ places }) =>
      places.flatMap(({ endpoint: { has } }) => (family === 4 ? has.ipv4 : has.ipv6) ?? []),
    ),
    subject.gateways[family] ?? '',
  ]);
  const others = views.filter(({ host }) => host !== subject.host).flatMap((view) => addressesOf(view, family));
  const known = (here?.neighbours ?? []).filter(({ link }) => link === subject.linkName).map(({ address }) => address);
  const all = unique([...others, ...known]).filter((address) => inSubnet(address) && !own.has(address));
  return all.length > 0
    ? all
    : [subject.gateways[family] ?? ''].filter((gateway) => gateway !== '' && known.includes(gateway));
}

/** Whether the host has a default route of the family. */
export function hasWayOut({ facts }: Pick<Subject, 'facts'>, family: Family): boolean {
  return facts.links?.routes.some(({ destination }) => destination === EVERYWHERE[family]) === true;
}

/** The next hop of the host, then the other hosts of the spec; none whose address says nothing without a link (fe80::/10). */
export function outsideOf(
  { host, facts }: Pick<Subject, 'host' | 'facts'>,
  views: readonly HostView[],
  family: Family,
): readonly string[] {
  const hop = (facts.links?.routes ?? []).flatMap(({ destination, table, via }) =>
    destination === EVERYWHERE[family] && table === 'main' && via !== undefined ? [via] : [],
  );
  const own = (facts.links?.links ?? []).flatMap(({ addresses }) => addresses.map(({ address }) => address));
  const others = views.filter((view) => view.host !== host).flatMap((view) => addressesOf(view, family));
  return unique([...hop, ...others]).filter(
    (address) => parseAddress(address)?.family === family && !/^fe[89ab]/i.test(address) && !own.includes(address),
  );
}

/** The addresses by which a host is on its LANs: of hardware, or of what looks like it. */
function addressesOf({ facts }: HostView, family: Family): readonly string[] {
  return (facts.links?.links ?? [])
    .filter(({ kind, type }) => type === 'ether' && kind !== 'bridge' && kind !== 'macvlan' && kind !== 'ipvlan')
    .flatMap(({ addresses }) => addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address))
    .filter((address) => parseAddress(address)?.family === family);
}
