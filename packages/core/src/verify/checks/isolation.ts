import { contains, parseAddress, parsePrefix } from '../../addresses/prefix.js';
import type { Family } from '../../addresses/prefix.js';
import { check, PAYLOADS, pingFor, told, untested } from '../check.js';
import type { Ask, Check } from '../check.js';
import { hostParty } from '../member.js';
import type { Member } from '../member.js';
import { FAMILIES } from '../subject.js';
import type { Subject } from '../subject.js';
import type { HostView } from '../view.js';
import { hasWayOut, outsideOf } from './gateways.js';
import type { Peopled } from './pairs.js';

/** Of a large network so many are tried by each. */
const TARGETS = 4;

/** `isolated_from`: nobody on the one reaches anybody on the other, where the other one answers those who may. */
export function isolationChecks({ subject, members }: Peopled, all: readonly Peopled[]): readonly Check[] {
  return subject.isolatedFrom.flatMap((key) =>
    checksFrom({ subject, members }, key, all).map((one): Check => ({ ...one, isolatedFrom: `network:${key}` })),
  );
}

function checksFrom({ subject, members }: Peopled, key: string, all: readonly Peopled[]): readonly Check[] {
  // A bridge is by itself on each host: others have one of that name, and maybe the same addresses.
  const others = all.filter(
    ({ subject: one }) => one.key === key && (one.driver !== 'bridge' || one.host === subject.host),
  );
  const targets = others.flatMap((one) => one.members.map((member) => ({ member, on: one.subject })));
  const onBoth = new Set(targets.map(({ member }) => idOf(member)));
  const senders = members.filter((member) => !onBoth.has(idOf(member)));
  const both = members.filter((member) => member.party.type === 'container' && onBoth.has(idOf(member)));
  if (senders.length === 0 || targets.length === 0) {
    const claim = `${subject.key} is isolated from ${key}`;
    const why = targets.length === 0 ? `nobody is on ${key} to be reached` : `nobody is on ${subject.key} alone`;
    return [check('isolation', subject, { from: hostParty(subject.host), claim, ask: told(untested(why)) }, key)];
  }
  return [
    ...both.map((member) => onTwo(subject, member, key)),
    ...senders.flatMap((from) => keptFrom(subject, from, targets, key)),
  ];
}

interface Target {
  readonly member: Member;
  readonly on: Subject;
}

function idOf({ party }: Member): string {
  return party.id ?? `${party.host} ${party.type}`;
}

/** A container with an end on each side is a way from the one to the other. */
function onTwo(subject: Subject, { party }: Member, key: string): Check {
  const claim = `${subject.key} is isolated from ${key}`;
  const verdict = {
    state: 'failed',
    cause: `${party.name} is on both`,
    cure: `docker network disconnect ${subject.found.name} ${party.name}, or leave ${key} out of isolated_from`,
  } as const;
  return check('isolation', subject, { from: party, claim, ask: told(verdict) }, key);
}

function keptFrom(subject: Subject, from: Member, targets: readonly Target[], key: string): readonly Check[] {
  return targets
    .filter(({ member }) => idOf(member) !== idOf(from))
    .slice(0, TARGETS)
    .flatMap(({ member: to, on }) =>
      FAMILIES.flatMap((family) => {
        const [own, address] = [from.addresses[family], to.addresses[family]];
        if (own === undefined || address === undefined) return [];
        const parties = { from: { ...from.party, address: own }, to: { ...to.party, address } };
        const claim = `${from.party.name} does not reach ${to.party.name} on ${key} at ${address}`;
        const asker = { host: subject.host, spot: from.spot };
        // The host reaches its own bridges; of other networks those who are on them tell.
        const control = { from: { host: on.host, spot: {} }, ping: pingFor(address, 'answer') };
        const ask: Ask = {
          how: 'ping',
          from: asker,
          ping: pingFor(address, 'silence'),
          wants: 'silence',
          ...(on.driver === 'bridge' ? { control } : {}),
        };
        return [check('isolation', subject, { ...parties, claim, ask }, address.includes(':') ? `${key}/6` : key)];
      }),
    );
}

/** An internal network has no way out, whatever other ways its containers have. */
export function internalChecks({ subject, members }: Peopled, views: readonly HostView[]): readonly Check[] {
  if (!subject.internal || members.length === 0) return [];
  return FAMILIES.flatMap((family) => {
    const asking = members.filter(({ addresses }) => addresses[family] !== undefined);
    const [target] = outsideOf(subject, views, family);
    if (asking.length === 0) return [];
    if (target === undefined) {
      // Without a way of IPv6 out of the host nobody can leave by one.
      if (family === 6 && !hasWayOut(subject, 6)) return [];
      const claim = `nobody gets out of ${subject.key}${family === 6 ? ' by IPv6' : ''}`;
      const why =
        family === 6
          ? 'the router of the host has an address of its link alone, and no other host is in the spec'
          : 'the host has no default route and no other host is in the spec, so nobody is known outside';
      const about = family === 6 ? '6' : '';
      return [check('isolation', subject, { from: hostParty(subject.host), claim, ask: told(untested(why)) }, about)];
    }
    return asking.map((member) => keptInside(subject, member, target, family));
  });
}

function keptInside(
  subject: Subject,
  { party, addresses, spot, inside, interface: own }: Member,
  target: string,
  family: Family,
): Check {
  const { host } = subject;
  const address = addresses[family] ?? '';
  const to = { type: 'address', host, name: target, address: target } as const;
  // By its length an answer is told from one to another interface of the same container.
  const payload = PAYLOADS.silence + 1 + inside.links.indexOf(own);
  const ask = {
    how: 'ping',
    from: { host, spot },
    ping: { ...pingFor(target, 'silence', own.name), payload },
    wants: 'silence',
    control: { from: { host, spot: {} }, ping: pingFor(target, 'answer') },
    // By IPv4 the kernel asks on the link itself where it has no route by it, and by IPv6 it sends nothing.
    ...(family === 6 && !hasRoute(inside, own.name, target) ? { mayBeUnsent: true } : {}),
  } as const;
  const claim = `${party.name} does not get out to ${target} by ${subject.key}`;
  return check('isolation', subject, { from: { ...party, address }, to, claim, ask });
}

function hasRoute({ routes }: Member['inside'], link: string, target: string): boolean {
  const address = parseAddress(target);
  return routes.some((route) => {
    const prefix = parsePrefix(route.destination)?.prefix;
    return route.link === link && prefix !== undefined && address !== undefined && contains(prefix, address);
  });
}
