import { parseAddress } from '../addresses/prefix.js';
import { canonicalAddress } from '../addresses/text.js';
import { hiddenId } from '../docker/map.js';
import { isAtWork } from '../endpoints.js';
import type { Endpoint } from '../endpoints.js';
import { linkNamed } from '../lookup.js';
import type { FoundNetwork, HostFacts, HostName, NetworkResource, Ref, Step, StepOf } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { handsOut } from './attachment-checks.js';
import { parentOf, refOf } from './match.js';
import { checkHandedOut, checkHolders, checkMove } from './move-checks.js';
import type { Draft } from './order.js';

export interface MoveOptions {
  /** Take containers off a network that has to be replaced, and put them back. */
  readonly recreate?: boolean;
  /** Give every container the address that it has, also where it asked for none. */
  readonly keepDynamic?: boolean;
  /** What may be lost: `mac`, a MAC that somebody chose and the engine cannot give back. */
  readonly acceptLoss?: readonly string[];
}

/** A network that loses its containers for a moment. */
export interface Moved {
  readonly found: FoundNetwork;
  readonly path: string;
  readonly why: string;
  /** What takes its place; undefined when it stays, and only a link below it is made again. */
  readonly want?: NetworkResource;
  /** Another host replaces it, and looks at who holds it. */
  readonly elsewhere?: true;
}

/** Networks that a plan replaces, or whose link it makes again, and that containers are on. */
export function networksToMove(steps: readonly Step[], facts: HostFacts): readonly FoundNetwork[] {
  const made = new Set(steps.flatMap(({ op, host, ref }) => (op === 'network.create' ? [`${host} ${ref}`] : [])));
  const replaced = new Set(
    steps.flatMap((step) =>
      step.op === 'network.remove' && made.has(`${step.host} ${step.ref}`) ? [step.id, hiddenId(step.name)] : [],
    ),
  );
  const links = linksMadeAgain(steps);
  return facts.networks.filter(
    (found) =>
      found.holders.some(({ type }) => type === 'container') &&
      (replaced.has(found.id) || links.has(parentOf(found, facts) ?? '')),
  );
}

function linksMadeAgain(steps: readonly Step[]): ReadonlySet<string> {
  const removed = new Set(steps.flatMap((step) => (step.op === 'link.remove' ? [step.name] : [])));
  return new Set(
    steps.flatMap((step) => (step.op === 'link.add' && removed.has(step.props.name) ? [step.props.name] : [])),
  );
}

/** The steps that take every container off these networks and put it back, and what stands against them. */
export function moves(
  moved: readonly Moved[],
  facts: HostFacts,
  host: HostName,
  options: MoveOptions,
): { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } {
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  for (const one of moved) {
    if (one.elsewhere !== true) problems.push(...checkHolders(one, facts));
    if (options.keepDynamic !== true) problems.push(...checkHandedOut(one));
    const { found, want } = one;
    const ref = want?.ref ?? refOf(found, facts);
    const below = [...linksBelow(found, facts), ...(want?.requires ?? [])];
    let before: Draft | undefined;
    for (const endpoint of inOrder((found.endpoints ?? []).map((seen) => asItWas(seen, facts)))) {
      problems.push(...checkMove({ ...one, id: found.id, name: found.name }, endpoint, facts, options));
      const target = want === undefined ? { networkId: found.id } : {};
      drafts.push({
        step: park(endpoint, found, ref, host, one.why),
        after: [],
        before: [ref, ...below],
      });
      const restore = restoration(options.keepDynamic === true ? pinned(endpoint) : endpoint, {
        host,
        ref,
        network: want?.name ?? found.name,
        ...target,
        ...(options.keepDynamic === true ? {} : openness(endpoint, want ?? found)),
      });
      const draft: Draft = { step: restore, after: [ref, ...below], ...(before && { follows: before }) };
      // One after another, in the order of their addresses: an engine hands out the lowest that is free.
      if (isDynamic(endpoint)) before = draft;
      drafts.push(draft);
    }
  }
  return { drafts, problems };
}

/** Links below a network: its parent, and the parent's parents. */
export function linksBelow(found: FoundNetwork, facts: HostFacts): readonly Ref[] {
  const names: string[] = [];
  for (let name = parentOf(found, facts); name !== undefined && !names.includes(name);) {
    names.push(name);
    name = linkNamed(facts, name)?.parent;
  }
  return names.map((name): Ref => `link:${name}`);
}

/** Whoever an earlier apply has stopped ran before, and is to run again. */
function asItWas(endpoint: Endpoint, facts: HostFacts): Endpoint {
  const before = facts.parked?.find((one) => one.endpoint.container === endpoint.container)?.endpoint;
  return before === undefined || isAtWork(endpoint.state) ? endpoint : { ...endpoint, state: before.state };
}

/** The network that an endpoint belongs to now: one that is there and stays, or one that this plan makes. */
export interface Home {
  readonly name: string;
  readonly found?: FoundNetwork;
  readonly want?: NetworkResource;
}

/** An endpoint that an earlier apply left off its network goes back to it, or to the one that takes its place. */
export function returns(
  facts: HostFacts,
  host: HostName,
  homes: ReadonlyMap<Ref, Home>,
  moving: readonly Draft[],
  options: MoveOptions,
): { readonly drafts: readonly Draft[]; readonly problems: readonly Problem[] } {
  const moved = new Set(moving.map(({ step }) => step.ref));
  const drafts: Draft[] = [];
  const problems: Problem[] = [];
  let before: Draft | undefined;
  const parked = (facts.parked ?? []).filter(({ network, endpoint }) => !moved.has(endpointRef(network, endpoint)));
  for (const { network, name, endpoint } of parked) {
    const home = homes.get(network);
    if (home === undefined) {
      problems.push(homeless(name, endpoint));
      continue;
    }
    const { found, want } = home;
    if (want !== undefined)
      problems.push(...checkMove({ id: '', name, path: want.path, want }, endpoint, facts, options));
    const id = found === undefined ? {} : { networkId: found.id };
    const open = openness(endpoint, found ?? want);
    const step = restoration(endpoint, { host, ref: network, network: home.name, ...id, ...open }, AGAIN);
    const below = found === undefined ? (want?.requires ?? []) : linksBelow(found, facts);
    const draft: Draft = { step, after: [network, ...below], ...(before && { follows: before }) };
    if (isDynamic(endpoint)) before = draft;
    drafts.push(draft);
  }
  return { drafts, problems };
}

const AGAIN = 'an apply that did not finish took it off';

function homeless(network: string, { name }: Endpoint): Problem {
  return problem(
    'error',
    'NETWORK_NOT_WANTED',
    'networks',
    `the container ${name} was taken off the network ${network} by an apply that did not finish, and the spec no longer wants that network`,
    'It is put back where it was; disconnect it or remove it first, then apply this spec.',
  );
}

export function park(
  endpoint: Endpoint,
  found: FoundNetwork,
  network: Ref,
  host: HostName,
  why: string,
): StepOf<'endpoint.park'> {
  const ref = endpointRef(network, endpoint);
  const common = { host, ref, why, disruptive: true } as const;
  return { op: 'endpoint.park', ...common, network: found.name, networkId: found.id, endpoint };
}

interface Target {
  readonly host: HostName;
  readonly ref: Ref;
  readonly network: string;
  readonly networkId?: string;
  readonly open?: true;
}

/** A swarm shows every address as one that was asked for. */
export function openness(
  { config: { ipv4 } }: Endpoint,
  network: Pick<FoundNetwork, 'props'> | undefined,
): { readonly open?: true } {
  if (network === undefined || ipv4 === undefined) return {};
  const { driver, scope } = network.props;
  const ofSwarm = driver === 'overlay' || scope === 'swarm';
  return ofSwarm && handsOut(network, ipv4) ? { open: true } : {};
}

function restoration(endpoint: Endpoint, target: Target, why = 'it was on it'): StepOf<'endpoint.restore'> {
  const { host, ref, network, networkId, open } = target;
  return {
    op: 'endpoint.restore',
    host,
    ref: endpointRef(ref, endpoint),
    why,
    disruptive: false,
    network,
    ...(networkId === undefined ? {} : { networkId }),
    endpoint,
    ...(open === undefined ? {} : { open }),
  };
}

/** `endpoint:lan/web` */
export function endpointRef(network: Ref, { name }: Pick<Endpoint, 'name'>): Ref {
  return `endpoint:${network.slice(network.indexOf(':') + 1)}/${name}`;
}

/** The network that an endpoint's reference names. */
export function networkOfEndpoint(ref: Ref): Ref {
  return `network:${ref.replace(/^endpoint:/, '').replace(/\/[^/]*$/, '')}`;
}

/** Whether the engine has to choose an address for it. One that does not run has none until it starts. */
function isDynamic({ config, has }: Endpoint): boolean {
  return (has.ipv4 !== undefined && config.ipv4 === undefined) || (has.ipv6 !== undefined && config.ipv6 === undefined);
}

function pinned(endpoint: Endpoint): Endpoint {
  const { ipv4, ipv6 } = endpoint.has;
  const addresses = { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6: canonicalAddress(ipv6) }) };
  return { ...endpoint, config: { ...addresses, ...endpoint.config } };
}

/**
 * Those that asked for their addresses first, by name, so that nobody is given one of them; then the others by what they
 * have.
 */
function inOrder(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...endpoints].sort((a, b) => {
    const [left, right] = [isDynamic(a), isDynamic(b)];
    const [before, after] = [left ? rankOf(a) : 0n, right ? rankOf(b) : 0n];
    return left === right ? Number(before > after) - Number(before < after) : Number(left) - Number(right);
  });
}

/** The part of its address that an engine counts up; where both families have to be chosen they went up together. */
export function rankOf({ config, has }: Endpoint): bigint {
  const chosen = config.ipv6 === undefined ? has.ipv6 : undefined;
  return BigInt.asUintN(32, parseAddress(chosen ?? has.ipv4 ?? '')?.value ?? 0n);
}
