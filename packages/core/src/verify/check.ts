import type { HostName } from '../model.js';
import type { NameQuestion, Ping, Spot } from './prober.js';
import type { CheckKind, CheckResult, Party } from './result.js';
import type { Subject } from './subject.js';

/** Where something is asked from. */
export interface Asker {
  readonly host: HostName;
  readonly spot: Spot;
}

/** What became of a check. */
export type Verdict = Pick<CheckResult, 'state' | 'cause' | 'cure'> & { readonly evidence?: readonly string[] };

/** What a check takes. */
export type Ask =
  /** It is known without a packet. */
  | { readonly how: 'told'; readonly verdict: Verdict }
  | {
      readonly how: 'ping';
      readonly from: Asker;
      readonly ping: Ping;
      readonly wants: 'answer' | 'silence';
      /** It counts only where this one is answered too: the machine may be gone, or not answer anybody. */
      readonly control?: { readonly from: Asker; readonly ping: Ping };
      /** The sender has no route there by the interface of the ping, so that its kernel may refuse to send it. */
      readonly mayBeUnsent?: boolean;
    }
  /** Two packets that may not be cut: one that just fits and one byte more. */
  | {
      readonly how: 'mtu';
      readonly from: Asker;
      readonly fits: Ping;
      readonly over: Ping;
      readonly mtu: number;
      /** The MTU of each other interface of the sender: `ping` does not say which one refused a packet. */
      readonly beside: readonly number[];
    }
  | {
      readonly how: 'name';
      readonly from: Asker;
      readonly question: NameQuestion;
      /** Any of them is right. */
      readonly wants: readonly string[];
      /** The container answers to it, as its engine has it. */
      readonly isKnown: boolean;
      /** Where it may be a name that its engine made up, and tells nobody of: one that the engine of the asker knows. */
      readonly ifMadeUp?: NameQuestion;
      /** The container has another DNS than that of its engine: the text of its /etc/resolv.conf. */
      readonly resolver?: string;
    }
  | {
      readonly how: 'esp';
      readonly from: Asker;
      readonly to: Asker;
      readonly ping: Ping;
      /** How long an IPv4 packet with the ping in it is that is not encrypted, in bytes. */
      readonly clearLength: number;
      /** Addresses of the two hosts. */
      readonly source: readonly string[];
      readonly destination: readonly string[];
    };

/** One thing to be proved. */
export interface Check extends Pick<
  CheckResult,
  'id' | 'kind' | 'host' | 'network' | 'from' | 'to' | 'isolatedFrom' | 'claim'
> {
  readonly ask: Ask;
  readonly subject?: Subject;
}

export function check(
  kind: CheckKind,
  subject: Subject,
  { from, to, claim, ask }: { readonly from: Party; readonly to?: Party; readonly claim: string; readonly ask: Ask },
  /** What tells it from others of the same kind between the same two. */
  about = '',
): Check {
  const ends = [nameOf(from, subject.host), ...(to === undefined ? [] : [nameOf(to, subject.host)])].join('->');
  const id = `${kind}:${subject.host}/${subject.key}/${ends}${about === '' ? '' : `/${about}`}`;
  return {
    id,
    kind,
    host: subject.host,
    network: subject.ref,
    from,
    ...(to === undefined ? {} : { to }),
    claim,
    ask,
    subject,
  };
}

function nameOf({ type, host, name }: Party, here: HostName): string {
  if (type === 'host') return host === here ? '@' : `@${host}`;
  return host === here ? name : `${name}@${host}`;
}

export function told(verdict: Verdict): Ask {
  return { how: 'told', verdict };
}

export function untested(cause: string, cure?: string): Verdict {
  return { state: 'untested', cause, ...(cure === undefined ? {} : { cure }) };
}

/** How long an answer is waited for, and how long silence is listened to, in seconds. */
const ANSWER_SECONDS = 3;
const SILENCE_SECONDS = 1;

/** The least that is sent: more than that tells the questions of one kind apart. */
export const PAYLOADS = { plain: 56, bound: 57, silence: 58, esp: 900 } as const;

export function pingFor(address: string, wants: 'answer' | 'silence', by?: string): Ping {
  const payload = wants === 'silence' ? PAYLOADS.silence : by === undefined ? PAYLOADS.plain : PAYLOADS.bound;
  const seconds = wants === 'silence' ? SILENCE_SECONDS : ANSWER_SECONDS;
  return { address, payload, seconds, ...(by === undefined ? {} : { by }) };
}
