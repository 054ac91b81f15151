import { addressesAsked } from '../endpoints.js';
import type { Endpoint, EndpointConfig } from '../endpoints.js';
import { groupBy } from '../group-by.js';
import { unique } from '../unique.js';
import type { FoundNetwork, HostFacts, HostName, NetworkResource, Ref, StepOf } from '../model.js';
import { networkWithId } from '../lookup.js';
import { handovers, shareAddresses } from './handovers.js';
import type { Handover } from './handovers.js';
import type { Problem } from '../problem.js';
import type { Attachment } from '../resolve/containers.js';
import { checkAttachment } from './attachment-checks.js';
import { restartingNow } from './detachments.js';
import { checkMove } from './move-checks.js';
import { rankOf } from './moves.js';
import type { MoveOptions } from './moves.js';
import { wishesOf } from './wishes.js';
import type { Wish } from './wishes.js';
import type { Draft } from './order.js';

/** A network that containers of the spec are to be on: one that is there and stays, or one that this plan makes. */
export interface Target {
  readonly name: string;
  readonly found?: FoundNetwork;
  /** What is made, where the plan makes it. */
  readonly made?: NetworkResource;
  readonly requires: readonly Ref[];
  /** netctl does not make it, so the spec says nothing of its addresses. */
  readonly external?: true;
}

export interface AttachmentInput {
  readonly facts: HostFacts;
  readonly stack: string;
  readonly host: HostName;
  readonly attachments: readonly Attachment[];
  readonly targets: ReadonlyMap<Ref, Target>;
}

/**
 * The steps that put containers on networks. Whoever is on one otherwise is taken off and put back as the spec says; who
 * is moved anyway, in `moving`, is put back so. Whoever takes the address of another one comes after that one has left.
 */
export function attachmentSteps(
  input: AttachmentInput,
  moving: readonly Draft[],
  leaving: readonly Draft[],
  options: MoveOptions,
): { readonly drafts: readonly Draft[]; readonly moving: readonly Draft[]; readonly problems: readonly Problem[] } {
  const wishes = wishesOf(input, moving, options);
  const left = groupBy(leaving, ({ step }) => (step.op === 'endpoint.detach' ? [step.networkId] : []));
  const given = givenUp(wishes, moving, leaving);
  const { facts } = input;
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  const changed = new Map<Draft, Draft>();
  for (const wish of wishes) {
    const { attachment, target, back, parked, now, want, differs, why, off } = wish;
    const { container, path, network } = attachment;
    const there = parked ?? now;
    const freed = freedFor(wish, given, facts);
    problems.push(...checkAttachment(attachment, target, there, differs, input, options, freed));
    const open = back?.step.op === 'endpoint.restore' && back.step.open === true && want.ipv4 === undefined;
    if (there !== undefined && !differs && (parked === undefined || (freed.length === 0 && !open))) continue;
    if (container.state === 'restarting' && there === undefined) {
      problems.push(restartingNow(container.name, path, 'connected'));
      continue;
    }
    const { found } = target;
    const awaits = freed.map((one) => one.off);
    if (back !== undefined && parked !== undefined) {
      const step = attach(input, wish, { ...parked, config: want }, differs ? why : back.step.why, freed, parked);
      changed.set(back, { ...back, step, ...(awaits.length === 0 ? {} : { awaits }) });
      continue;
    }
    // It is replaced, and who is on it stands against that already.
    if (now !== undefined && target.made !== undefined) continue;
    if (off === undefined || now === undefined || found === undefined) {
      const { id, name, state, mode } = container;
      const endpoint: Endpoint = { container: id, name, state, mode, config: want, has: {} };
      drafts.push({
        step: attach(input, wish, endpoint, 'it is not on it yet', freed),
        after: [network, ...target.requires],
        awaits: unique([...(left.get(found?.id ?? '') ?? []), ...awaits]),
      });
      continue;
    }
    problems.push(...checkMove({ id: found.id, name: found.name, path }, now, facts, options));
    drafts.push(off, {
      step: attach(input, wish, { ...now, config: want }, why, freed, now),
      after: [network, ...target.requires],
      awaits: unique([off, ...awaits]),
    });
  }
  const moved = replaced(moving, changed);
  return { drafts: oneAfterAnother(drafts, moved), moving: moved, problems };
}

/** The addresses that are given up, by whom: those who are taken off, and are not put back with them. */
function givenUp(
  wishes: readonly Wish[],
  moving: readonly Draft[],
  leaving: readonly Draft[],
): ReadonlyMap<string, readonly Handover[]> {
  const offs = [...moving, ...leaving, ...wishes.flatMap(({ off }) => off ?? [])];
  if (offs.length === 0) return new Map();
  const after = new Map<Ref, EndpointConfig>([
    ...moving.flatMap(({ step }) =>
      step.op === 'endpoint.restore' ? [[step.ref, step.endpoint.config] as const] : [],
    ),
    ...wishes.map(({ ref, want }) => [ref, want] as const),
  ]);
  return handovers(offs, ({ step }) => after.get(step.ref));
}

/** Whose addresses a container is to have, which they give up for it or for something else. */
function freedFor(
  { attachment: { container }, target: { found, made }, want }: Wish,
  given: ReadonlyMap<string, readonly Handover[]>,
  facts: HostFacts,
): readonly Handover[] {
  if (given.size === 0) return [];
  const props = made?.props ?? found?.props;
  const all = addressesAsked(want).flatMap((address) => given.get(address) ?? []);
  return all.filter(({ networkId, container: other }) => {
    if (networkId === found?.id) return other !== container.id;
    const theirs = networkWithId(facts, networkId);
    return props !== undefined && theirs !== undefined && shareAddresses(props, theirs.props);
  });
}

/** Whoever follows one of these follows what has taken its place. */
function replaced(moving: readonly Draft[], changed: ReadonlyMap<Draft, Draft>): readonly Draft[] {
  const now = new Map<Draft, Draft>();
  for (const draft of moving) {
    const { follows } = draft;
    const before = follows === undefined ? {} : { follows: now.get(follows) ?? follows };
    now.set(draft, { ...(changed.get(draft) ?? draft), ...before });
  }
  return moving.map((draft) => now.get(draft) ?? draft);
}

/**
 * Whoever asks for no address is given the lowest that is free: after those who are moved, in the order of what they had,
 * and then of the spec, so that it is the same at every time.
 */
function oneAfterAnother(drafts: readonly Draft[], moved: readonly Draft[]): readonly Draft[] {
  const chosen = drafts.flatMap((draft) =>
    draft.step.op === 'endpoint.attach' && draft.step.endpoint.config.ipv4 === undefined
      ? [{ draft, network: draft.step.network, endpoint: draft.step.endpoint }]
      : [],
  );
  if (chosen.length === 0) return drafts;
  const had = chosen.filter(({ endpoint }) => endpoint.has.ipv4 !== undefined);
  had.sort((a, b) => Number(rankOf(a.endpoint) > rankOf(b.endpoint)) - Number(rankOf(a.endpoint) < rankOf(b.endpoint)));
  const last = new Map<string, Draft>();
  for (const draft of moved) {
    const { step } = draft;
    if (step.op === 'endpoint.restore' || step.op === 'endpoint.attach') last.set(step.network, draft);
  }
  const now = new Map<Draft, Draft>();
  for (const { draft, network } of [...had, ...chosen.filter(({ endpoint }) => endpoint.has.ipv4 === undefined)]) {
    const before = last.get(network);
    const after = before === undefined ? draft : { ...draft, follows: before };
    last.set(network, after);
    now.set(draft, after);
  }
  return drafts.map((draft) => now.get(draft) ?? draft);
}

function attach(
  { host }: AttachmentInput,
  { ref, target: { name, found, made } }: Wish,
  endpoint: Endpoint,
  why: string,
  freed: readonly Handover[],
  was?: Endpoint,
): StepOf<'endpoint.attach'> {
  const freedBy = unique(freed.map(({ off }) => off.step.ref));
  return {
    op: 'endpoint.attach',
    host,
    ref,
    why,
    disruptive: false,
    network: name,
    ...(found === undefined || made !== undefined ? {} : { networkId: found.id }),
    endpoint,
    ...(was === undefined ? {} : { was }),
    ...(freedBy.length === 0 ? {} : { freedBy }),
  };
}
