import { unique } from '../../unique.js';
import { compareVersions } from '../../versions.js';
import type { Attachment } from '../../resolve/containers.js';
import { check } from '../check.js';
import type { Check } from '../check.js';
import type { Member } from '../member.js';
import type { NameQuestion } from '../prober.js';
import type { Subject } from '../subject.js';
import type { HostView } from '../view.js';
import { pairsOf } from './pairs.js';
import type { Peopled } from './pairs.js';

/**
 * From inside each container, the names of the others on its network: those of the containers, and all aliases that they
 * have or that the spec wants them to have. One that is alone asks for itself.
 */
export function nameChecks(
  peopled: readonly Peopled[],
  views: readonly HostView[],
  wishes: ReadonlyMap<string, readonly Attachment[]>,
): readonly Check[] {
  return peopled.flatMap(({ subject, members }) => {
    const askers = members.filter(({ endpoint }) => endpoint !== undefined);
    const elsewhere = subject.sharesNames
      ? peopled.filter((one) => one.subject.key === subject.key && one.subject.host !== subject.host)
      : [];
    const others = elsewhere.flatMap((one) => one.members.map((member) => ({ subject: one.subject, member })));
    const here = askers.map((member) => ({ subject, member }));
    const pairs = [
      ...pairsOf([...here, ...others]),
      ...(here.length + others.length === 1 ? here.map((one) => [one, one] as const) : []),
    ];
    return pairs
      .filter(([from]) => from.subject.host === subject.host)
      .flatMap(([from, to]) =>
        namesOf(to.member, wishes.get(`${to.subject.host} ${subject.key}`) ?? []).flatMap((name) =>
          nameCheck(subject, from.member, to.member, name, views),
        ),
      );
  });
}

/** The line by which a container asks the DNS of its engine. */
const DOCKERS = /^\s*nameserver\s+127\.0\.0\.11\s*$/m;

interface Named {
  readonly name: string;
  readonly isKnown: boolean;
  readonly isAlias: boolean;
}

/** The form of the names that an engine makes up (moby, namesgenerator). */
const MADE_UP = /^[a-z]+_[a-z]+\d?$/;

/** Older engines keep names to themselves that they made up (moby before 25, IsAnonymousEndpoint), and do not say which. */
const TELLS_ALL_NAMES = '25.0';

function namesOf({ endpoint }: Member, wishes: readonly Attachment[]): readonly Named[] {
  if (endpoint === undefined) return [];
  const wished = wishes
    .filter(({ container }) => container.id === endpoint.container)
    .flatMap(({ config }) => config.aliases ?? []);
  const { name: own, config } = endpoint;
  const aliases = [...(config.aliases ?? []), ...wished];
  return unique([own, ...aliases]).map((name) => ({
    name,
    isKnown: name === own || config.aliases?.includes(name) === true,
    isAlias: aliases.includes(name),
  }));
}

function nameCheck(
  subject: Subject,
  from: Member,
  to: Member,
  { name, isKnown, isAlias }: Named,
  views: readonly HostView[],
): readonly Check[] {
  const family = to.addresses[4] === undefined ? 6 : 4;
  const address = to.addresses[family];
  if (address === undefined) return [];
  const engine = views.find(({ host }) => host === to.party.host)?.facts.engine.version ?? TELLS_ALL_NAMES;
  const resolver = views.find(({ host }) => host === subject.host)?.resolvers.get(from.spot.pid ?? 0);
  const mayBeMadeUp = !isAlias && MADE_UP.test(name) && compareVersions(engine, TELLS_ALL_NAMES) < 0;
  const ask = {
    how: 'name',
    from: { host: subject.host, spot: from.spot },
    question: { name, family },
    wants: unique([address, ...bearersOf(name, from, family, views, subject.host)]),
    isKnown,
    ...(mayBeMadeUp ? { ifMadeUp: ownId(from) } : {}),
    ...(resolver === undefined || DOCKERS.test(resolver) ? {} : { resolver }),
  } as const;
  const claim = `${from.party.name} is told that ${name} is ${address}`;
  return [check('name', subject, { from: from.party, to: { ...to.party, address }, claim, ask }, name)];
}

/** The short id of a container is its alias on every network, and its own engine knows it without asking anybody. */
function ownId({ party, addresses }: Member): NameQuestion {
  return { name: (party.id ?? '').slice(0, 12), family: addresses[4] === undefined ? 6 : 4 };
}

/** All who answer to the name on any network that the asker is on: the engine may tell of any of them. */
function bearersOf(
  name: string,
  from: Member,
  family: 4 | 6,
  views: readonly HostView[],
  host: string,
): readonly string[] {
  const places = views.flatMap((view) => view.places.map((place) => ({ ...place, host: view.host })));
  const mine = new Set(
    places
      .filter((one) => one.host === host && one.endpoint.container === from.party.id)
      .map(({ networkId }) => networkId),
  );
  return places
    .filter(
      ({ networkId, endpoint }) =>
        mine.has(networkId) && (endpoint.name === name || endpoint.config.aliases?.includes(name) === true),
    )
    .flatMap(({ endpoint: { has } }) => (family === 4 ? has.ipv4 : has.ipv6) ?? []);
}
