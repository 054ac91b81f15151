import type { HostName, StepOf, StepOfHost } from '../model.js';
import { problem } from '../problem.js';
import { swarmHostsOf } from '../spec/hosts.js';
import type { Draft } from './order.js';
import { namesOf, refOfHost, strangers } from './swarm.js';
import type { OfHost, SwarmInput, SwarmPlan } from './swarm.js';

/** The steps by which hosts leave that netctl took in and that the spec no longer has in the swarm. */
export function leaveSteps({ spec, observed, maker }: SwarmInput, destroy: boolean): Omit<SwarmPlan, 'planned'> {
  const drafts = new Map<HostName, Draft[]>();
  const problems: OfHost[] = [];
  const wanted = destroy ? [] : swarmHostsOf(spec);
  const leaving = [...observed].filter(
    ([host, { swarmOwner }]) => swarmOwner?.stack === spec.name && !wanted.includes(host),
  );
  const nodes = observed.get(maker)?.engine.swarm.nodes ?? [];
  const names = leaving.map(([host]) => host);
  const managersLeft = nodes.filter(
    ({ id, role }) => role === 'manager' && !leaving.some(([, { engine }]) => engine.swarm.nodeId === id),
  );
  // Where a manager stays, the swarm goes on; else it ends with the last of them.
  const ends = managersLeft.length === 0;
  const why = destroy ? `all of ${spec.name} goes` : `the spec of ${spec.name} no longer has it in the swarm`;
  const others = ends && names.includes(maker) ? strangers(nodes, observed) : [];
  const kept = ends
    ? nodes.filter(({ id }) =>
        [...observed].some(([host, { engine }]) => engine.swarm.nodeId === id && !names.includes(host)),
      )
    : [];
  if (others.length + kept.length > 0) {
    const message = `the swarm would end with it, and these nodes are in it that netctl did not let join: ${namesOf([...others, ...kept])}`;
    problems.push({
      host: maker,
      problem: problem(
        'error',
        'SWARM_HAS_OTHERS',
        'swarm',
        message,
        'Let them leave first, or make one of them a manager.',
      ),
    });
  }
  const asker = ends
    ? maker
    : names.includes(maker)
      ? hostOf(
          managersLeft.map(({ id }) => id),
          observed,
        )
      : maker;
  for (const [host, { engine }] of leaving) {
    const { nodeId, manager } = engine.swarm;
    const add = (at: HostName, draft: Draft): void => {
      drafts.set(at, [...(drafts.get(at) ?? []), draft]);
    };
    const left: StepOfHost = { host, op: 'swarm.leave', ref: refOfHost(host) };
    const demoted: StepOfHost = { host: asker ?? maker, op: 'swarm.node', ref: refOfHost(host) };
    const demotes = !ends && manager && asker !== undefined && nodeId !== undefined;
    // The one by which networks of the swarm are removed goes when the others have gone.
    const last = ends && host === maker;
    const awaits = [
      ...(demotes ? [demoted] : []),
      ...(last
        ? names
            .filter((one) => one !== host)
            .map((one): StepOfHost => ({ host: one, op: 'swarm.leave', ref: refOfHost(one) }))
        : []),
    ];
    const step: StepOf<'swarm.leave'> = {
      op: 'swarm.leave',
      host,
      ref: refOfHost(host),
      why,
      disruptive: engine.swarm.state !== 'inactive',
      ...(awaits.length === 0 ? {} : { awaits }),
      ...(nodeId === undefined ? {} : { nodeId }),
    };
    add(host, { step, after: [], last: true });
    if (ends || asker === undefined || nodeId === undefined) continue;
    if (demotes) {
      add(asker, {
        step: {
          op: 'swarm.node',
          host: asker,
          ref: refOfHost(host),
          why,
          disruptive: true,
          node: host,
          nodeId,
          role: 'worker',
          set: {},
          unset: [],
        },
        after: [],
        last: true,
      });
    }
    add(asker, {
      step: {
        op: 'swarm.forget',
        host: asker,
        ref: refOfHost(host),
        why: 'it has left',
        disruptive: false,
        awaits: [left],
        node: host,
        nodeId,
      },
      after: [],
      last: true,
    });
  }
  return { drafts, problems };
}

function hostOf(nodes: readonly string[], observed: SwarmInput['observed']): HostName | undefined {
  return [...observed].find(([, { engine }]) => nodes.includes(engine.swarm.nodeId ?? ''))?.[0];
}
