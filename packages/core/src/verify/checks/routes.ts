import { EVERYWHERE, parseAddress } from '../../addresses/prefix.js';
import type { Family } from '../../addresses/prefix.js';
import type { Place } from '../../endpoints.js';
import type { RouteFact } from '../../links.js';
import type { Attachment } from '../../resolve/containers.js';
import { check, told, untested } from '../check.js';
import type { Check, Verdict } from '../check.js';
import type { Member } from '../member.js';
import { FAMILIES } from '../subject.js';
import type { Subject } from '../subject.js';
import type { HostView } from '../view.js';
import type { Peopled } from './pairs.js';

/** One of a container's networks by which it could leave. */
interface Way {
  readonly subject: Subject;
  readonly member: Member;
  readonly priority: number;
}

/**
 * The default route of each container that is on more than one network of the spec, or on one with a gateway, of IPv4 and
 * of IPv6: it leaves by the network with the highest priority (`default_route`, `gw_priority`). Without priorities any of
 * them is right, since the engine chooses by name, and only a route by none of them is wrong.
 */
export function routeChecks(
  peopled: readonly Peopled[],
  views: readonly HostView[],
  wishes: ReadonlyMap<string, readonly Attachment[]>,
): readonly Check[] {
  return FAMILIES.flatMap((family) => routesOf(family, peopled, views, wishes));
}

function routesOf(
  family: Family,
  peopled: readonly Peopled[],
  views: readonly HostView[],
  wishes: ReadonlyMap<string, readonly Attachment[]>,
): readonly Check[] {
  return [...byContainer(family, peopled, wishes).values()].flatMap((ways) => {
    const [first] = ways;
    const view = views.find(({ host }) => host === first?.subject.host);
    // By a network that the spec does not speak of it may leave as well.
    if (first === undefined || view === undefined || isElsewhere(family, first.member, ways, view)) return [];
    const most = Math.max(...ways.map(({ priority }) => priority));
    const intended = ways.filter(({ priority }) => priority === most);
    const [way = first] = intended;
    const called = family === 6 ? ' over IPv6' : '';
    const claim =
      intended.length === 1
        ? `${way.member.party.name} leaves${called} by ${way.subject.key}, through ${way.subject.gateways[family] ?? ''}`
        : `${way.member.party.name} leaves${called} by one of ${intended.map(({ subject }) => subject.key).join(', ')}`;
    const ask = told(judgeRoute(family, intended, ways, view));
    return [check('route', way.subject, { from: way.member.party, claim, ask }, family === 6 ? '6' : '')];
  });
}

function byContainer(
  family: Family,
  peopled: readonly Peopled[],
  wishes: ReadonlyMap<string, readonly Attachment[]>,
): ReadonlyMap<string, Way[]> {
  const result = new Map<string, Way[]>();
  for (const { subject, members } of peopled) {
    if (subject.gateways[family] === undefined) continue;
    for (const member of members) {
      const { endpoint, party } = member;
      if (endpoint === undefined || member.addresses[family] === undefined) continue;
      const wish = (wishes.get(`${subject.host} ${subject.key}`) ?? []).find(
        ({ container }) => container.id === party.id,
      );
      const priority = wish?.config.gwPriority ?? endpoint.config.gwPriority ?? 0;
      const id = `${subject.host} ${endpoint.container}`;
      result.set(id, [...(result.get(id) ?? []), { subject, member, priority }]);
    }
  }
  return result;
}

/** It is on a network with a way out of this family that is not of the spec. */
function isElsewhere(family: Family, { party }: Member, ways: readonly Way[], view: HostView): boolean {
  const known = new Set(ways.map(({ subject }) => subject.found.id));
  return view.places.some(
    (place: Place) =>
      place.endpoint.container === party.id &&
      (family === 4 ? place.endpoint.has.ipv4 : place.endpoint.has.ipv6) !== undefined &&
      !known.has(place.networkId) &&
      view.facts.networks.some(({ id, props }) => id === place.networkId && props.internal !== true),
  );
}

function judgeRoute(family: Family, intended: readonly Way[], ways: readonly Way[], view: HostView): Verdict {
  const [first] = ways;
  const routes = (first?.member.inside.routes ?? []).filter(
    ({ destination, table }) => destination === EVERYWHERE[family] && table === 'main',
  );
  const [route] = routes;
  const name = first?.member.party.name ?? '';
  const cure = `docker restart ${name}`;
  if (route === undefined)
    return { state: 'failed', cause: `${name} has no default route${family === 6 ? ' of IPv6' : ''}`, cure };
  const evidence = routes.map(({ via, link }) => `default via ${via ?? 'nobody'} dev ${link ?? 'none'}`);
  const isRight = ({ link, via }: RouteFact): boolean =>
    intended.some(
      ({ subject, member }) => link === member.interface.name && sameAddress(via, subject.gateways[family]),
    );
  if (routes.every(isRight)) return { state: 'passed', evidence };
  const wanted = intended.map(({ subject }) => subject.key).join(' or ');
  // A router that announces itself adds one of its own beside that of the engine.
  if (routes.some(isRight)) {
    const why = `it has ${routes.length} default routes, and which of them the kernel takes is up to their metrics`;
    return { ...untested(why, `ip route in ${name}: only a way by ${wanted} should be left`), evidence };
  }
  const actual = ways.find(({ member }) => route.link === member.interface.name);
  const by = actual === undefined ? `by ${route.link ?? 'none'}` : `by ${actual.subject.key}`;
  if (actual !== undefined && intended.includes(actual)) {
    const cause = `it leaves by ${route.via ?? 'nobody'}, which is not the gateway of ${wanted}`;
    return { state: 'failed', evidence, cause, cure };
  }
  const old = Number(view.facts.engine.version.split('.')[0]) < 28;
  const cause = `it leaves ${by}, and not by ${wanted}${old ? `: engine ${view.facts.engine.version} chooses by the names of the networks` : ''}`;
  return { state: 'failed', evidence, cause, cure: 'netctl apply, which sets gw_priority on engines from 28 on' };
}

function sameAddress(one: string | undefined, other: string | undefined): boolean {
  const [a, b] = [one, other].map((text) => (text === undefined ? undefined : parseAddress(text)));
  return a !== undefined && a.value === b?.value && a.family === b.family;
}
