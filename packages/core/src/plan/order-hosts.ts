import type { HostName, Plan, Step, StepOfHost } from '../model.js';
import { networkOfEndpoint } from './moves.js';
import { stages } from './order.js';
import type { Draft } from './order.js';

/**
 * The stages of all hosts as those of one plan. What one host makes for all, and what others have to leave before it goes,
 * is waited for; all else goes on side by side.
 */
export function stagesOfHosts(drafts: ReadonlyMap<HostName, readonly Draft[]>, maker: HostName): Plan['stages'] {
  if (drafts.size < 2) return [...drafts.values()].flatMap(stages);
  const making = drafts.get(maker) ?? [];
  const others = [...drafts].filter(([host]) => host !== maker);
  const crossed = new Map([
    ...(drafts.has(maker) ? [[maker, makerDrafts(making, others)] as const] : []),
    ...others.map(([host, mine]) => [host, otherDrafts(mine, making)] as const),
  ]);
  return merged(new Map([...drafts.keys()].map((host) => [host, stages(crossed.get(host) ?? [])])));
}

/** A network of the swarm goes when the containers of all hosts have left it, and is made when all have its configuration. */
function makerDrafts(
  making: readonly Draft[],
  others: readonly (readonly [HostName, readonly Draft[]])[],
): readonly Draft[] {
  const leaves = new Map<string, StepOfHost[]>();
  for (const { step } of others.flatMap(([, drafts]) => drafts)) {
    if (step.op !== 'endpoint.park' && step.op !== 'endpoint.detach') continue;
    leaves.set(step.networkId, [...(leaves.get(step.networkId) ?? []), nameOf(step)]);
  }
  const configurations = new Map<string, StepOfHost[]>();
  for (const { step } of others.flatMap(([, drafts]) => drafts)) {
    if (step.op !== 'network.create' || step.props.configOnly !== true) continue;
    configurations.set(step.name, [...(configurations.get(step.name) ?? []), nameOf(step)]);
  }
  return making.map((draft) => {
    const { step } = draft;
    if (step.op === 'network.remove') return waiting(draft, leaves.get(step.id) ?? []);
    if (step.op !== 'network.create' || step.props.scope !== 'swarm') return draft;
    return waiting(draft, configurations.get(step.props.configFrom ?? '') ?? []);
  });
}

function otherDrafts(drafts: readonly Draft[], making: readonly Draft[]): readonly Draft[] {
  const removals = making.flatMap(({ step }) =>
    step.op === 'network.remove' && step.scope === 'swarm'
      ? [{ id: step.id, name: nameOf(step), from: step.was.configFrom }]
      : [],
  );
  const removed = new Set(removals.map(({ id }) => id));
  const made = new Map(making.flatMap(({ step }) => (step.op === 'network.create' ? [[step.ref, nameOf(step)]] : [])));
  const here = new Set(drafts.flatMap(({ step }) => (step.op === 'network.create' ? [step.ref] : [])));
  return drafts.map((draft) => {
    const { step } = draft;
    if (step.op === 'endpoint.park' || step.op === 'endpoint.detach') {
      return removed.has(step.networkId) ? { ...draft, first: true } : draft;
    }
    if (step.op === 'endpoint.restore' || step.op === 'endpoint.attach') {
      const network = networkOfEndpoint(step.ref);
      const one = step.networkId === undefined && !here.has(network) ? made.get(network) : undefined;
      return one === undefined ? draft : waiting(draft, [one]);
    }
    // An engine keeps a configuration for as long as a network is made from it.
    if (step.op === 'network.remove' && step.was.configOnly === true) {
      const users = removals.filter(({ from }) => from === step.name);
      return waiting(
        draft,
        users.map(({ name }) => name),
      );
    }
    if (step.op !== 'swarm.leave') return draft;
    // Who is no node any more sees nothing of what goes, and a manager might be one too many to lose.
    return waiting(
      draft,
      removals.map(({ name }) => name),
    );
  });
}

function waiting(draft: Draft, more: readonly StepOfHost[]): Draft {
  if (more.length === 0) return draft;
  const step: Step = { ...draft.step, awaits: [...(draft.step.awaits ?? []), ...more] };
  return { ...draft, step };
}

function nameOf({ host, op, ref }: Step): StepOfHost {
  return { host, op, ref };
}

/** By which a step is found again. */
export function stepKey({ host, op, ref }: StepOfHost): string {
  return `${host} ${op} ${ref}`;
}

/** Each stage of a host comes as early as what it waits for allows. */
function merged(all: ReadonlyMap<HostName, Plan['stages']>): Plan['stages'] {
  const rest = new Map(all);
  const open = new Set([...all.values()].flat(2).map(stepKey));
  const result: (readonly Step[])[] = [];
  while (rest.size > 0) {
    const stage: Step[] = [];
    for (const [host, [next, ...later]] of rest) {
      if (next === undefined) rest.delete(host);
      else if (next.every(({ awaits = [] }) => awaits.every((one) => !open.has(stepKey(one))))) {
        stage.push(...next);
        rest.set(host, later);
      }
    }
    if (stage.length === 0 && rest.size > 0) throw new Error('steps of several hosts wait for one another');
    for (const step of stage) open.delete(stepKey(step));
    if (stage.length > 0) result.push(stage);
  }
  return result;
}
