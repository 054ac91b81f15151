import { check, pingFor, told, untested } from '../check.js';
import type { Check } from '../check.js';
import type { Member } from '../member.js';
import { FAMILIES } from '../subject.js';
import type { Subject } from '../subject.js';

/** A network on one host with those on it. */
export interface Peopled {
  readonly subject: Subject;
  readonly members: readonly Member[];
}

/** Up to so many, everybody sends to everybody. */
const ALL_PAIRS = 8;

/** Above that, each sends to so many of those after it, in a ring, so that everybody sends and everybody answers. */
const RING = 4;

/** Who sends to whom on one network, which may be on several hosts. */
export function pairsOf<T>(all: readonly T[]): readonly (readonly [T, T])[] {
  const few = all.length <= ALL_PAIRS;
  return all.flatMap((from, at) => {
    const rest = [...all.slice(at + 1), ...all.slice(0, at)];
    return (few ? rest : rest.slice(0, RING)).map((to) => [from, to] as const);
  });
}

/** Two containers on a network, of one host or of two: each reaches the other, or must not. */
export function containerChecks(peopled: readonly Peopled[]): readonly Check[] {
  return groups(peopled).flatMap((group) =>
    pairsOf(group).flatMap(([from, to]) =>
      FAMILIES.flatMap((family) => {
        const [own, address] = [from.member.addresses[family], to.member.addresses[family]];
        return own === undefined || address === undefined ? [] : [pairCheck(from, to, own, address)];
      }),
    ),
  );
}

interface Placed {
  readonly subject: Subject;
  readonly member: Member;
}

/** A wide network is one on all hosts; any other one is by itself on each. */
function groups(peopled: readonly Peopled[]): readonly (readonly Placed[])[] {
  const byNetwork = new Map<string, Placed[]>();
  for (const { subject, members } of peopled) {
    const name = subject.isWide ? subject.key : `${subject.key}\n${subject.host}`;
    const group = byNetwork.get(name) ?? [];
    byNetwork.set(name, group);
    group.push(...members.map((member) => ({ subject, member })));
  }
  return [...byNetwork.values()];
}

function pairCheck({ subject, member }: Placed, to: Placed, own: string, address: string): Check {
  const here = subject.host === to.subject.host;
  const [from, other] = [member.party, to.member.party];
  const parties = { from: { ...from, address: own }, to: { ...other, address } };
  const where = here ? '' : ` on ${other.host}`;
  const about = address.includes(':') ? '6' : '';
  const asker = { host: subject.host, spot: member.spot };
  if (here && subject.byTheSwitch) {
    const claim = `${from.name} reaches ${other.name} at ${address}, by the switch`;
    const why = `in this mode only a switch that sends frames back lets containers of one host reach each other`;
    return check('container', subject, { ...parties, claim, ask: told(untested(why)) }, about);
  }
  if (here && subject.keepsApart) {
    const claim = `${from.name} does not reach ${other.name}, as the network keeps its containers apart`;
    const ask = { how: 'ping', from: asker, ping: pingFor(address, 'silence'), wants: 'silence' } as const;
    return check('isolation', subject, { ...parties, claim, ask }, about);
  }
  const claim = `${from.name} reaches ${other.name}${where} at ${address}`;
  const ask = { how: 'ping', from: asker, ping: pingFor(address, 'answer'), wants: 'answer' } as const;
  return check('container', subject, { ...parties, claim, ask }, about);
}
