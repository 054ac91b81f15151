import { messageOf, NetctlError } from '../errors.js';
import type { HostName, Plan } from '../model.js';
import { LOCAL } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { list } from '../spec/show.js';
import { applyOn, scopeOf } from './apply-host.js';
import { forOneHost, lookAtAll } from './hosts.js';
import type { Looked, Targets } from './hosts.js';
import type { ApplyOptions, Report } from './options.js';
import { allowed } from './refuse.js';

/**
 * Makes the hosts of a spec what it says, side by side. All of them are looked at first, and nothing is changed anywhere
 * when one cannot be reached or refuses; what fails on one after that does not stop the others.
 * @throws NetctlError LOCKED, REFUSED, NEEDS_YES, PERMISSION (nothing was changed), STEP_FAILED, VERIFY_FAILED, USAGE, and
 * what the backends throw
 */
export async function apply(loaded: LoadedSpec, targets: Targets, options: ApplyOptions = {}): Promise<Report> {
  if ('engine' in targets) {
    return applyOn(loaded, { host: LOCAL, backends: forOneHost(loaded, targets) }, options);
  }
  const look = { ...scopeOf(options), stateDir: options.stateDir ?? '/var/lib', partial: options.partial === true };
  const looked = await lookAtAll(loaded, targets, look, options.signal);
  allowed(looked.plan, options);
  const runs = await Promise.allSettled([...looked.hosts.keys()].map((host) => runHost(loaded, host, looked, options)));
  const results = runs.flatMap((result) => {
    // What a listener threw; by now no host is at work.
    if (result.status === 'rejected') throw result.reason;
    return [result.value];
  });
  const failed = results.flatMap((result) => ('error' in result ? [result] : []));
  const reports = results.flatMap((result) => ('report' in result ? [result] : []));
  if (failed.length > 0)
    throw failure(
      failed,
      reports.map(({ host }) => host),
    );
  return {
    version: 1,
    stack: loaded.spec.name,
    done: reports.flatMap(({ report }) => report.done),
    left: reports.flatMap(({ report }) => report.left),
    moved: reports.flatMap(({ report }) => report.moved),
    asked: reports.flatMap(({ report }) => report.asked),
    problems: [
      ...looked.plan.problems,
      // What is found only while it is done.
      ...reports.flatMap(({ report }) => report.problems.filter(({ code }) => code === 'ADDRESS_NOT_ASKED')),
    ],
  };
}

interface Failed {
  readonly host: HostName;
  readonly error: unknown;
}

async function runHost(
  loaded: LoadedSpec,
  host: HostName,
  { hosts }: Looked,
  options: ApplyOptions,
): Promise<Failed | { readonly host: HostName; readonly report: Report }> {
  const there = hosts.get(host);
  if (there === undefined) return { host, error: new NetctlError('USAGE', `${host} was not looked at`) };
  const { approved, onEvent } = options;
  const mine = approved === undefined ? {} : { approved: partOf(approved, host) };
  try {
    const report = await applyOn(loaded, { host, backends: there.backends }, { ...options, ...mine }, there.seen);
    onEvent?.({ event: 'host', host, state: 'done' });
    return { host, report };
  } catch (error) {
    onEvent?.({ event: 'host', host, state: 'failed', message: messageOf(error) });
    return { host, error };
  }
}

/** What of a plan is done on one host. */
function partOf(plan: Plan, host: HostName): Plan {
  const stages = plan.stages.map((stage) => stage.filter((step) => step.host === host));
  return { ...plan, stages: stages.filter((stage) => stage.length > 0) };
}

/** What is no error of netctl's own goes on as it is: it is a fault of the program. */
function failure(failed: readonly Failed[], done: readonly HostName[]): unknown {
  const strange = failed.find(({ error }) => !(error instanceof NetctlError));
  if (strange !== undefined) return strange.error;
  const errors = failed.map(({ host, error }) => ({ host, error: error as NetctlError }));
  const [first] = errors;
  const texts = errors.map(({ host, error }) => `${host}: ${error.message}`);
  const rest = done.length === 0 ? 'No host was finished.' : `Finished: ${list(done)}.`;
  return new NetctlError(first?.error.code ?? 'STEP_FAILED', texts.join('; '), {
    hint: [...new Set(errors.flatMap(({ error }) => error.hint ?? [])), rest].join(' '),
    problems: errors.flatMap(({ host, error }) => error.problems.map((one) => ({ host, ...one }))),
    ...(first?.error.step === undefined ? {} : { step: first.error.step }),
    cause: first?.error,
  });
}
