import { groupBy } from '../group-by.js';
import { networksMadeFrom } from '../lookup.js';
import type { FoundNetwork, HostFacts, HostName, IpamEntry, NetworkResource, Ref, StepOf } from '../model.js';
import { THROWAWAY_PREFIX } from '../own-names.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { GWBRIDGE, INGRESS } from '../spec/hosts.js';
import { remembered } from '../remembered.js';
import { adoption, adoptionRefusal, forgetting, isYetToAdopt } from './adopt.js';
import { networkChanges } from './compare.js';
import { describeChanges, describeHolders } from './describe.js';
import { configOf, matchAll, owns, refOf } from './match.js';
import type { Draft } from './order.js';

export interface Part {
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
}

export interface NetworkInput {
  readonly wanted: readonly NetworkResource[];
  readonly facts: HostFacts;
  readonly stack: string;
  readonly host: HostName;
  /** The reason to remove what the spec does not have. */
  readonly unwanted: string;
  /** Links that are gone now and that the same plan makes. */
  readonly returning: ReadonlySet<string>;
  /** Whether a network that is held may be replaced. */
  readonly recreate: boolean;
  /** Whether networks of nobody may be taken over. */
  readonly adopt: boolean;
  /** Another host of the spec is the one by which the networks of the swarm are made and removed. */
  readonly swarmElsewhere: boolean;
  /** Why networks go that were made from a configuration of this name, which another host replaces. */
  readonly staleElsewhere: ReadonlyMap<string, string>;
  /** Ids of networks of the swarm that another host removes. */
  readonly goneElsewhere: ReadonlySet<string>;
  /** Names of networks that the spec says are not its own. */
  readonly external: ReadonlySet<string>;
}

export interface NetworkPart extends Part {
  /** What takes the place of a network, and why. */
  readonly replaced: ReadonlyMap<FoundNetwork, { readonly want: NetworkResource; readonly why: string }>;
}

/** The steps from the networks that are there to the networks that are wanted, on one host. */
export function networkSteps(input: NetworkInput): NetworkPart {
  const { wanted, facts, stack, host, unwanted, returning, recreate, external } = input;
  const matches = withEnginesIngress(matchAll(wanted, facts, stack), facts);
  const refs = new Map<FoundNetwork, Ref>();
  for (const found of facts.networks) {
    if (owns(found, facts, stack)) refs.set(found, refOf(found, facts));
  }
  for (const [want, found] of matches) if (found !== undefined) refs.set(found, want.ref);

  const problems: Problem[] = [];
  const doomed = new Map<FoundNetwork, string>();
  const replaced = new Map<FoundNetwork, { readonly want: NetworkResource; readonly why: string }>();
  const harmless = new Set<FoundNetwork>();
  for (const [want, found] of configurationsFirst(matches)) {
    if (found === undefined) continue;
    const source = configOf(found, facts);
    const changes = networkChanges(want, found);
    const parent = found.props.options['parent'];
    const lost = parent !== undefined && returning.has(parent) && want.asked.configOnly !== true;
    // What a network took from its configuration it keeps, so a new configuration means a new network.
    const stale =
      source !== undefined && doomed.has(source)
        ? `its configuration ${source.name} is replaced`
        : input.staleElsewhere.get(found.props.configFrom ?? '');
    const why = changes.length > 0 ? describeChanges(changes) : stale;
    if (why === undefined && lost && found.holders.length > 0) problems.push(cutOff(found, want.path, parent));
    if (why === undefined && (!lost || found.holders.length > 0)) continue;
    // Nobody is on it, and it is made again as it was: that needs no leave, unless its labels are somebody else's.
    if (why === undefined && found.adopted !== true) harmless.add(found);
    const gone = `its parent ${parent ?? ''} was gone, and an engine that starts without it loses the network`;
    const reason = `${why ?? gone}${labelsLost(found, want)}`;
    doomed.set(found, reason);
    replaced.set(found, { want, why: reason });
    if (found.holders.length > 0 && !recreate) problems.push(heldUp(found, want.path, reason));
  }
  const released = new Set<FoundNetwork>();
  const matched = new Set(matches.values());
  for (const found of refs.keys()) {
    if (matched.has(found)) continue;
    if (input.swarmElsewhere && found.props.scope === 'swarm') continue;
    if (isThrowaway(found, facts)) {
      harmless.add(found);
      doomed.set(found, 'netctl made it to see what the engine adds to networks, and did not live to remove it');
      continue;
    }
    if (found.adopted === true && external.has(found.name)) {
      released.add(found);
      continue;
    }
    doomed.set(found, unwanted);
    if (found.holders.length > 0) problems.push(inUse(found));
  }

  problems.push(...[...doomed.keys()].flatMap((found) => stillUsed(found, doomed, input)));

  const drafts = [...doomed].map(([found, why]) => remove(found, host, why, !harmless.has(found), refs, facts));
  for (const [want, found] of matches) {
    const others = alike(want, facts).filter(
      (one) => one !== found && one.hidden !== true && sameName(want, one) && !doomed.has(one),
    );
    if (others.length > 0) problems.push(nameTaken(want, others, input));
    else if (found === undefined) drafts.push(create(want, want.why, false));
    else if (doomed.has(found)) {
      drafts.push(create(withSubnetsOf(found, want), replaced.get(found)?.why ?? want.why, !harmless.has(found)));
    } else if (isYetToAdopt(found, facts)) drafts.push(adoption(want, found, facts));
  }
  drafts.push(...forgetting({ facts, stack, host, doomed, released }));
  return { drafts, problems, replaced };
}

/** The ingress network that a swarm makes by itself gives way to one of its name that the spec describes. */
function withEnginesIngress(
  matches: ReadonlyMap<NetworkResource, FoundNetwork | undefined>,
  { networks }: HostFacts,
): ReadonlyMap<NetworkResource, FoundNetwork | undefined> {
  const own = networks.find(
    ({ name, owner, props }) => name === INGRESS && props.ingress === true && owner === undefined,
  );
  if (own === undefined) return matches;
  return new Map(
    [...matches].map(([want, found]) => [
      want,
      found ?? (want.name === INGRESS && want.asked.ingress === true ? own : undefined),
    ]),
  );
}

/** A subnet that the engine chose, since the spec named none, stays what it is when the network is made again. */
function withSubnetsOf(found: FoundNetwork, want: NetworkResource): NetworkResource {
  const { props } = want;
  const { ipam } = props;
  if (found.props.driver !== props.driver || props.configFrom !== undefined || props.configOnly === true) return want;
  const families = [false, true].filter((six) => (six ? props.enableIPv6 === true : props.enableIPv4 !== false));
  const kept = families.flatMap((six) => {
    const of = (entries: readonly IpamEntry[] = []): readonly string[] =>
      entries.flatMap(({ subnet }) => (subnet?.includes(':') === six ? [subnet] : []));
    const [subnet, ...more] = of(found.props.ipam.config);
    const named = of(ipam.config).length > 0 || of(found.asked?.ipam.config).length > 0;
    return subnet === undefined || more.length > 0 || named ? [] : [{ subnet }];
  });
  if (kept.length === 0) return want;
  return { ...want, props: { ...props, ipam: { ...ipam, config: [...ipam.config, ...kept] } } };
}

/** Nobody can be on a configuration network, and no network was made from this one. */
function isThrowaway({ name, props }: FoundNetwork, { networks }: HostFacts): boolean {
  if (!name.startsWith(THROWAWAY_PREFIX) || props.configOnly !== true) return false;
  return networksMadeFrom({ networks }, name).length === 0;
}

const byLooseName = remembered((networks: readonly FoundNetwork[]) =>
  groupBy(networks, ({ name }) => [name.toLowerCase()]),
);

/** Those whose names differ by their case at most. */
function alike({ name }: NetworkResource, { networks }: HostFacts): readonly FoundNetwork[] {
  return byLooseName(networks).get(name.toLowerCase()) ?? [];
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

function create(want: NetworkResource, why: string, disruptive: boolean): Draft {
  const step: StepOf<'network.create'> = {
    op: 'network.create',
    host: want.host,
    ref: want.ref,
    why,
    disruptive,
    name: want.name,
    props: want.props,
    asked: want.asked,
  };
  const open =
    want.props.ipam.config.length === 0 && want.props.configOnly !== true && want.props.configFrom === undefined;
  return { step, after: want.requires, last: open };
}

/** What to know of a network that goes and that netctl did not make. */
function originOf(found: FoundNetwork, facts: HostFacts): string {
  if (found.props.ingress === true && found.owner === undefined) return '; it is the one that the swarm made';
  if (found.adopted !== true) return '';
  return isYetToAdopt(found, facts) ? '; netctl did not make it' : '; it was adopted, netctl did not make it';
}

/** Labels of its maker that a network which takes its place would not have. */
function labelsLost(found: FoundNetwork, { asked }: NetworkResource): string {
  const lost = Object.keys(found.props.labels).filter((key) => !Object.hasOwn(asked.labels, key));
  return found.adopted !== true || lost.length === 0 ? '' : `, and its maker's labels go: ${lost.join(', ')}`;
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
    why: `${why}${originOf(found, facts)}`,
    disruptive,
    name: found.name,
    id: found.id,
    scope: found.props.scope ?? 'local',
    was: found.props,
    ...(found.asked === undefined ? {} : { asked: found.asked }),
    ...(found.adopted === true || (found.props.ingress === true && found.owner === undefined) ? { adopted: true } : {}),
  };
  // A configuration network goes after those that were made from it.
  const users = networksMadeFrom(facts, found.name);
  return { step, after: users.flatMap((user) => refs.get(user) ?? []) };
}

function nameTaken(
  want: NetworkResource,
  taken: readonly FoundNetwork[],
  { adopt, facts, wanted }: NetworkInput,
): Problem {
  const [first] = taken;
  if (want.name === GWBRIDGE) return bridgeTaken(want, facts);
  const whose =
    taken.length > 1
      ? `${taken.length} networks have the name ${want.name} (${taken.map(({ id }) => id.slice(0, 12)).join(', ')})`
      : first?.owner === undefined
        ? `the network ${first?.name ?? ''} (${first?.id.slice(0, 12) ?? ''}) is there already, and netctl did not make it`
        : `the network ${first.name} belongs to the stack ${first.owner.stack}`;
  const namesake = taken.find(({ name }) => name === want.name);
  const refusal = namesake === undefined ? 'it has another name' : adoptionRefusal(namesake, wanted, facts);
  const cure = [
    'Give this network another name',
    'say `external: true` to use that one as it is',
    ...(adopt || refusal !== undefined ? [] : ['take it over with --adopt']),
  ];
  const refused = adopt && refusal !== undefined ? ` --adopt does not take it: ${refusal}.` : '';
  return problem(
    'error',
    'NAME_TAKEN',
    want.path,
    taken.every(({ name }) => name !== want.name) ? `${whose}; to a swarm ${want.name} is the same name` : whose,
    `${cure.join(', ')}, or remove it yourself.${refused}`,
  );
}

/** The engine's own, which it leaves behind when the host leaves its swarm. */
function bridgeTaken(want: NetworkResource, { engine, networks }: HostFacts): Problem {
  const { ipam } = networks.find(({ name }) => name === want.name)?.props ?? {};
  const has = ipam?.config.map(({ subnet = '' }) => subnet).join(', ') ?? '';
  const inSwarm = engine.swarm.nodeId !== undefined;
  return problem(
    'error',
    inSwarm ? 'SWARM_FIXED' : 'NAME_TAKEN',
    want.path,
    `${want.name} is there already with ${has}, and netctl did not make it`,
    `${inSwarm ? 'Let the host leave the swarm first (docker swarm leave), then remove' : 'Remove'} it: docker network rm ${want.name}`,
  );
}

function heldUp(found: FoundNetwork, path: string, why: string): Problem {
  return problem(
    'error',
    'IN_USE',
    path,
    `the network ${found.name} has to be replaced (${why}), and these hold it: ${describeHolders(found.holders)}`,
    'Say --recreate to have them taken off, and put back as they were; stopped containers count, because they could not start again.',
  );
}

function inUse(found: FoundNetwork): Problem {
  return problem(
    'error',
    'IN_USE',
    'networks',
    `the network ${found.name} is no longer wanted, and these hold it: ${describeHolders(found.holders)}`,
    'Disconnect or remove them first; stopped containers count, because they could not start again.',
  );
}

/** A node keeps what it has of a network of the swarm while somebody there is on it. */
function stillUsed(
  found: FoundNetwork,
  doomed: ReadonlyMap<FoundNetwork, string>,
  { facts, goneElsewhere }: NetworkInput,
): readonly Problem[] {
  if (found.props.configOnly !== true) return [];
  return facts.networks.flatMap((user) => {
    const stays = !doomed.has(user) && !goneElsewhere.has(user.id);
    const holders = user.holders.filter(({ host }) => host === undefined);
    if (user.props.configFrom !== found.name || user.props.scope !== 'swarm' || !stays || holders.length === 0)
      return [];
    const message = `the network ${found.name} goes (${doomed.get(found) ?? ''}), and these are on ${user.name}, which is made from it: ${describeHolders(holders)}`;
    return [
      problem('error', 'IN_USE', 'networks', message, 'Disconnect or remove them first; stopped containers count.'),
    ];
  });
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
