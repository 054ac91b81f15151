import type { Asker, Check } from './check.js';
import { pingKey } from './prober.js';
import type { Party } from './result.js';
import type { EspState, NameAnswer, NameQuestion, Ping, PingAnswers, Unheard, WireCount } from './prober.js';

/** What packets have shown, of all hosts. */
export interface Answers {
  /** By `spotKey`. */
  readonly pings: ReadonlyMap<string, PingAnswers>;
  /** By `spotKey` and `nameKey`; `why` where nobody could be asked. */
  readonly names: ReadonlyMap<string, NameAnswer | { readonly why: string; readonly cure: string }>;
  /** By the id of the check. */
  readonly esp: ReadonlyMap<string, EspProof>;
}

/** The states of the sender and of the receiver, before and after, and what the receiver heard meanwhile. */
export interface EspProof {
  readonly wire: WireCount | Unheard;
  readonly answered: number;
  readonly sender: readonly [readonly EspState[], readonly EspState[]];
  readonly receiver: readonly [readonly EspState[], readonly EspState[]];
}

export function spotKey({ host, spot }: Asker): string {
  return `${host} ${spot.pid ?? ''}`;
}

export function nameKey(asker: Asker, { name, family }: NameQuestion): string {
  return `${spotKey(asker)} ${family} ${name}`;
}

export function isAnswered(answers: Answers, from: Asker, ping: Ping): boolean {
  return (answers.pings.get(spotKey(from))?.answered.get(pingKey(ping)) ?? 0) > 0;
}

/** Of a party, at its own or at this address: hosts may have the same addresses on bridges of their own. */
export function partyKey({ host, address = '' }: Pick<Party, 'host' | 'address'>): string {
  return `${host} ${address}`;
}

/** By `partyKey`, all that somebody got an answer from, or that got one: whose silence to others says something. */
export function aliveOf(checks: readonly Check[], answers: Answers): ReadonlySet<string> {
  return new Set(
    checks.flatMap(({ ask, from, to = from }) => {
      if (ask.how !== 'ping') return [];
      const asked = isAnswered(answers, ask.from, ask.ping)
        ? [partyKey({ host: to.host, address: ask.ping.address }), partyKey(from)]
        : [];
      const { control } = ask;
      return control !== undefined && isAnswered(answers, control.from, control.ping)
        ? [...asked, partyKey({ host: to.host, address: control.ping.address })]
        : asked;
    }),
  );
}

/** Whether packets of somebody are known to leave: it had an answer from anybody, or gave one. */
export function canSend(answers: Answers, alive: ReadonlySet<string>, from: Asker, party: Party): boolean {
  return (answers.pings.get(spotKey(from))?.answered.size ?? 0) > 0 || alive.has(partyKey(party));
}
