import { isGoing } from '../endpoints.js';
import type { Endpoint, EndpointConfig, Place } from '../endpoints.js';
import type { FoundNetwork, HostFacts, HostName, NetworkResource, Ref, StepOf } from '../model.js';
import type { Problem } from '../problem.js';
import { problem } from '../problem.js';
import type { Attachment } from '../resolve/containers.js';
import { STACK_OPTION } from '../spec/containers.js';
import { checkAttachment, handsOut, ignoresMac } from './attachment-checks.js';
import { endpointChanges } from './compare-endpoint.js';
import { describeChanges } from './describe.js';
import { checkMove } from './move-checks.js';
import { endpointRef, linksBelow } from './moves.js';
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

interface Input {
  readonly facts: HostFacts;
  readonly stack: string;
  readonly host: HostName;
  readonly attachments: readonly Attachment[];
  readonly targets: ReadonlyMap<Ref, Target>;
}

/** The places that netctl gave to containers and that the spec no longer wants. */
export function unwantedPlaces({ facts, stack, attachments, targets }: Input): readonly Place[] {
  return (facts.places ?? []).filter(
    ({ networkId, endpoint }) =>
      endpoint.config.driverOpts?.[STACK_OPTION] === stack &&
      !attachments.some(
        ({ container, network }) =>
          container.id === endpoint.container && targets.get(network)?.found?.id === networkId,
      ),
  );
}

/** The host as it is when these containers have left, whom nothing has to wait for. */
export function withoutPlaces(
  { facts, stack, attachments }: Omit<Input, 'targets'>,
  leaving: readonly Place[],
): HostFacts {
  if (leaving.length === 0 && facts.parked === undefined) return facts;
  const leaves = (networkId: string, container: string): boolean =>
    leaving.some((place) => place.networkId === networkId && place.endpoint.container === container);
  const networks = facts.networks.map((found): FoundNetwork => {
    const { endpoints } = found;
    return {
      ...found,
      holders: found.holders.filter(({ id }) => !leaves(found.id, id)),
      ...(endpoints === undefined
        ? {}
        : { endpoints: endpoints.filter(({ container }) => !leaves(found.id, container)) }),
    };
  });
  // Whoever an earlier apply took off, and netctl had put there, only goes back where the spec still wants him.
  const parked = facts.parked?.filter(
    ({ network, endpoint }) =>
      endpoint.config.driverOpts?.[STACK_OPTION] !== stack ||
      attachments.some((one) => one.network === network && one.container.id === endpoint.container),
  );
  return { ...facts, networks, ...(parked === undefined ? {} : { parked }) };
}

/** Containers that netctl has put on a network leave it. */
export function detachments(
  leaving: readonly Place[],
  { facts, host }: Pick<Input, 'facts' | 'host'>,
  refOf: (found: FoundNetwork) => Ref,
  why: string,
): readonly Draft[] {
  return leaving.flatMap(({ networkId, endpoint }) => {
    const found = facts.networks.find(({ id }) => id === networkId);
    if (found === undefined) return [];
    const ref = refOf(found);
    const step: StepOf<'endpoint.detach'> = {
      op: 'endpoint.detach',
      host,
      ref: endpointRef(ref, endpoint),
      why,
      disruptive: true,
      network: found.name,
      networkId,
      endpoint,
    };
    return [{ step, after: [], before: [ref, ...linksBelow(found, facts)] }];
  });
}

/** Between two tries to start it no engine lets a container be connected or disconnected. */
export function restartingNow(name: string, path: string, what: string): Problem {
  return problem(
    'warning',
    'CONTAINER_RESTARTING',
    path,
    `the container ${name} ends and starts again all the time, and no engine lets such a one be ${what}`,
    'Mend it or stop it, and apply again.',
  );
}

/**
 * The steps that put containers on networks. Whoever is on one otherwise is taken off and put back as the spec says; who
 * is moved anyway, in `moving`, is put back so.
 */
export function attachmentSteps(
  input: Input,
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
    const park: Draft = {
      step: {
        op: 'endpoint.park',
        host: input.host,
        ref: endpointRef(network, container),
        why,
        disruptive: true,
        network: found.name,
        networkId: found.id,
        endpoint: now,
      },
      after: [],
    };
    drafts.push(park, {
      step: attach(input, target, attachment, { ...now, config: want }, why, now),
      after: [network, ...target.requires],
      awaits: [park, ...freed],
    });
  }
  return { drafts, moving: moving.map((draft) => changed.get(draft) ?? draft), problems };
}

/**
 * What is asked for, with what somebody else gave it besides. The mark says who made it, so it is not on what others
 * made; and not on the network that the container was made on, which it only gets back.
 */
function wantedConfig(
  { config, container }: Attachment,
  there: Endpoint | undefined,
  { facts, stack }: Input,
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

/** Whether a container was made on a network. */
export function isHome(mode: string, name: string, found: Pick<FoundNetwork, 'id'> | undefined): boolean {
  if (mode === name || (mode === 'default' && name === 'bridge')) return true;
  return found !== undefined && /^[0-9a-f]{12,}$/.test(mode) && found.id.startsWith(mode);
}

function attach(
  { host }: Input,
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

/** Whose places have to be read: those whom the spec names, and those who may be where netctl has put them. */
export function containersToRead(
  attachments: readonly Attachment[],
  facts: HostFacts,
  isOurs: (found: FoundNetwork) => boolean,
): readonly string[] {
  const guests = facts.networks.filter(isOurs).flatMap((found) =>
    found.holders.flatMap(({ type, id, state }) => {
      const mode = facts.containers?.find((one) => one.id === id)?.mode;
      // netctl leaves no mark where a container was made.
      const guest = type === 'container' && !isGoing(state) && mode !== undefined && !isHome(mode, found.name, found);
      return guest ? [id] : [];
    }),
  );
  return [...new Set([...attachments.map(({ container }) => container.id), ...guests])];
}
