import { EVERYWHERE } from '../addresses/prefix.js';
import type { LinkFacts } from '../links.js';
import type { LinkSafety, PathFact, PathQuestion } from '../safety.js';

/** The way to somebody without whom the host is cut off, as it was before the first change. */
export interface KeptPath {
  /** `the gateway 192.168.1.1`, to follow "the way to". */
  readonly who: string;
  readonly question: PathQuestion;
  readonly before: PathFact;
}

/**
 * Addresses that nobody has: the way to them is the way out of the host. No packet is sent for them (RFC 1112, RFC 3849).
 */
const OUT = {
  [EVERYWHERE[4]]: '240.0.0.1',
  [EVERYWHERE[6]]: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
} as const;

/** For a router to answer before anything is changed; one that does not in this time is not asked again. */
const BEFORE_S = 1;

/** It may have to be found anew by its MAC address. */
const AFTER_S = 2;

/**
 * Records the ways that no change of links may break: out of the host, to its routers, and to those who are logged in;
 * with `pings` also who of them answers, which may take a second.
 */
export async function recordPaths(
  safety: LinkSafety,
  { routes, clients = [] }: Pick<LinkFacts, 'routes' | 'clients'>,
  pings: boolean,
): Promise<readonly KeptPath[]> {
  const patience = pings ? BEFORE_S : 0;
  const defaults = routes.filter(({ destination }) => destination in OUT);
  const families = [...new Set(defaults.map(({ destination }) => destination as keyof typeof OUT))];
  const gateways = defaults.flatMap(({ via, link }) =>
    via === undefined ? [] : [{ address: via, ...(isLinkLocal(via) && link !== undefined ? { link } : {}) }],
  );
  const asked: readonly { readonly who: string; readonly question: PathQuestion }[] = [
    ...families.map((family) => ({
      who: `the rest of the world (${family})`,
      question: { address: OUT[family], patience: 0 },
    })),
    ...gateways.map((gateway) => ({ who: `the gateway ${gateway.address}`, question: { ...gateway, patience } })),
    ...clients.map((address) => ({ who: `the ssh client ${address}`, question: { address, patience } })),
  ];
  const keyOf = ({ address, link = '' }: PathQuestion): string => `${address}%${link}`;
  const distinct = [...new Map(asked.map((one) => [keyOf(one.question), one])).values()];
  const questions = distinct.map(({ question }) => question);
  const facts = await safety.paths(questions);
  return distinct.flatMap(({ who }, at) => {
    const [question, before] = [questions[at], facts[at]];
    // What could not be reached before is not lost.
    if (question === undefined || before?.link === undefined) return [];
    return [{ who, question: { ...question, patience: before.answers ? AFTER_S : 0 }, before }];
  });
}

/** Who is there to be spoken to; an address on a link alone is a router's that announces itself. */
export function peerOf({ question: { address, link } }: KeptPath): readonly string[] {
  return link !== undefined || (Object.values(OUT) as string[]).includes(address) ? [] : [address];
}

/** What has become of the ways, in half a sentence for people; undefined where all of them are as they were. */
export async function lostPath(safety: LinkSafety, kept: readonly KeptPath[]): Promise<string | undefined> {
  if (kept.length === 0) return undefined;
  // The kernel answers at once, and a way that is another one needs no ping.
  const ways = await safety.paths(kept.map(({ question }) => ({ ...question, patience: 0 })));
  const moved = kept.flatMap((path, at) => whatMoved(path, ways[at]));
  if (moved[0] !== undefined) return moved[0];
  const talking = kept.filter(({ question }) => question.patience > 0);
  const answers = await safety.paths(talking.map(({ question }) => question));
  const silent = talking.find((_, at) => answers[at]?.answers !== true);
  return silent === undefined ? undefined : `${silent.who} does not answer any more`;
}

function whatMoved({ who, before }: KeptPath, now: PathFact | undefined): readonly string[] {
  if (now?.link === undefined) return [`there is no way to ${who} any more, which went ${wayOf(before)}`];
  if (now.link === before.link && now.via === before.via) return [];
  return [`the way to ${who} went ${wayOf(before)}, and would go ${wayOf(now)}`];
}

function wayOf({ link = '', via }: PathFact): string {
  return via === undefined ? `by ${link}` : `by ${link} via ${via}`;
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
