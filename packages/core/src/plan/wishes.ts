import type { Endpoint, EndpointConfig } from '../endpoints.js';
import type { Ref } from '../model.js';
import type { Attachment } from '../resolve/containers.js';
import { STACK_OPTION } from '../spec/containers.js';
import { handsOut, ignoresMac } from './attachment-checks.js';
import type { AttachmentInput, Target } from './attachments.js';
import { endpointChanges } from './compare-endpoint.js';
import { describeChanges } from './describe.js';
import { isHome } from './detachments.js';
import { endpointRef, park } from './moves.js';
import type { MoveOptions } from './moves.js';
import type { Draft } from './order.js';

/** A container of the spec and a network that it is to be on: how it is on it now, and what of that is otherwise. */
export interface Wish {
  readonly attachment: Attachment;
  /** Of its place on the network. */
  readonly ref: Ref;
  readonly target: Target;
  /** The step that puts it back, where it is moved anyway. */
  readonly back: Draft | undefined;
  readonly parked: Endpoint | undefined;
  readonly now: Endpoint | undefined;
  readonly want: EndpointConfig;
  readonly differs: boolean;
  readonly why: string;
  /** Takes it off, where this is what it is taken off for. */
  readonly off: Draft | undefined;
}

/** What each container of the spec is to have, beside what it has; one whose network is not there has no wish. */
export function wishesOf(input: AttachmentInput, moving: readonly Draft[], options: MoveOptions): readonly Wish[] {
  const there: There = {
    places: new Map(
      (input.facts.places ?? []).map(({ networkId, endpoint }) => [`${networkId} ${endpoint.container}`, endpoint]),
    ),
    backs: new Map(moving.flatMap((draft) => (draft.step.op === 'endpoint.restore' ? [[draft.step.ref, draft]] : []))),
    mark: { [STACK_OPTION]: input.stack },
  };
  return input.attachments.flatMap((attachment) => wishOf(attachment, input, there, options) ?? []);
}

/** What is there of thousands of places, each found without a look at all of them. */
interface There {
  /** By the id of the network and that of the container. */
  readonly places: ReadonlyMap<string, Endpoint>;
  /** The steps that put somebody back. */
  readonly backs: ReadonlyMap<Ref, Draft>;
  /** The endpoint option that says whose an attachment is. */
  readonly mark: Readonly<Record<string, string>>;
}

function wishOf(
  attachment: Attachment,
  input: AttachmentInput,
  { places, backs, mark }: There,
  options: MoveOptions,
): Wish | undefined {
  const { facts } = input;
  const { container, network } = attachment;
  const target = input.targets.get(network);
  if (target === undefined) return undefined;
  const { found, made } = target;
  const now = found === undefined ? undefined : places.get(`${found.id} ${container.id}`);
  const ref = endpointRef(network, container);
  const back = backs.get(ref);
  const parked = back?.step.op === 'endpoint.restore' ? back.step.endpoint : undefined;
  // With --keep-dynamic it is put back with more than it had asked for.
  const there = parked ?? now;
  const want = wantedConfig(attachment, there, input, target, options, mark);
  const changes =
    there === undefined
      ? []
      : endpointChanges(want, there, {
          whole: there.config.driverOpts?.[STACK_OPTION] === input.stack,
          chosen: (address) => found !== undefined && handsOut(found, address),
          mac: !ignoresMac(facts.engine),
        });
  const why = describeChanges(changes);
  const differs = changes.length > 0;
  const moves = differs && back === undefined && now !== undefined && found !== undefined && made === undefined;
  const off = moves ? { step: park(now, found, network, input.host, why), after: [] } : undefined;
  return { attachment, ref, target, want, differs, why, back, parked, now, off };
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
  mark: There['mark'],
): EndpointConfig {
  const lost = config.mac !== undefined && ignoresMac(facts.engine) && acceptLoss.includes('mac');
  const possible = lost ? withoutMac(config) : config;
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
  return { ...possible, driverOpts: possible.driverOpts === undefined ? mark : { ...possible.driverOpts, ...mark } };
}

function withoutMac(config: EndpointConfig): EndpointConfig {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'mac'));
}
