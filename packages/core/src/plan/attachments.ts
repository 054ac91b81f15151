import type { Endpoint, EndpointConfig } from '../endpoints.js';
import type { FoundNetwork, HostFacts, HostName, NetworkResource, Ref, StepOf } from '../model.js';
import type { Problem } from '../problem.js';
import type { Attachment } from '../resolve/containers.js';
import { STACK_OPTION } from '../spec/containers.js';
import { checkAttachment, handsOut, ignoresMac } from './attachment-checks.js';
import { endpointChanges } from './compare-endpoint.js';
import { describeChanges } from './describe.js';
import { isHome, restartingNow } from './detachments.js';
import { checkMove } from './move-checks.js';
import { endpointRef, park, rankOf } from './moves.js';
import type { MoveOptions } from './moves.js';
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
 * is moved anyway, in `moving`, is put back so.
 */
export function attachmentSteps(
  input: AttachmentInput,
  moving: readonly Draft[],
  leaving: readonly Draft[],
  options: MoveOptions,
): { readonly drafts: readonly Draft[]; readonly moving: readonly Draft[]; readonly problems: readonly Problem[] } {
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  const changed = new Map<Draft, Draft>();
  for (const attachment of input.attachments) {
    const target = input.targets.get(attachment.network);
    if (target === undefined) continue;
    const { facts } = input;
    const { container, path, network } = attachment;
    const { found } = target;
    const now = facts.places?.find(
      (place) => place.networkId === found?.id && place.endpoint.container === container.id,
    )?.endpoint;
    const back = moving.find(
      ({ step }) => step.op === 'endpoint.restore' && step.ref === endpointRef(network, container),
    );
    const parked = back?.step.op === 'endpoint.restore' ? back.step.endpoint : undefined;
    // With --keep-dynamic it is put back with more than it had asked for.
    const there = parked ?? now;
    const want = wantedConfig(attachment, there, input, target, options);
    const changes =
      there === undefined
        ? []
        : endpointChanges(want, there, {
            whole: there.config.driverOpts?.[STACK_OPTION] === input.stack,
            chosen: (address) => found !== undefined && handsOut(found, address),
            mac: !ignoresMac(facts.engine),
          });
    const why = describeChanges(changes);
    const freed = leaving.filter(({ step }) => step.op === 'endpoint.detach' && step.networkId === found?.id);
    const against = checkAttachment(attachment, target, there, changes.length > 0, facts, options);
    problems.push(...against);
    if (there !== undefined && changes.length === 0) continue;
    if (container.state === 'restarting' && there === undefined) {
      problems.push(restartingNow(container.name, path, 'connected'));
      continue;
    }
    if (back !== undefined && parked !== undefined) {
      changed.set(back, { ...back, step: attach(input, target, attachment, { ...parked, config: want }, why, parked) });
      continue;
    }
    // It is replaced, and who is on it stands against that already.
    if (now !== undefined && target.made !== undefined) continue;
    if (now === undefined || found === undefined) {
      const { id, name, state, mode } = container;
      const endpoint: Endpoint = { container: id, name, state, mode, config: want, has: {} };
      const step = attach(input, target, attachment, endpoint, 'it is not on it yet');
      drafts.push({ step, after: [network, ...target.requires], awaits: freed });
      continue;
    }
    problems.push(...checkMove({ id: found.id, name: found.name, path }, now, facts, options));
    const off: Draft = { step: park(now, found, network, input.host, why), after: [] };
    drafts.push(off, {
      step: attach(input, target, attachment, { ...now, config: want }, why, now),
      after: [network, ...target.requires],
      awaits: [off, ...freed],
    });
  }
  const moved = replaced(moving, changed);
  return { drafts: oneAfterAnother(drafts, moved), moving: moved, problems };
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
  const had = chosen.filter(({ endpoint }) => endpoint.has.ipv4 !== undefined);
  had.sort((a, b) => Number(rankOf(a.endpoint) > rankOf(b.endpoint)) - Number(rankOf(a.endpoint) < rankOf(b.endpoint)));
  const last = new Map<string, Draft>();
  for (const draft of moved) {
    const { step } = draft;
    if (step.op === 'endpoint.restore' || step.op === 'endpoint.attach') last.set(step.network, draft);
  }
  const now = new Map<Draft, Draft>();
  for (const { draft, network } of [...had, ...chosen.filter((one) => !had.includes(one))]) {
    const before = last.get(network);
    const after = before === undefined ? draft : { ...draft, follows: before };
    last.set(network, after);
    now.set(draft, after);
  }
  return drafts.map((draft) => now.get(draft) ?? draft);
}

/**
 * What is asked for, with what somebody else gave it besides. The mark says who made it, so it is not on what others
 * made; and not on the network that the container was made on, which it only gets back.
 */
function wantedConfig(
  { config, container }: Attachment,
  there: Endpoint | undefined,
  { facts, stack }: AttachmentInput,
  { name, found }: Target,
  { acceptLoss = [] }: MoveOptions,
): EndpointConfig {
  const { mac, ...rest } = config;
  const possible = mac === undefined || (ignoresMac(facts.engine) && acceptLoss.includes('mac')) ? rest : config;
  if (there !== undefined && there.config.driverOpts?.[STACK_OPTION] !== stack) {
    const { config: had } = there;
    const both = (mine: readonly string[] = [], theirs: readonly string[] = []): readonly string[] => [
      ...new Set([...theirs, ...mine]),
    ];
    const aliases = both(possible.aliases, had.aliases);
    const linkLocal = both(possible.linkLocal, had.linkLocal);
    return {
      ...had,
      ...possible,
      ...(aliases.length === 0 ? {} : { aliases }),
      ...(linkLocal.length === 0 ? {} : { linkLocal }),
      ...(had.driverOpts === undefined && possible.driverOpts === undefined
        ? {}
        : { driverOpts: { ...had.driverOpts, ...possible.driverOpts } }),
    };
  }
  if (there === undefined && isHome(container.mode, name, found)) return possible;
  return { ...possible, driverOpts: { ...possible.driverOpts, [STACK_OPTION]: stack } };
}

function attach(
  { host }: AttachmentInput,
  { name, found, made }: Target,
  { network }: Attachment,
  endpoint: Endpoint,
  why: string,
  was?: Endpoint,
): StepOf<'endpoint.attach'> {
  return {
    op: 'endpoint.attach',
    host,
    ref: endpointRef(network, endpoint),
    why,
    disruptive: false,
    network: name,
    ...(found === undefined || made !== undefined ? {} : { networkId: found.id }),
    endpoint,
    ...(was === undefined ? {} : { was }),
  };
}
