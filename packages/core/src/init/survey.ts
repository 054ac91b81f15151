import { formatAddress } from '../addresses/prefix.js';
import type { Address } from '../addresses/prefix.js';
import type { HostFacts } from '../model.js';
import { ownerOf } from '../plan/match.js';
import { STACK_NAME } from '../spec/stack-name.js';

/** What there was to see of a host for a first spec. */
export interface Survey {
  /** Its host name; what is not known is empty. */
  readonly host: string;
  /** Without an engine (`NOT_ASKED`) where that did not answer, and without links where those cannot be read. */
  readonly facts: HostFacts;
  /** Who is known to be on the LANs besides this host: its neighbours, and who answered when asked. */
  readonly neighbours: readonly Address[];
  /** What could not be seen, as whole sentences without a full stop. */
  readonly unseen: readonly string[];
}

/** The stacks that have something on the host. */
export function stacksOn(facts: HostFacts): ReadonlySet<string> {
  return new Set(facts.networks.flatMap((found) => ownerOf(found, facts)?.stack ?? []));
}

/** The name of the host as that of a stack, or the next one that no stack has. */
export function proposedStack({ host, facts }: Survey): string {
  const text = host
    .toLowerCase()
    .replace(/\..*$/, '')
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 60);
  const name = STACK_NAME.pattern.test(text) ? text : 'home';
  const taken = stacksOn(facts);
  let at = 2;
  while (taken.has(at === 2 ? name : `${name}-${at - 1}`)) at += 1;
  return at === 2 ? name : `${name}-${at - 1}`;
}

/** The same survey, with somebody found on a LAN. */
export function withNeighbours(survey: Survey, found: readonly Address[]): Survey {
  const known = new Set(survey.neighbours.map(formatAddress));
  return { ...survey, neighbours: [...survey.neighbours, ...found.filter((one) => !known.has(formatAddress(one)))] };
}
