import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import type { EngineJournal } from '../docker/journal-network.js';
import type { ParkedEndpoint } from '../endpoints.js';
import { NetctlError } from '../errors.js';
import type { LinkProps } from '../links.js';
import type { FoundNetwork, NetworkProps, Plan, Ref } from '../model.js';
import { endpointRef, networkOfEndpoint } from '../plan/moves.js';
import { stepsOf } from '../plan/plan.js';
import type { JournalOwner } from './owner.js';

/** A network that is being replaced, as it was. */
export interface FormerNetwork {
  readonly ref: Ref;
  readonly name: string;
  readonly id: string;
  readonly props: NetworkProps;
  readonly asked?: NetworkProps;
}

/** A link that is being made again, as it was. */
export interface FormerLink {
  readonly ref: Ref;
  readonly props: LinkProps;
}

/**
 * What no object holds while a plan is being run: which container sat where, and what stood in the place of what is
 * replaced. Written before the first step, twice (a file and a copy in the engine), and dropped when all is done.
 */
export interface Journal {
  readonly version: 1;
  readonly stack: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly owner: JournalOwner;
  /** The text is the only copy for a moment, because the one in the engine is being changed for it. */
  readonly alone?: true;
  readonly parked: readonly ParkedEndpoint[];
  readonly networks: readonly FormerNetwork[];
  readonly links: readonly FormerLink[];
}

/** What an earlier run left, as far as it is not right by now. */
export interface Earlier {
  readonly journal: Journal;
  readonly parked: readonly ParkedEndpoint[];
}

/** The journal of a plan that is about to be run; what an earlier one did not finish is carried on. */
export function journalOf(
  plan: Plan,
  owner: JournalOwner,
  startedAt: string,
  there: readonly FoundNetwork[],
  earlier: Earlier | undefined,
): Journal {
  const steps = stepsOf(plan);
  const made = new Set<Ref>(
    steps.flatMap(({ op, ref }) => (op === 'network.create' || op === 'link.add' ? [ref] : [])),
  );
  // As it will be put back, which is pinned where that was asked for.
  const restored = new Map(steps.flatMap((step) => (step.op === 'endpoint.restore' ? [[step.ref, step]] : [])));
  const nexts = new Map(
    steps.flatMap((step) => (step.op === 'endpoint.attach' ? [[step.ref, step.endpoint.config]] : [])),
  );
  const parked = steps.flatMap((step): ParkedEndpoint[] => {
    if (step.op !== 'endpoint.park') return [];
    const endpoint = restored.get(step.ref)?.endpoint ?? step.endpoint;
    const { host, network: name, networkId } = step;
    const next = nexts.get(step.ref);
    return [{ host, network: networkOfEndpoint(step.ref), name, networkId, endpoint, ...(next && { next }) }];
  });
  const replaced = steps.flatMap((step): FormerNetwork[] => {
    if (step.op !== 'network.remove' || !made.has(step.ref)) return [];
    const { ref, name, id, was, asked } = step;
    return [{ ref, name, id, props: was, ...(asked === undefined ? {} : { asked }) }];
  });
  const attached = new Set<Ref>(steps.flatMap(({ op, ref }) => (op === 'endpoint.attach' ? [ref] : [])));
  // One that stays, and whose link is made again, may be removed by others while nobody is on it.
  const emptied = parked.flatMap(({ network, networkId, endpoint }): FormerNetwork[] => {
    const found = there.find(({ id }) => id === networkId);
    // A container of the spec may be on a network of somebody else, which is not for netctl to make.
    const isTheirs = attached.has(endpointRef(network, endpoint)) && found?.owner?.stack !== plan.stack;
    if (found === undefined || isTheirs || replaced.some(({ id }) => id === networkId)) return [];
    // That of a swarm stays while nobody here is on it, and is for the one to make that removes it.
    if (found.props.scope === 'swarm') return [];
    const { id, name, props, asked } = found;
    return [{ ref: network, name, id, props, ...(asked === undefined ? {} : { asked }) }];
  });
  const networks = [...replaced, ...new Map(emptied.map((one) => [one.id, one])).values()];
  const links = steps.flatMap((step): FormerLink[] =>
    step.op === 'link.remove' && made.has(step.ref) && step.was !== undefined
      ? [{ ref: step.ref, props: step.was }]
      : [],
  );
  const isNew = (old: ParkedEndpoint): boolean =>
    !parked.some((one) => one.network === old.network && one.endpoint.container === old.endpoint.container);
  // Whoever an earlier run took off is put on now as the spec has it by now.
  const onward = (old: ParkedEndpoint): ParkedEndpoint => {
    const next = nexts.get(endpointRef(old.network, old.endpoint));
    return next === undefined ? old : { ...old, next };
  };
  return {
    version: 1,
    stack: plan.stack,
    startedAt,
    owner,
    parked: [...(earlier?.parked ?? []).filter(isNew).map(onward), ...parked],
    networks: [...others(earlier?.journal.networks ?? [], networks), ...networks],
    links: [...others(earlier?.journal.links ?? [], links), ...links],
  };
}

function others<T extends { readonly ref: Ref }>(earlier: readonly T[], now: readonly T[]): readonly T[] {
  return earlier.filter(({ ref }) => !now.some((one) => one.ref === ref));
}

const HEAD = 'netctl-journal';

/** A line with the version and the sum of all that follows, so that a copy that was cut short or changed is known. */
export function encodeJournal(journal: Journal): string {
  const body = JSON.stringify(journal);
  return `${HEAD} ${String(journal.version)} ${sumOf(body)}\n${body}\n`;
}

export type DecodedJournal =
  | { readonly journal: Journal }
  /** `version`: it is whole, as far as can be told, and not of ours. */
  | { readonly damaged: string; readonly version: boolean };

export function decodeJournal(text: string): DecodedJournal {
  const end = text.indexOf('\n');
  const [head, version, sum] = text.slice(0, Math.max(end, 0)).split(' ');
  const body = text.slice(end + 1).replace(/\n$/, '');
  if (head !== HEAD || version === undefined || !/^\d+$/.test(version))
    return { damaged: 'its first line is damaged', version: false };
  // Whatever another version means, guessing at it could lose what it is there to keep.
  if (version !== '1')
    return { damaged: `it is of version ${version}, and this netctl knows version 1`, version: true };
  if (sumOf(body) !== sum) return { damaged: 'it was cut short or changed', version: false };
  return { journal: JSON.parse(body) as Journal };
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What an apply left unfinished. */
export interface Unfinished {
  readonly journal: Journal;
  /** Its copies in the engine, to be dropped when it is finished. */
  readonly copies: readonly string[];
  /** Those who have copies in the engine; all of them have to be over before anybody goes on. */
  readonly owners: readonly Pick<Journal, 'owner' | 'startedAt'>[];
  /**
   * Only its file is there, though it had a copy in the engine: somebody else finished it from that, or removed that.
   */
  readonly orphaned: boolean;
}

/** A place that a copy was read from, for messages. */
export interface Copy {
  readonly where: string;
  readonly text: string;
}

/**
 * The journal that its copies hold; one of them is enough. The copy in the engine counts, and the file where there is none
 * or where it is of the same run. What another stack left comes first: it is put back before anything else.
 * @throws NetctlError JOURNAL_UNREADABLE when there are copies and none can be read, or one is of another version
 */
export function readCopies(
  stack: string,
  file: Copy | undefined,
  copies: readonly EngineJournal[],
): Unfinished | undefined {
  const inEngine = copies.map(({ id, text }) => ({
    id,
    ...decodeAt(`in the engine (network netctl-journal, ${id.slice(0, 12)})`, text),
  }));
  const onDisk = file === undefined ? [] : [decodeAt(file.where, file.text)];
  const damaged = [...inEngine, ...onDisk].flatMap((one) => ('damaged' in one ? [one] : []));
  if (damaged.some(({ version }) => version)) throw unreadable(damaged);
  const live = inEngine.flatMap((one) => ('journal' in one ? [one] : []));
  const owners = live.map(({ journal }) => journal);
  const kept = onDisk.flatMap((one) => ('journal' in one ? [one.journal] : []))[0];
  const first = live.find(({ journal }) => journal.stack !== stack) ?? live[0];
  if (first !== undefined) {
    const same = live.filter(({ journal }) => isSameRun(journal, first.journal));
    const journal = kept !== undefined && isSameRun(kept, first.journal) ? kept : first.journal;
    return { journal, copies: same.map(({ id }) => id), owners, orphaned: false };
  }
  if (kept !== undefined) {
    const orphaned = inEngine.length === 0 && kept.alone !== true && kept.parked.length > 0;
    return { journal: kept, copies: copies.map(({ id }) => id), owners, orphaned };
  }
  if (damaged.length > 0) throw unreadable(damaged);
  return undefined;
}

function isSameRun(one: Journal, other: Journal): boolean {
  return one.stack === other.stack && one.startedAt === other.startedAt && isDeepStrictEqual(one.owner, other.owner);
}

function decodeAt(where: string, text: string): Copy & DecodedJournal {
  return { where, text, ...decodeJournal(text) };
}

function unreadable(damaged: readonly (Copy & { readonly damaged: string })[]): NetctlError {
  const places = damaged.map(({ where, damaged: what }) => `the copy ${where}: ${what}`).join('; ');
  return new NetctlError(
    'JOURNAL_UNREADABLE',
    `An apply that did not finish left a journal that cannot be read: ${places}`,
    {
      hint: `What can still be read of it: ${readable(damaged)}. Put back what is missing, then remove the copies.`,
    },
  );
}

/** Names of containers and addresses that a damaged copy still shows. */
function readable(copies: readonly Copy[]): string {
  const text = copies.map((copy) => copy.text).join('\n');
  const names = [...text.matchAll(/"container":"[0-9a-f]{12,64}","name":"([^"]+)"/g)].map(([, name]) => name ?? '');
  const networks = [...text.matchAll(/"network":"network:([^"]+)"/g)].map(([, name]) => name ?? '');
  const told = [
    ...(names.length === 0 ? [] : [`containers ${[...new Set(names)].join(', ')}`]),
    ...(networks.length === 0 ? [] : [`networks ${[...new Set(networks)].join(', ')}`]),
  ];
  return told.join(', ') || 'nothing';
}
