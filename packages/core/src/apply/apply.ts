import { messageOf, NetctlError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import type { HostName, Plan } from '../model.js';
import type { Problem } from '../problem.js';
import { makerOf } from '../plan/swarm.js';
import { LOCAL } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { list } from '../spec/show.js';
import { withProblems } from './after-failure.js';
import { applyOn, scopeOf } from './apply-host.js';
import { askTheWire } from './ask.js';
import { company } from './company.js';
import type { Company } from './company.js';
import { forOneHost, lookAround, partOf } from './hosts.js';
import type { Looked, LookedAt, Targets } from './hosts.js';
import type { ApplyOptions, Report } from './options.js';
import { allowed, isQuiet } from './refuse.js';
import { takeBack, watched } from './take-back.js';

/**
 * Makes the hosts of a spec what it says, side by side. All of them are looked at first, and nothing is changed anywhere
 * when one cannot be reached or refuses; what fails on one after that does not stop the others.
 * @throws NetctlError LOCKED, REFUSED, NEEDS_YES, PERMISSION (nothing was changed), STEP_FAILED, VERIFY_FAILED, USAGE, and
 * what the backends throw
 */
export async function apply(loaded: LoadedSpec, targets: Targets, options: ApplyOptions = {}): Promise<Report> {
  const watch = watched(options);
  if ('engine' in targets) {
    const backends = forOneHost(loaded, targets);
    try {
      return await applyOn(loaded, { host: LOCAL, backends }, watch.options);
    } catch (error) {
      const problems = await takeBack(watch, loaded.spec.name, new Map([[LOCAL, backends]]), [error]);
      throw problems.length === 0 ? error : withProblems(error, problems);
    }
  }
  const look = { ...scopeOf(options), stateDir: options.stateDir ?? '/var/lib', partial: options.partial === true };
  const looked = await lookAround(loaded, targets, look, options.signal);
  try {
    if (looked.missing !== undefined) throw looked.missing;
    await askEverywhere(allowed(looked.plan, options).plan, loaded, looked, options);
  } catch (error) {
    throw await putBackFirst(error, loaded, looked, options);
  }
  const isAtWork = ({ seen }: LookedAt): boolean => seen.unfinished !== undefined || !isQuiet(seen.plan, options);
  const together = companyOf(loaded, { ...looked, plan: allowed(looked.plan, options).plan }, isAtWork);
  const runs = await Promise.allSettled(
    [...looked.hosts].map(([host, there]) => runHost(loaded, host, there, watch.options, together)),
  );
  const results = runs.flatMap((result) => {
    // What a listener threw; by now no host is at work.
    if (result.status === 'rejected') throw result.reason;
    return [result.value];
  });
  const failed = results.flatMap((result) => ('error' in result ? [result] : []));
  const reports = results.flatMap((result) => ('report' in result ? [result] : []));
  if (failed.length > 0) {
    const backends = new Map([...looked.hosts].map(([host, there]) => [host, there.backends]));
    const errors = failed.map(({ error }) => error);
    throw failure(failed, reports, looked, await takeBack(watch, loaded.spec.name, backends, errors));
  }
  const unconfirmed = reports.flatMap(({ report }) => report.unconfirmed ?? []);
  return {
    version: 1,
    stack: loaded.spec.name,
    ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
    done: reports.flatMap(({ report }) => report.done),
    left: reports.flatMap(({ report }) => report.left),
    moved: reports.flatMap(({ report }) => report.moved),
    asked: reports.flatMap(({ report }) => report.asked),
    problems: [
      ...looked.plan.problems,
      // What is found only while it is done.
      ...reports.flatMap(({ report }) =>
        report.problems.filter(({ code }) => code === 'ADDRESS_NOT_ASKED' || code === 'RECOVERED'),
      ),
    ],
  };
}

/** On the wires of all hosts before the first write on any; each asks again when its turn has come. */
async function askEverywhere(plan: Plan, loaded: LoadedSpec, { hosts }: Looked, options: ApplyOptions): Promise<void> {
  await Promise.all(
    [...hosts].map(([host, { backends, seen }]) =>
      askTheWire(partOf(plan, host), loaded, { host, facts: seen.facts, links: backends.links }, options),
    ),
  );
}

/** What an earlier apply took off and did not put back goes back also where this one is refused. */
async function putBackFirst(
  error: unknown,
  loaded: LoadedSpec,
  looked: Looked,
  options: ApplyOptions,
): Promise<unknown> {
  const problems: Problem[] = [];
  const together = companyOf(loaded, { ...looked, plan: { ...looked.plan, stages: [] } });
  // One after another, first of all the one that has the networks to which the others go back.
  const maker = makerOf(loaded.spec, looked.observed);
  const inOrder = [...looked.hosts].sort(([one], [other]) => Number(other === maker) - Number(one === maker));
  for (const [host, { backends, seen }] of inOrder) {
    if (seen.unfinished === undefined) continue;
    // Nothing is agreed to, so that this ends when everybody is back.
    const approved: Plan = { ...seen.plan, stages: [], problems: [] };
    const refusal: unknown = await applyOn(
      loaded,
      { host, backends },
      { ...options, approved },
      undefined,
      together,
    ).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(refusal instanceof NetctlError)) continue;
    const told = refusal.problems.filter(({ code }) => code === 'RECOVERED' || code === 'NOT_RECOVERED');
    problems.push(...told.map((one) => ({ host, ...one })));
  }
  return problems.length === 0 ? error : withProblems(error, problems);
}

interface Done {
  readonly host: HostName;
  readonly report: Report;
}

interface Failed {
  readonly host: HostName;
  readonly error: unknown;
}

/** All that have something to do, and what they have to know of one another. */
function companyOf(
  { spec }: LoadedSpec,
  { plan, observed, hosts }: Looked,
  isAtWork: (there: LookedAt) => boolean = () => true,
): Company {
  return company({
    plan,
    observed,
    engines: new Map([...hosts].map(([host, { backends }]) => [host, backends.engine])),
    members: [...hosts].flatMap(([host, there]) => (isAtWork(there) ? [host] : [])),
    maker: makerOf(spec, observed),
  });
}

async function runHost(
  loaded: LoadedSpec,
  host: HostName,
  { backends, seen }: LookedAt,
  options: ApplyOptions,
  together: Company,
): Promise<Failed | Done> {
  const { approved, onEvent } = options;
  const mine = approved === undefined ? {} : { approved: partOf(approved, host) };
  try {
    const report = await applyOn(loaded, { host, backends }, { ...options, ...mine }, seen, together);
    together.leave(host);
    onEvent?.({ event: 'host', host, state: 'done' });
    return { host, report };
  } catch (error) {
    together.fails(host, error);
    together.leave(host);
    onEvent?.({ event: 'host', host, state: 'failed', message: messageOf(error) });
    return { host, error };
  }
}

/** What is no error of netctl's own goes on as it is: it is a fault of the program. */
function failure(
  failed: readonly Failed[],
  done: readonly Done[],
  { plan }: Looked,
  takenBack: readonly Problem[],
): unknown {
  const strange = failed.find(({ error }) => !(error instanceof NetctlError));
  if (strange !== undefined) return strange.error;
  const errors = failed.map(({ host, error }) => ({ host, error: error as NetctlError }));
  const [first] = errors;
  const texts = errors.map(({ host, error }) => `${host}: ${error.message}`);
  const rest = done.length === 0 ? 'No host was finished.' : `Finished: ${list(done.map(({ host }) => host))}.`;
  const code = first?.error.code ?? 'STEP_FAILED';
  // A refusal says that nothing was changed, which is so on that host alone.
  const changed = done.some(({ report }) => report.done.length > 0);
  return new NetctlError(changed && NOTHING_CHANGED.includes(code) ? 'STEP_FAILED' : code, texts.join('; '), {
    hint: [...new Set(errors.flatMap(({ error }) => error.hint ?? [])), rest].join(' '),
    problems: [
      ...errors.flatMap(({ host, error }) => error.problems.map((one) => ({ host, ...one }))),
      ...takenBack,
      ...plan.problems.filter(({ code: known }) => known === 'HOST_UNREACHABLE'),
    ],
    ...(first?.error.step === undefined ? {} : { step: first.error.step }),
    cause: first?.error,
  });
}

const NOTHING_CHANGED: readonly ErrorCode[] = ['REFUSED', 'NEEDS_YES', 'PERMISSION', 'LOCKED', 'UNFINISHED'];
