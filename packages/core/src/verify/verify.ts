import { setMaxListeners } from 'node:events';

import { lookAtAll } from '../apply/hosts.js';
import { NetctlError } from '../errors.js';
import type { HostFacts, HostName } from '../model.js';
import { LOCAL, hostsOf } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { aliveOf } from './answers.js';
import { CLUE_FILES, causeOf } from './causes.js';
import type { Clues } from './causes.js';
import type { Check, Verdict } from './check.js';
import { judge } from './judge.js';
import { lookBefore } from './look.js';
import type { VerifyBackends } from './look.js';
import type { Prober, StandIn } from './prober.js';
import type { CheckResult, CheckState, VerifyResult } from './result.js';
import { send } from './send.js';
import { toProve } from './to-prove.js';
import { unprobedChecks } from './unprobed.js';
import type { HostView } from './view.js';

/** One host for a spec without `hosts:`, or all those that the spec names. */
export type VerifyTargets = VerifyBackends | ReadonlyMap<HostName, VerifyBackends | NetctlError>;

/** What a verify is to try, and whom it tells. */
export interface VerifyOptions {
  /** Leaves out the hosts that cannot be read, as long as one can. */
  readonly partial?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Sends real packets through the networks of a spec, and says what that has proved. It enters the namespaces of the
 * containers, needs no image, and leaves nothing behind, also when it is killed.
 * @throws NetctlError of the first host that cannot be read; PERMISSION where namespaces may not be entered
 */
export async function verify(
  loaded: LoadedSpec,
  targets: VerifyTargets,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const { partial = false } = options;
  const signal = manyListen(options.signal);
  const { observed } = await lookAtAll(loaded, targets, { partial }, signal);
  const backends = backendsOf(targets);
  const standIns: StandIn[] = [];
  try {
    const probed = new Map<HostName, Prober>();
    const unprobed: Check[] = [];
    const views: HostView[] = [];
    await Promise.all(
      hostsOf(loaded.spec).map(async (host) => {
        const [facts, drives] = [observed.get(host), backends.get(host)];
        if (facts === undefined || drives === undefined) return;
        const why = await whyNot(facts, drives, signal);
        if (why !== undefined || !('ping' in drives.prober)) {
          unprobed.push(...unprobedChecks(loaded.spec, host, facts, why ?? { why: '', cure: '' }));
          return;
        }
        const { prober } = drives;
        probed.set(host, prober);
        views.push(await lookBefore(loaded.spec, host, facts, drives, prober, (one) => standIns.push(one), signal));
      }),
    );
    const order = hostsOf(loaded.spec);
    views.sort((a, b) => order.indexOf(a.host) - order.indexOf(b.host));
    const checks = toProve(loaded.spec, views);
    const answers = await send(checks, probed, signal);
    const alive = aliveOf(checks, answers);
    const judged = checks.map((check) => ({ check, verdict: judge(check, answers, alive) }));
    const clues = await cluesOf(judged, probed, signal);
    const keys = Object.keys(loaded.spec.networks);
    const place = ({ network }: CheckResult): number => keys.indexOf(network.slice('network:'.length));
    const results = [
      ...judged.map(({ check, verdict }) => toResult(check, withCause(check, verdict, clues))),
      ...unprobed.map((check) => toResult(check, judge(check, answers, alive))),
    ].sort((a, b) => place(a) - place(b));
    const count = (state: CheckState): number => results.filter((one) => one.state === state).length;
    return {
      version: 1,
      stack: loaded.spec.name,
      passed: count('passed'),
      failed: count('failed'),
      untested: count('untested'),
      checks: results,
    };
  } finally {
    await Promise.allSettled(standIns.map((one) => one[Symbol.asyncDispose]()));
  }
}

/** Every program that runs listens to it, and there are more at once than Node takes for a leak. */
function manyListen(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}

function backendsOf(targets: VerifyTargets): ReadonlyMap<HostName, VerifyBackends> {
  if ('engine' in targets) return new Map([[LOCAL, targets]]);
  return new Map([...targets].flatMap(([host, one]) => (one instanceof NetctlError ? [] : [[host, one] as const])));
}

/** Why nothing can be tested on a host; a missing permission is an error. */
async function whyNot(
  { engine }: HostFacts,
  { prober }: VerifyBackends,
  signal: AbortSignal | undefined,
): Promise<{ readonly why: string; readonly cure: string } | undefined> {
  if (!('ping' in prober)) return prober;
  if (engine.rootless) {
    const why = 'the engine runs without root, and its bridges are in a namespace of its own';
    return { why, cure: 'Try the containers by hand: docker exec.' };
  }
  const { missing } = await prober.means(signal);
  if (missing?.permission === true)
    throw new NetctlError('PERMISSION', `Nothing can be tested: ${missing.why}`, { hint: missing.cure });
  return missing;
}

interface Judged {
  readonly check: Check;
  readonly verdict: Verdict;
}

/** What tells causes, of the hosts on which something failed. */
async function cluesOf(
  judged: readonly Judged[],
  probers: ReadonlyMap<HostName, Prober>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<HostName, Clues>> {
  const failed = judged.filter(({ verdict }) => verdict.state === 'failed' && verdict.cause === undefined);
  const hosts = [...new Set(failed.map(({ check }) => check.host))];
  const clues = await Promise.all(
    hosts.map(async (host): Promise<readonly (readonly [HostName, Clues])[]> => {
      const reader = probers.get(host)?.reader;
      if (reader === undefined) return [];
      const [rules, files] = await Promise.all([
        reader.print(['iptables-save'], signal),
        reader.read(CLUE_FILES, signal),
      ]);
      return [[host, { rules: rules.stdout, files }]];
    }),
  );
  return new Map(clues.flat());
}

const NO_CLUES: Clues = { rules: '', files: new Map() };

function withCause(check: Check, verdict: Verdict, clues: ReadonlyMap<HostName, Clues>): Verdict {
  if (verdict.state !== 'failed' || verdict.cause !== undefined) return verdict;
  return { ...verdict, ...causeOf(check, clues.get(check.host) ?? NO_CLUES) };
}

function toResult(
  { id, kind, host, network, from, to, isolatedFrom, claim }: Check,
  { state, evidence = [], cause, cure }: Verdict,
): CheckResult {
  return {
    id,
    kind,
    host,
    network,
    from,
    ...(to === undefined ? {} : { to }),
    ...(isolatedFrom === undefined ? {} : { isolatedFrom }),
    claim,
    state,
    evidence,
    ...(cause === undefined ? {} : { cause }),
    ...(cure === undefined ? {} : { cure }),
  };
}
