import { groupBy } from '../group-by.js';
import { networksMadeFrom, networksNamed, networkWithId } from '../lookup.js';
import type { Adoption, FoundNetwork, HostFacts, HostName, NetworkResource, StepOf } from '../model.js';
import { remembered } from '../remembered.js';
import { matchAll, ownerOf, refOf } from './match.js';
import type { Draft } from './order.js';

/** Docker's own, which an engine makes, or a swarm: nobody's to take over. */
const PREDEFINED = new Set(['bridge', 'host', 'none', 'ingress', 'docker_gwbridge']);

/**
 * The host as it would be if the networks of nobody that have the names of wanted ones were ours: what the plan then
 * leaves as it is it adopts, and what differs it replaces.
 */
export function withAdopted(wanted: readonly NetworkResource[], facts: HostFacts, stack: string): HostFacts {
  const matches = matchAll(wanted, facts, stack);
  const taken = new Map<FoundNetwork, FoundNetwork>();
  for (const want of wanted) {
    if (matches.get(want) !== undefined) continue;
    const found = networksNamed(facts, want.name)[0];
    if (found === undefined || adoptionRefusal(found, wanted, facts) !== undefined) continue;
    taken.set(found, { ...found, owner: { stack, ref: want.ref }, adopted: true });
  }
  if (taken.size === 0) return facts;
  return { ...facts, networks: facts.networks.map((found) => taken.get(found) ?? found) };
}

/** Why a network cannot be adopted, as half a sentence; undefined when it can. */
export function adoptionRefusal(
  found: FoundNetwork,
  wanted: readonly NetworkResource[],
  facts: HostFacts,
): string | undefined {
  if (ownerOf(found, facts) !== undefined) return 'it belongs to a stack';
  if (PREDEFINED.has(found.name)) return "it is Docker's own";
  if (networksNamed(facts, found.name).length > 1) return 'several networks have the name';
  const stranger = madeFrom(found, facts).find(({ name }) => !wanted.some((want) => want.name === name));
  return stranger === undefined
    ? undefined
    : `the network ${stranger.name}, which this spec does not have, is made from it`;
}

/** What was made from a configuration network is of whoever that is of, unless it was adopted by itself. */
function madeFrom({ name, props }: FoundNetwork, facts: HostFacts): readonly FoundNetwork[] {
  return props.configOnly === true ? networksMadeFrom(facts, name) : [];
}

/** The mark of a network that was adopted before. */
function markOf({ id }: FoundNetwork, { adoptions }: HostFacts): Adoption | undefined {
  return adoptions === undefined ? undefined : marksOf(adoptions).get(id)?.[0];
}

const marksOf = remembered((adoptions: readonly Adoption[]) => groupBy(adoptions, ({ networkId }) => [networkId]));

/** Whether it is ours only from this plan on. */
export function isYetToAdopt(found: FoundNetwork, facts: HostFacts): boolean {
  return found.adopted === true && markOf(found, facts) === undefined;
}

/** Marks a network that is as wanted. What is made from a configuration goes first: it is ours without a mark after it. */
export function adoption(want: NetworkResource, found: FoundNetwork, facts: HostFacts): Draft {
  const step: StepOf<'network.adopt'> = {
    op: 'network.adopt',
    host: want.host,
    ref: want.ref,
    why: 'it is there already, as the spec says',
    disruptive: false,
    name: found.name,
    id: found.id,
    props: found.props,
    asked: want.asked,
  };
  return { step, after: madeFrom(found, facts).map((one) => refOf(one, facts)) };
}

export interface ForgetInput {
  readonly facts: HostFacts;
  readonly stack: string;
  readonly host: HostName;
  /** Networks that the plan removes. */
  readonly doomed: ReadonlyMap<FoundNetwork, string>;
  /** Adopted networks that stay and are not ours any more. */
  readonly released: ReadonlySet<FoundNetwork>;
}

/** Drops the marks of networks that are gone, that go, or that are given back. */
export function forgetting({ facts, stack, host, doomed, released }: ForgetInput): readonly Draft[] {
  const mine = (facts.adoptions ?? []).filter(({ owner }) => owner.stack === stack);
  return mine.flatMap((mark): readonly Draft[] => {
    const found = networkWithId(facts, mark.networkId);
    const why =
      found === undefined
        ? isOutOfSight(mark, facts)
          ? undefined
          : 'its mark goes: it was adopted, and somebody removed it'
        : doomed.has(found)
          ? 'its mark goes with it'
          : released.has(found)
            ? "its mark goes: it was adopted, and is external now, so it stays and is nobody's again"
            : undefined;
    if (why === undefined) return [];
    const { ref } = mark.owner;
    const step: StepOf<'network.forget'> = {
      op: 'network.forget',
      host,
      ref,
      why,
      disruptive: false,
      name: found?.name ?? ref.replace(/^[a-z]+:/, ''),
      id: mark.id,
      networkId: mark.networkId,
    };
    return [{ step, after: [] }];
  });
}

/** An engine that is no manager of its swarm now does not list the swarm's networks. */
function isOutOfSight({ asked }: Adoption, { engine }: HostFacts): boolean {
  return (asked?.driver === 'overlay' || asked?.scope === 'swarm') && !engine.swarm.manager;
}
