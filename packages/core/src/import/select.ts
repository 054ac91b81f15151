import { NetctlError } from '../errors.js';
import { readLinkOwner } from '../marks.js';
import type { FoundNetwork, HostFacts } from '../model.js';
import { ADOPTED_PREFIX, THROWAWAY_PREFIX } from '../own-names.js';
import { ownerOf } from '../plan/match.js';
import { list, quote } from '../spec/show.js';
import { STACK_NAME } from '../spec/stack-name.js';
import { suggest } from '../spec/suggest.js';
import { COMPOSE_PROJECT } from './places.js';

/** What is not in the spec though it was asked for, or looks as if it belonged there. */
export interface LeftOut {
  readonly name: string;
  /** As a sentence without a full stop. */
  readonly why: string;
}

export interface Selection {
  readonly stack: string;
  readonly networks: readonly FoundNetwork[];
  readonly leftOut: readonly LeftOut[];
}

/** What of a host to import. */
export interface SelectOptions {
  /** Names and ids, or beginnings of ids; all that is there when there are none. */
  readonly names?: readonly string[];
  /** Networks of Compose projects too. */
  readonly all?: boolean;
  /** The name of the stack. */
  readonly stack?: string;
}

/** Docker's own, which an engine makes, or a swarm. */
export const PREDEFINED = new Set(['bridge', 'host', 'none', 'ingress', 'docker_gwbridge']);
/** In a message; there may be hundreds. */
const MOST_NAMED = 10;

/**
 * Which networks of a host are to be in the spec, and of which stack that is.
 * @throws NetctlError USAGE for a name that nothing has, or that cannot be had
 */
export function select(facts: HostFacts, { names = [], all = false, stack: given }: SelectOptions): Selection {
  if (given !== undefined) checkStack(given);
  const candidates = facts.networks.filter((found) => isSomebodys(found, facts));
  const chosen = names.length === 0 ? candidates : pick(names, candidates, facts);
  const compose = all || names.length > 0;
  const stack =
    given ??
    stackOf(
      chosen.filter((found) => compose || !isComposes(found, facts)),
      facts,
    );
  const isMine = (found: FoundNetwork): boolean => ownerOf(found, facts)?.stack === stack;
  const forgotten = candidates.filter((found) => isMine(found) && !chosen.includes(found));
  if (forgotten.length > 0) {
    const which = list(forgotten.map(({ name }) => name));
    throw new NetctlError('USAGE', `The stack ${stack} has ${which} too, and a spec of it without would remove that`, {
      hint: `Name ${which} as well, leave out all names, or say --name and another name for what is nobody's.`,
    });
  }
  const leftOut: LeftOut[] = [];
  const networks = chosen.filter((found) => {
    const why = isMine(found) ? undefined : refusal(found, facts, compose);
    if (why !== undefined) leftOut.push({ name: found.name, why });
    return why === undefined;
  });
  return { stack, networks, leftOut };
}

/** @throws NetctlError USAGE */
export function checkStack(name: string): void {
  if (STACK_NAME.pattern.test(name)) return;
  throw new NetctlError('USAGE', `${quote(name)} cannot be the name of a stack`, {
    hint: `Use ${STACK_NAME.told}.`,
  });
}

function isSomebodys(found: FoundNetwork, facts: HostFacts): boolean {
  const { name, props } = found;
  if (ownerOf(found, facts) !== undefined) return !name.startsWith(THROWAWAY_PREFIX);
  const isNetctls = name.startsWith(THROWAWAY_PREFIX) || name.startsWith(ADOPTED_PREFIX);
  return !PREDEFINED.has(name) && !isNetctls && props.ingress !== true;
}

function refusal(found: FoundNetwork, facts: HostFacts, compose: boolean): string | undefined {
  const owner = ownerOf(found, facts);
  if (owner !== undefined) return `it belongs to the stack ${owner.stack}; --name ${owner.stack} writes that one`;
  const project = found.props.labels[COMPOSE_PROJECT];
  if (project !== undefined && !compose && isComposes(found, facts)) {
    return `Compose makes and removes it, for the project ${plain(project)}; to have it here, name it or say --all, and make it external in the Compose file`;
  }
  const twins = facts.networks.filter(({ name }) => name === found.name).length;
  return twins > 1 ? `${String(twins)} networks have this name` : undefined;
}

/** One that a netctl has taken over is not Compose's any more. */
function isComposes(found: FoundNetwork, facts: HostFacts): boolean {
  return ownerOf(found, facts) === undefined && Object.hasOwn(found.props.labels, COMPOSE_PROJECT);
}

function plain(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : quote(text);
}

/** @throws NetctlError USAGE */
function pick(
  names: readonly string[],
  candidates: readonly FoundNetwork[],
  { networks }: HostFacts,
): readonly FoundNetwork[] {
  const found = new Set<FoundNetwork>();
  const wrong: string[] = [];
  const near: string[] = [];
  const there = candidates.map(({ name }) => name);
  for (const word of names) {
    const named = networks.filter(({ name, id }) => name === word || id === word);
    const meant = named.length > 0 ? named : word === '' ? [] : networks.filter(({ id }) => id.startsWith(word));
    const [first, ...more] = meant;
    if (first === undefined) {
      wrong.push(`there is no network ${quote(word)}`);
      near.push(...[suggest(word, there) ?? []].flat());
    } else if (named.length === 0 && more.length > 0) {
      wrong.push(`${quote(word)} is the beginning of several ids (${list(meant.map(({ name }) => name))})`);
    } else if (!candidates.includes(first)) wrong.push(`${quote(word)} is Docker's own, and nobody's to take over`);
    else for (const one of meant) found.add(one);
  }
  if (wrong.length === 0) return candidates.filter((one) => found.has(one));
  const [message = '', ...rest] = wrong;
  const more = there.length > MOST_NAMED ? [`${String(there.length - MOST_NAMED)} more`] : [];
  const known =
    there.length === 0
      ? 'The host has no networks but those of Docker.'
      : `The host has ${list([...there.slice(0, MOST_NAMED), ...more])}.`;
  throw new NetctlError('USAGE', [message.charAt(0).toUpperCase() + message.slice(1), ...rest].join('; '), {
    hint: near.length === 0 ? known : `Did you mean ${list([...new Set(near)], 'or')}? ${known}`,
  });
}

/**
 * The one stack that has all of them, else the name of the host: what is nobody's would otherwise become part of a stack
 * whose own file does not have it.
 */
function stackOf(chosen: readonly FoundNetwork[], facts: HostFacts): string {
  const links = facts.links?.links ?? [];
  const owners = new Set<string | undefined>(
    chosen.length > 0
      ? chosen.map((found) => ownerOf(found, facts)?.stack)
      : links.flatMap((link) => readLinkOwner(link)?.stack ?? []),
  );
  const [only, ...more] = owners;
  return only === undefined || more.length > 0 ? validName(facts.engine.name) : only;
}

/** Of what somebody called something, what can be the name of a stack. */
export function validName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63)
    .replace(/[-_]+$/, '');
  return name === '' ? 'host' : name;
}
