import type { FoundNetwork, HostFacts, HostName, NetworkResource, Ref, StepOf } from '../model.js';
import { THROWAWAY_PREFIX } from '../own-names.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { networkChanges } from './compare.js';
import { describeChanges, describeHolders } from './describe.js';
import { configOf, matchAll, owns, refOf } from './match.js';
import type { Draft } from './order.js';

export interface Part {
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
}

/**
 * The steps from the networks that are there to the networks that are wanted, on one host; `unwanted` is the reason to
 * remove what the spec does not have, and `returning` has the links that are gone now and that the same plan makes.
 */
export function networkSteps(
  wanted: readonly NetworkResource[],
  facts: HostFacts,
  stack: string,
  host: HostName,
  unwanted: string,
  returning: ReadonlySet<string>,
): Part {
  const matches = matchAll(wanted, facts, stack);
  const refs = new Map<FoundNetwork, Ref>();
  for (const found of facts.networks) {
    if (owns(found, facts, stack)) refs.set(found, refOf(found, facts));
  }
  for (const [want, found] of matches) if (found !== undefined) refs.set(found, want.ref);

  const problems: Problem[] = [];
  const doomed = new Map<FoundNetwork, string>();
  const replaced = new Map<NetworkResource, string>();
  const harmless = new Set<FoundNetwork>();
  for (const [want, found] of configurationsFirst(matches)) {
    if (found === undefined) continue;
    const source = configOf(found, facts);
    const changes = networkChanges(want, found);
    const parent = found.props.options['parent'];
    const lost = parent !== undefined && returning.has(parent) && want.asked.configOnly !== true;
    // What a network took from its configuration it keeps, so a new configuration means a new network.
    const stale =
      source !== undefined && doomed.has(source) ? `its configuration ${source.name} is replaced` : undefined;
    const why = changes.length > 0 ? describeChanges(changes) : stale;
    if (why === undefined && lost && found.holders.length > 0) problems.push(cutOff(found, want.path, parent));
    if (why === undefined && (!lost || found.holders.length > 0)) continue;
    // Nobody is on it, and it is made again as it was: that needs no leave.
    if (why === undefined) harmless.add(found);
    const reason = why ?? `its parent ${parent ?? ''} was gone, and an engine that starts without it loses the network`;
    doomed.set(found, reason);
    replaced.set(want, reason);
    if (found.holders.length > 0) problems.push(inUse(found, want.path, `has to be replaced (${reason})`));
  }
  for (const found of refs.keys()) {
    if ([...matches.values()].includes(found)) continue;
    if (isThrowaway(found, facts)) {
      harmless.add(found);
      doomed.set(found, 'netctl made it to see what the engine adds to networks, and did not live to remove it');
      continue;
    }
    doomed.set(found, unwanted);
    if (found.holders.length > 0) problems.push(inUse(found, 'networks', 'is no longer wanted'));
  }

  const drafts = [...doomed].map(([found, why]) => remove(found, host, why, !harmless.has(found), refs, facts));
  for (const [want, found] of matches) {
    const others = facts.networks.filter((one) => one !== found && sameName(want, one) && !doomed.has(one));
    if (others.length > 0) problems.push(nameTaken(want, others));
    else if (found === undefined || replaced.has(want)) {
      const safe = found === undefined || harmless.has(found);
      drafts.push(create(want, replaced.get(want), !safe));
    }
  }
  return { drafts, problems };
}

/** Nobody can be on a configuration network, and no network was made from this one. */
function isThrowaway({ name, props }: FoundNetwork, { networks }: HostFacts): boolean {
  if (!name.startsWith(THROWAWAY_PREFIX) || props.configOnly !== true) return false;
  return networks.every((other) => other.props.configFrom !== name);
}

/** A swarm takes names for the same whatever their case (swarmkit, store/networks.go). */
function sameName({ name, asked }: NetworkResource, one: FoundNetwork): boolean {
  if (name === one.name) return true;
  const swarm = asked.driver === 'overlay' || asked.scope === 'swarm';
  return swarm && one.props.scope === 'swarm' && name.toLowerCase() === one.name.toLowerCase();
}

function configurationsFirst<T>(matches: ReadonlyMap<NetworkResource, T>): readonly (readonly [NetworkResource, T])[] {
  return [...matches].sort(([a], [b]) => Number(b.asked.configOnly === true) - Number(a.asked.configOnly === true));
}

function create(want: NetworkResource, changed: string | undefined, disruptive: boolean): Draft {
  const step: StepOf<'network.create'> = {
    op: 'network.create',
    host: want.host,
    ref: want.ref,
    why: changed ?? want.why,
    disruptive,
    name: want.name,
    props: want.props,
    asked: want.asked,
  };
  const open =
    want.props.ipam.config.length === 0 && want.props.configOnly !== true && want.props.configFrom === undefined;
  return { step, after: want.requires, last: open };
}

function remove(
  found: FoundNetwork,
  host: HostName,
  why: string,
  disruptive: boolean,
  refs: ReadonlyMap<FoundNetwork, Ref>,
  facts: HostFacts,
): Draft {
  const step: StepOf<'network.remove'> = {
    op: 'network.remove',
    host,
    ref: refs.get(found) ?? `network:${found.name}`,
    why,
    disruptive,
    name: found.name,
    id: found.id,
    scope: found.props.scope ?? 'local',
  };
  // A configuration network goes after those that were made from it.
  const users = facts.networks.filter(({ props }) => props.configFrom === found.name);
  return { step, after: users.flatMap((user) => refs.get(user) ?? []) };
}

function nameTaken(want: NetworkResource, taken: readonly FoundNetwork[]): Problem {
  const [first] = taken;
  const whose =
    taken.length > 1
      ? `${taken.length} networks have the name ${want.name} (${taken.map(({ id }) => id.slice(0, 12)).join(', ')})`
      : first?.owner === undefined
        ? `the network ${first?.name ?? ''} (${first?.id.slice(0, 12) ?? ''}) is there already, and netctl did not make it`
        : `the network ${first.name} belongs to the stack ${first.owner.stack}`;
  return problem(
    'error',
    'NAME_TAKEN',
    want.path,
    taken.every(({ name }) => name !== want.name) ? `${whose}; to a swarm ${want.name} is the same name` : whose,
    'Give this network another name, say `external: true` to use that one as it is, or remove it yourself.',
  );
}

function inUse(found: FoundNetwork, path: string, what: string): Problem {
  return problem(
    'error',
    'IN_USE',
    path,
    `the network ${found.name} ${what}, and these hold it: ${describeHolders(found.holders)}`,
    'Disconnect or remove them first; stopped containers count, because they could not start again.',
  );
}

/** The link comes back, but not into the containers, nor into an engine that started without it. */
function cutOff(found: FoundNetwork, path: string, parent: string): Problem {
  return problem(
    'warning',
    'PARENT_WAS_GONE',
    path,
    `the link ${parent} was gone, and these are on the network ${found.name} on it: ${describeHolders(found.holders)}`,
    'Restart Docker (systemctl restart docker): the containers lost their interfaces with the link, and an engine that starts without it loses the network.',
  );
}
