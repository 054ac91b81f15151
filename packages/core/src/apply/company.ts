import type { EngineBackend } from '../docker/backend.js';
import { messageOf, NetctlError } from '../errors.js';
import type { FoundNetwork, HostFacts, HostName, Observed, Plan, Ref, Step, StepOfHost } from '../model.js';
import { stepTitle } from '../plan/format.js';
import { stepKey } from '../plan/order-hosts.js';
import { stepsOf } from '../plan/plan.js';

/** What hosts that are changed at one time know of one another. */
export interface Company {
  /** Whether what is done on one host matters to another. */
  readonly meets: boolean;
  /** What every host was like when it was last looked at. */
  observed(): Observed;
  saw(host: HostName, facts: HostFacts): void;
  /**
   * Waits until all that take part have come here, or have ended: each to begin, which one that cannot keeps all others
   * from; to the end of its steps; and to have looked at what they have done.
   */
  meet(host: HostName, where: 'start' | 'end' | 'seen', signal?: AbortSignal): Promise<void>;
  /** Waits for the steps of other hosts that this one needs. */
  before(step: Step, signal?: AbortSignal): Promise<void>;
  did(step: Step): void;
  /** Whether a step of another host that this one needs is left out. */
  readonly lacks: (step: Step) => boolean;
  /** Whether a network of this name is there on a host that has it, once all is done. */
  readonly keeps: (host: HostName, name: string) => boolean;
  /** What a host has not done by now it does not do: nobody waits for that any more, while it puts back what it took off. */
  fails(host: HostName, error: unknown): void;
  /** A host is at its end, well or not. */
  leave(host: HostName): void;
  /** Waits until the host that makes the networks of the swarm has come to its end, and may have put one back. */
  makerEnded(host: HostName): Promise<void>;
  engineOf(host: HostName): EngineBackend;
  /** The networks of the swarm as the host has them that makes them; none where it cannot be asked. */
  readonly swarmNetworks: () => Promise<readonly FoundNetwork[]>;
  readonly made: Map<Ref, string>;
  readonly nodes: Map<HostName, string>;
}

export interface CompanyInput {
  /** What was agreed to, of all hosts. */
  readonly plan: Plan;
  readonly observed: Observed;
  readonly engines: ReadonlyMap<HostName, EngineBackend>;
  /** The hosts that have something to do. */
  readonly members: readonly HostName[];
  /** The one that makes the networks of the swarm. */
  readonly maker: HostName;
}

function isOfSwarm(step: Step): boolean {
  if (step.op === 'network.remove') return step.scope === 'swarm';
  return step.op === 'network.create' && (step.props.driver === 'overlay' || step.props.scope === 'swarm');
}

interface Waiting {
  readonly promise: Promise<void>;
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

export function company({ plan, observed, engines, members, maker }: CompanyInput): Company {
  const facts = new Map(observed);
  const steps = stepsOf(plan);
  const planned = new Set(steps.map(stepKey));
  // Who is in the swarm, and what is in it, is part of the plans of all; else there is nothing to meet for.
  const meets = steps.some((step) => step.awaits !== undefined || step.op.startsWith('swarm.') || isOfSwarm(step));
  const pending = new Map(
    steps.flatMap(({ awaits = [] }) => awaits.map((one) => [stepKey(one), { one, ...waiting() }] as const)),
  );
  const gate = (): ReadonlyMap<HostName, Waiting> => new Map(members.map((host) => [host, waiting()]));
  const gates = { start: gate(), end: gate(), seen: gate() };
  const giveUp = (host: HostName): void => {
    for (const { one, failed } of pending.values()) if (one.host === host) failed(undone(one, steps));
  };
  const engineOf = (host: HostName): EngineBackend => {
    const engine = engines.get(host);
    if (engine === undefined) {
      throw new NetctlError('ENGINE_UNREACHABLE', `${host} was not looked at`, {
        hint: `Make ${host} reachable, and run the same command again.`,
      });
    }
    return engine;
  };
  return {
    meets,
    observed: () => facts,
    saw: (host, now) => facts.set(host, now),
    meet: async (host, where, signal) => {
      if (!meets) return;
      gates[where].get(host)?.done();
      await withSignal(Promise.all([...gates[where].values()].map(({ promise }) => promise)), signal);
    },
    before: async ({ awaits = [] }, signal) => {
      await withSignal(Promise.all(awaits.map(async (one) => pending.get(stepKey(one))?.promise)), signal);
    },
    did: (step) => pending.get(stepKey(step))?.done(),
    lacks: ({ awaits = [] }) => awaits.some((one) => !planned.has(stepKey(one))),
    keeps: (host, name) => {
      const about = steps.filter((step) => step.host === host && 'name' in step && step.name === name);
      return about.every(({ op }) => op !== 'network.remove') || about.some(({ op }) => op === 'network.create');
    },
    fails: (host, error) => {
      gates.start.get(host)?.failed(kept(host, error));
      giveUp(host);
    },
    leave: (host) => {
      gates.start.get(host)?.done();
      gates.end.get(host)?.done();
      gates.seen.get(host)?.done();
      giveUp(host);
    },
    makerEnded: async (host) => {
      if (meets && host !== maker) await gates.end.get(maker)?.promise;
    },
    engineOf,
    swarmNetworks: async () => {
      const engine = engines.get(maker);
      if (engine === undefined) return [];
      const { networks } = await engine.observe();
      return networks.filter(({ props }) => props.scope === 'swarm');
    },
    made: new Map(),
    nodes: new Map(),
  };
}

function waiting(): Waiting {
  let done: () => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    done = resolve;
    failed = reject;
  });
  // Whoever waits for it is told; it may be that nobody does.
  promise.catch(() => undefined);
  return { promise, done, failed };
}

/** One that stops to wait is told why; what it waited for goes on. */
async function withSignal(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  signal.throwIfAborted();
  const stopped = waiting();
  const abort = (): void => {
    stopped.failed(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function kept(host: HostName, error: unknown): NetctlError {
  return new NetctlError('REFUSED', `Refused, nothing was changed: ${host} cannot take part (${messageOf(error)})`, {
    hint: `Mend ${host} first; what is to be done here waits for it.`,
    cause: error,
  });
}

function undone(one: StepOfHost, steps: readonly Step[]): NetctlError {
  const step = steps.find((other) => stepKey(other) === stepKey(one));
  const what = step === undefined ? `the work on ${one.host}` : `the step before it (${stepTitle(step)})`;
  return new NetctlError('STEP_FAILED', `${what} was not done`, { hint: `Look at what is said of ${one.host}.` });
}
