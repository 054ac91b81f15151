import type { HostFacts, HostName, Observed, StepOf, StepOfHost } from '../model.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { swarmHostsOf } from '../spec/hosts.js';
import type { SwarmNode } from '../swarm-facts.js';
import type { Draft } from './order.js';
import { formerNodes, namesOf, strangers } from './swarm-members.js';
import { refOfHost } from './swarm.js';
import type { SwarmInput, SwarmPlan } from './swarm.js';

/** How hosts leave a swarm. */
interface Leaving {
  readonly hosts: ReadonlyMap<HostName, HostFacts>;
  readonly why: string;
  /** All managers leave, and with the last of them the swarm ends. */
  readonly ends: boolean;
  /** The one that goes last, or the manager that stays, and tells the swarm of those who go. */
  readonly asker: HostName | undefined;
}

/** The steps by which hosts leave that netctl took in and that the spec no longer has in the swarm. */
export function leaveSteps({ spec, observed, maker }: SwarmInput, destroy: boolean): Omit<SwarmPlan, 'planned'> {
  const wanted = destroy ? [] : swarmHostsOf(spec);
  const hosts = new Map(
    [...observed].filter(([host, { swarmOwner }]) => swarmOwner?.stack === spec.name && !wanted.includes(host)),
  );
  const nodes = observed.get(maker)?.engine.swarm.nodes ?? [];
  const managersLeft = nodes.filter(({ id, role }) => role === 'manager' && !isOneOf(id, hosts));
  const ends = managersLeft.length === 0;
  const asker = ends || !hosts.has(maker) ? maker : hostOf(managersLeft, observed);
  const why = destroy ? `all of ${spec.name} goes` : `the spec of ${spec.name} no longer has it in the swarm`;
  const leaving: Leaving = { hosts, why, ends, asker };
  const steps = [...hosts].flatMap(([host, facts]) => stepsToLeave(host, facts, leaving));
  // Whoever made the swarm may take off its list who left before.
  const isOurs = observed.get(maker)?.swarmOwner?.stack === spec.name;
  const former = isOurs && !ends ? formerNodes(nodes, observed) : new Map<string, HostName>();
  const drafts = new Map<HostName, Draft[]>();
  for (const draft of [...steps, ...[...former].map(([id, host]) => forgetting(maker, host, id, []))]) {
    const at = draft.step.host;
    drafts.set(at, [...(drafts.get(at) ?? []), draft]);
  }
  const against = ends && hosts.has(maker) ? othersOf(nodes, observed, hosts) : [];
  return { drafts, problems: against.map((one) => ({ host: maker, problem: one })) };
}

function isOneOf(nodeId: string, hosts: ReadonlyMap<HostName, HostFacts>): boolean {
  return [...hosts.values()].some(({ engine }) => engine.swarm.nodeId === nodeId);
}

function stepsToLeave(
  host: HostName,
  { engine: { swarm } }: HostFacts,
  { hosts, why, ends, asker }: Leaving,
): readonly Draft[] {
  const { nodeId, manager } = swarm;
  const ref = refOfHost(host);
  // A manager that is gone without a word counts for the majority for ever, so each but the last is a worker before.
  const demotion: StepOf<'swarm.node'> | undefined =
    !manager || nodeId === undefined || (ends && host === asker)
      ? undefined
      : {
          ...{ op: 'swarm.node', host: asker ?? host, ref, why, disruptive: true },
          ...{ node: host, nodeId, role: 'worker', set: {}, unset: [] },
        };
  const left = (one: HostName): StepOfHost => ({ host: one, op: 'swarm.leave', ref: refOfHost(one) });
  // The one by which networks of the swarm are removed goes when the others have gone.
  const others = ends && host === asker ? [...hosts.keys()].filter((one) => one !== host).map(left) : [];
  const awaits = [...(demotion === undefined ? [] : [{ host: demotion.host, op: demotion.op, ref }]), ...others];
  const leave: StepOf<'swarm.leave'> = {
    ...{ op: 'swarm.leave', host, ref, why, disruptive: swarm.state !== 'inactive' },
    ...(awaits.length === 0 ? {} : { awaits }),
    ...(nodeId === undefined ? {} : { nodeId }),
  };
  return [
    ...(demotion === undefined ? [] : [{ step: demotion, after: [], last: true }]),
    { step: leave, after: [], last: true },
    ...(ends || asker === undefined || nodeId === undefined ? [] : [forgetting(asker, host, nodeId, [left(host)])]),
  ];
}

function forgetting(host: HostName, node: HostName, nodeId: string, awaits: readonly StepOfHost[]): Draft {
  const step: StepOf<'swarm.forget'> = {
    ...{ op: 'swarm.forget', host, ref: refOfHost(node), why: 'it has left', disruptive: false },
    ...(awaits.length === 0 ? {} : { awaits }),
    ...{ node, nodeId },
  };
  return { step, after: [], last: true };
}

/** Who would lose a swarm that ends. */
function othersOf(
  nodes: readonly SwarmNode[],
  observed: Observed,
  leaving: ReadonlyMap<HostName, HostFacts>,
): readonly Problem[] {
  const at = (message: string, hint: string): Problem => problem('error', 'SWARM_HAS_OTHERS', 'swarm', message, hint);
  const others = strangers(nodes, observed);
  const staying = new Map([...observed].filter(([host]) => !leaving.has(host)));
  const stay = nodes.filter(({ id }) => isOneOf(id, staying));
  return [
    ...(others.length === 0
      ? []
      : [
          at(
            `the swarm would end with it, and these nodes are in it that are none of the hosts: ${namesOf(others)}`,
            'Let them leave first, or make one of them a manager.',
          ),
        ]),
    ...(stay.length === 0
      ? []
      : [
          at(
            `the swarm would end with it, and these stay in it, of which none is a manager by now: ${namesOf(stay)}`,
            'Make one of them a manager first, with this host still in the swarm, and let this one leave after that.',
          ),
        ]),
  ];
}

function hostOf(nodes: readonly SwarmNode[], observed: Observed): HostName | undefined {
  return [...observed].find(([, { engine }]) => nodes.some(({ id }) => id === engine.swarm.nodeId))?.[0];
}
