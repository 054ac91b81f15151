import { messageOf } from '../errors.js';
import type { FoundNetwork, HostFacts, HostName, Step, StepOf } from '../model.js';
import { owns, parentOf } from '../plan/match.js';
import { stepsOf } from '../plan/plan.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import type { ApplyEvent } from './events.js';
import { linksFree } from './links-lock.js';
import { takeLock } from './lock.js';
import { look } from './observe.js';
import type { Backends } from './observe.js';
import type { ApplyOptions } from './options.js';
import { isUncertain } from './recover.js';

/** What an apply has done by the time that it fails. */
export interface Watched {
  readonly options: ApplyOptions;
  /** In the order in which it was done, on whichever host. */
  readonly done: readonly Step[];
  /** What was to be done. */
  readonly planned: readonly Step[];
}

/** The options of an apply, with an ear for what it does. */
export function watched(options: ApplyOptions): Watched {
  const done: Step[] = [];
  const planned: Step[] = [];
  const onEvent = (event: ApplyEvent): void => {
    if (event.event === 'step' && event.state === 'done') done.push(event.step);
    if (event.event === 'plan') planned.push(...stepsOf(event.plan));
    options.onEvent?.(event);
  };
  return { options: { ...options, onEvent }, done, planned };
}

type Create = StepOf<'network.create'>;

/**
 * A network of the swarm and its configuration on each node are one thing: where the network could not be made, or does not
 * work, what this apply has made of it goes again, shims included. What takes the place of something older stays, and is gone on with.
 */
export async function takeBack(
  { done, planned }: Watched,
  stack: string,
  hosts: ReadonlyMap<HostName, Backends>,
  errors: readonly unknown[],
): Promise<readonly Problem[]> {
  const isNew = ({ host, ref }: Step): boolean =>
    !planned.some((step) => step.op.endsWith('.remove') && step.host === host && step.ref === ref);
  const creates = planned.flatMap((step) => (step.op === 'network.create' ? [step] : []));
  // An engine that gave no answer may have done what it was asked for.
  const unsure = errors.some(isUncertain);
  const problems: Problem[] = [];
  for (const network of creates) {
    const { scope, configFrom } = network.props;
    if (scope !== 'swarm' || configFrom === undefined || isDone(network, done) || !isNew(network)) continue;
    const parts = creates.filter(({ name, props }) => name === configFrom && props.configOnly === true);
    const pieces = parts.filter(isNew).map((step) => pieceOf(step, done, isNew, unsure));
    // It was not asked for before all of them were there.
    const begun = parts.every((part) => isDone(part, done));
    const whole = { network, links: [], isMade: unsure };
    for (const piece of [...(begun ? [whole] : []), ...pieces]) {
      const found = await takeBackPiece(piece, stack, hosts.get(piece.network.host), network);
      if (found !== undefined && found !== 'theirs') problems.push(found);
      // Nothing of it goes while there is a network that is made from it.
      if (piece === whole && (found === 'theirs' || found?.severity === 'error')) break;
    }
  }
  return problems;
}

/** What one host has of it. */
interface Piece {
  readonly network: Create;
  /** The shim that was made for it. */
  readonly links: readonly StepOf<'link.add'>[];
  /** It may be there, and by this apply. */
  readonly isMade: boolean;
}

function pieceOf(network: Create, done: readonly Step[], isNew: (step: Step) => boolean, unsure: boolean): Piece {
  const { host, props } = network;
  const links = done.flatMap((step) =>
    step.op === 'link.add' && step.host === host && step.props.kind === props.driver && isNew(step) ? [step] : [],
  );
  const parent = props.options['parent'];
  return {
    network,
    links: links.filter((step) => step.props.parent === parent),
    isMade: unsure || isDone(network, done),
  };
}

function isDone({ op, host, ref }: Step, done: readonly Step[]): boolean {
  return done.some((step) => step.op === op && step.host === host && step.ref === ref);
}

/** Undefined where nothing of it is there; `theirs` where somebody else has made it meanwhile. */
async function takeBackPiece(
  { network, links, isMade }: Piece,
  stack: string,
  backends: Backends | undefined,
  whole: Create,
): Promise<Problem | 'theirs' | undefined> {
  const { host, name } = network;
  if (backends === undefined) return undefined;
  try {
    const { id } = (await look(backends)).facts.engine;
    const holder = { pid: process.pid, stack, since: new Date().toISOString() };
    await using _lock = await takeLock({ name: id, holder, wait: 0 });
    await linksFree(0, undefined);
    const { facts } = await look(backends);
    const found = facts.networks.find((one) => isIt(one, network, facts, stack));
    if (found !== undefined && !isMade) return 'theirs';
    if (found !== undefined) {
      await backends.engine.removeNetwork({ id: found.id, name, scope: found.props.scope ?? 'local' });
    }
    const shims = await removeShims(network, links, found, facts, backends);
    const gone = [...(found === undefined ? [] : [`the network ${name}`]), ...shims.map((shim) => `the shim ${shim}`)];
    if (gone.length === 0) return undefined;
    const were = gone.length === 1 ? 'was' : 'were';
    const message = `${gone.join(' and ')} ${were} taken back, since ${whole.name} could not be made on all nodes`;
    return { ...problem('note', 'RECOVERED', '', message), host };
  } catch (error) {
    // Nothing of it is known to be there.
    if (!isMade && links.length === 0 && network !== whole) return undefined;
    const message = `the network ${name} could not be taken back: ${messageOf(error)}`;
    const hint = 'Once that is mended, the same command goes on from here, or `netctl destroy` removes it.';
    return { ...problem('error', 'NOT_RECOVERED', '', message, hint), host };
  }
}

function isIt(found: FoundNetwork, { name, props }: Create, facts: HostFacts, stack: string): boolean {
  const { configFrom } = props;
  return (
    found.name === name &&
    (configFrom === undefined ? owns(found, facts, stack) : found.props.configFrom === configFrom)
  );
}

/** The names of those that were removed; networks on one parent may share a shim, which then stays. */
async function removeShims(
  { props }: Create,
  links: Piece['links'],
  gone: FoundNetwork | undefined,
  facts: HostFacts,
  backends: Backends,
): Promise<readonly string[]> {
  const parent = props.options['parent'];
  if (facts.networks.some((one) => one !== gone && parentOf(one, facts) === parent)) return [];
  const there = (facts.links?.links ?? []).filter(({ name }) => links.some((step) => step.props.name === name));
  for (const { name, index } of there) await backends.links.remove(name, index);
  return there.map(({ name }) => name);
}
