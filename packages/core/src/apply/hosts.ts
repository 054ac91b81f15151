import { NetctlError } from '../errors.js';
import type { HostFacts, HostName, Observed, Plan } from '../model.js';
import { makePlan, ofHost } from '../plan/plan.js';
import { problem } from '../problem.js';
import type { Problem } from '../problem.js';
import { hostsOf, LOCAL } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { formatPath } from '../spec/path.js';
import { list } from '../spec/show.js';
import { lookAtHost, lookFurther, observeAndPlan } from './observe.js';
import type { Backends, LookOptions, PlanResult, Seen } from './observe.js';

/** What netctl drives on each host of a spec, by the names there, or why a host cannot be reached. */
export type Hosts = ReadonlyMap<HostName, Backends | NetctlError>;

/** One host for a spec without `hosts:`, or all those that the spec names. */
export type Targets = Backends | Hosts;

/** What one look at every host has shown. */
export interface Looked {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly hosts: ReadonlyMap<HostName, LookedAt>;
}

export interface LookedAt {
  readonly backends: Backends;
  readonly seen: PlanResult;
}

export interface LookAtAllOptions extends LookOptions {
  /** Leaves out the hosts that cannot be read, as long as one can. */
  readonly partial?: boolean;
}

/**
 * Looks at all hosts, side by side, and plans for them together; writes nothing.
 * @throws NetctlError of the first host that cannot be read, with a problem for each of them, unless `partial` is given
 * and one can; USAGE when the hosts are not those of the spec
 */
export async function lookAtAll(
  loaded: LoadedSpec,
  targets: Targets,
  options: LookAtAllOptions,
  signal?: AbortSignal,
): Promise<Looked> {
  const looked = await lookAround(loaded, targets, options, signal);
  if (looked.missing !== undefined) throw looked.missing;
  return looked;
}

/** The same, with the error as a result, for whoever has something to do before it is thrown. */
export async function lookAround(
  loaded: LoadedSpec,
  targets: Targets,
  options: LookAtAllOptions,
  signal?: AbortSignal,
): Promise<Looked & { readonly missing?: NetctlError }> {
  if ('engine' in targets) {
    const backends = forOneHost(loaded, targets);
    const seen = await observeAndPlan(loaded, { host: LOCAL, backends }, options, signal);
    const { plan, facts } = seen;
    return { plan, observed: new Map([[LOCAL, facts]]), hosts: new Map([[LOCAL, { backends, seen }]]) };
  }
  refuseOthers(loaded, [...targets.keys()]);
  const looks = await Promise.all(
    hostsOf(loaded.spec).flatMap((host) => {
      const backends = targets.get(host);
      return backends === undefined ? [] : [lookAt(loaded, host, backends, options, signal)];
    }),
  );
  const reached = looks.flatMap((look) => ('seen' in look ? [look] : []));
  const unreached = looks.flatMap((look) => ('error' in look ? [look] : []));
  const { plan, observed, there, lost } = await planAround(loaded, reached, options, signal);
  const away = [...unreached, ...lost];
  const may = options.partial === true && there.length > 0;
  return {
    plan: { ...plan, problems: [...plan.problems, ...away.map((one) => problemOf(one, 'warning', loaded))] },
    observed,
    hosts: new Map(
      there.map(({ host, backends, seen }) => [
        host,
        { backends, seen: { ...seen, facts: observed.get(host) ?? seen.facts, plan: partOf(plan, host) } },
      ]),
    ),
    ...(away.length === 0 || may ? {} : { missing: unreachable(away, there.length, loaded) }),
  };
}

interface Around {
  readonly plan: Plan;
  readonly observed: Observed;
  readonly there: readonly Present[];
  /** Those that were there at the first look, and not at the second. */
  readonly lost: readonly Away[];
}

/** The plan for all, once each host was asked for what that needs to know. */
async function planAround(
  loaded: LoadedSpec,
  there: readonly Present[],
  options: LookOptions,
  signal?: AbortSignal,
): Promise<Around> {
  const observed = new Map(there.map(({ host, seen }) => [host, seen.facts]));
  const plan = makePlan(loaded, observed, options);
  const looks = await Promise.all(
    there.map(async (one) => {
      const { host, backends, seen } = one;
      const look = async (): Promise<Present & { readonly facts: HostFacts }> => {
        return { ...one, facts: await lookFurther(plan, seen.facts, { host, backends }, options, signal) };
      };
      return reachedOr(host, look, signal);
    }),
  );
  const lost = looks.flatMap((look) => ('error' in look ? [look] : []));
  if (lost.length > 0) {
    const rest = there.filter(({ host }) => lost.every((one) => one.host !== host));
    const around = await planAround(loaded, rest, options, signal);
    return { ...around, lost: [...lost, ...around.lost] };
  }
  const further = new Map(looks.flatMap((look) => ('facts' in look ? [[look.host, look.facts] as const] : [])));
  const same = there.every(({ host, seen }) => further.get(host) === seen.facts);
  return same
    ? { plan, observed, there, lost }
    : { plan: makePlan(loaded, further, options), observed: further, there, lost };
}

/** What of a plan is about one host. */
export function partOf(plan: Plan, host: HostName): Plan {
  const problems = plan.problems.filter((one) => one.host === undefined || one.host === host);
  return { ...plan, stages: ofHost(plan.stages, host), problems };
}

interface Present {
  readonly host: HostName;
  readonly backends: Backends;
  readonly seen: Seen;
}

interface Away {
  readonly host: HostName;
  readonly error: NetctlError;
}

async function lookAt(
  loaded: LoadedSpec,
  host: HostName,
  backends: Backends | NetctlError,
  options: LookOptions,
  signal?: AbortSignal,
): Promise<Away | Present> {
  if (backends instanceof NetctlError) return { host, error: backends };
  const look = async (): Promise<Present> => {
    return { host, backends, seen: await lookAtHost(loaded, { host, backends }, options, signal) };
  };
  return reachedOr(host, look, signal);
}

/** What a look has shown, or why the host cannot be looked at. */
async function reachedOr<T>(host: HostName, look: () => Promise<T>, signal?: AbortSignal): Promise<T | Away> {
  try {
    return await look();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NetctlError) return { host, error };
    throw error;
  }
}

function unreachable(away: readonly Away[], there: number, loaded: LoadedSpec): NetctlError {
  const [first] = away;
  const names = list(away.map(({ host }) => host));
  const one = away.length === 1;
  return new NetctlError(
    first?.error.code ?? 'ENGINE_UNREACHABLE',
    `Nothing was changed: ${names} cannot be ${one ? 'looked at' : 'looked at, each for a reason of its own'}`,
    {
      hint: `Mend what is said of ${one ? 'it' : 'each'}${there === 0 ? '' : ', or say --partial to go on with the other hosts'}.`,
      problems: away.map((each) => problemOf(each, 'error', loaded)),
      cause: first?.error,
    },
  );
}

function problemOf({ host, error }: Away, severity: 'error' | 'warning', { locate }: LoadedSpec): Problem {
  const path = formatPath(['hosts', host]);
  const found = problem(severity, 'HOST_UNREACHABLE', path, error.message, error.hint);
  return { ...found, host, ...locate(path) };
}

/** The backends of the one host of a spec without `hosts:`. */
export function forOneHost(loaded: LoadedSpec, backends: Backends): Backends {
  refuseOthers(loaded, [LOCAL]);
  return backends;
}

function refuseOthers({ spec }: LoadedSpec, given: readonly HostName[]): void {
  const wanted = hostsOf(spec);
  const missing = wanted.filter((host) => !given.includes(host));
  const extra = given.filter((host) => !wanted.includes(host));
  if (missing.length === 0 && extra.length === 0) return;
  throw new NetctlError('USAGE', `The spec is for ${list(wanted)}, and what was given is for ${list(given)}`, {
    hint: 'Give one pair of backends for each host of the spec.',
  });
}
