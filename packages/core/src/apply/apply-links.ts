import type { LinkBackend } from '../links.js';
import type { HostFacts, Plan, Step } from '../model.js';
import { kindsNeeded } from '../plan/kernel-kinds.js';
import { makeLinksPlan, withoutEngine } from '../plan/links-only.js';
import { withoutOrphans } from '../plan/orphans.js';
import { stepsOf } from '../plan/plan.js';
import { LOCAL, namesHosts } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import { NetctlError } from '../errors.js';
import { askTheWire } from './ask.js';
import { converged } from './converged.js';
import { settleGuards } from './guards.js';
import { hostSafety } from './host-safety.js';
import { takeLinksLock } from './links-lock.js';
import { withOtherPrivilege } from './observe.js';
import { privilegeEvents } from './events.js';
import type { Backends } from './observe.js';
import type { ApplyOptions, Report } from './options.js';
import { allowed, isQuiet } from './refuse.js';
import { runPlan } from './run-plan.js';
import { startRun } from './run-step.js';

/** What `planLinks` and `applyLinks` take: the options of `apply` that have a meaning without an engine. */
export interface LinksOptions extends Pick<
  ApplyOptions,
  'additive' | 'strict' | 'adopt' | 'probe' | 'wait' | 'confirm' | 'signal' | 'onEvent'
> {
  /** Go on without links whose parent is not there; they are left. */
  readonly partial?: boolean;
}

/**
 * The steps from the links that a host has to those that the spec wants there, with no engine asked; writes nothing.
 * @throws NetctlError when the links cannot be read, USAGE where the spec names hosts
 */
export async function planLinks(
  loaded: LoadedSpec,
  links: LinkBackend,
  { adopt = false, signal }: Pick<LinksOptions, 'adopt' | 'signal'> = {},
): Promise<Plan> {
  return (await lookAtLinks(loaded, links, adopt, signal)).plan;
}

/**
 * Makes the links of a host what the spec says, with no engine asked: also before one runs. A link that would have to go is
 * refused, since who is on it only the engine knows. There is nothing that a killed run could lose, so no journal is kept.
 * @throws NetctlError LOCKED, REFUSED, PERMISSION (nothing was changed), STEP_FAILED, VERIFY_FAILED, USAGE where the spec
 * names hosts, and what the links throw
 */
export async function applyLinks(loaded: LoadedSpec, links: LinkBackend, options: LinksOptions = {}): Promise<Report> {
  const { adopt = false, partial = false, signal } = options;
  const stack = loaded.spec.name;
  const look = async () => {
    const seen = await lookAtLinks(loaded, links, adopt, signal);
    return partial ? { ...seen, ...withoutOrphans(seen.plan, seen.facts) } : { ...seen, orphans: [] };
  };
  const emit: NonNullable<LinksOptions['onEvent']> = (event) => options.onEvent?.(event);
  const report = (done: readonly Step[], left: readonly Step[], more: Pick<Report, 'asked' | 'problems'>): Report => {
    return { version: 1, stack, done, left, moved: [], ...more };
  };
  const first = await look();
  if (isQuiet(first.plan, options)) {
    emit({ event: 'plan', plan: first.plan });
    return report([], first.orphans, { asked: [], problems: first.plan.problems });
  }
  const holder = { pid: process.pid, stack, since: new Date().toISOString() };
  await using _lock = await takeLinksLock(holder, options.wait ?? 0, signal, (what) =>
    emit({ event: 'waiting', what }),
  );
  const undone = await settleGuards(links.safety, LOCAL);
  const { plan: whole, facts, orphans } = await look();
  const { plan, left: disruptive } = allowed(whole, options);
  const left = [...disruptive, ...orphans];
  const wire = await askTheWire(plan, loaded, { host: LOCAL, facts, links }, options);
  emit({ event: 'plan', plan });
  privilegeEvents(plan, facts.links?.privilege).forEach(emit);
  for (const one of wire.asked) emit({ event: 'asked', ...one });
  // No step of such a plan asks an engine.
  const { confirm } = options;
  const safety = hostSafety({ links }, facts.links, { stack, ...(confirm === undefined ? {} : { confirm }) });
  try {
    const done = await runPlan(plan, { links } as Backends, startRun(stack, false), { signal, emit, safety });
    if (done.length > 0) await converged(look, left, { host: LOCAL }, signal);
    const isLeft = (await safety?.finish()) === true;
    const problems = [...undone, ...whole.problems, ...wire.problems];
    return { ...report(done, left, { asked: wire.asked, problems }), ...(isLeft ? { unconfirmed: [LOCAL] } : {}) };
  } catch (error) {
    await safety?.release().catch(() => undefined);
    throw error;
  }
}

/** One look at the links, and which modules the kernel has where that matters. */
async function lookAtLinks(
  loaded: LoadedSpec,
  links: LinkBackend,
  adopt: boolean,
  signal: AbortSignal | undefined,
): Promise<{ readonly plan: Plan; readonly facts: HostFacts }> {
  refuseHosts(loaded);
  const facts = withoutEngine(await links.observe(signal));
  const plan = makeLinksPlan(loaded, LOCAL, facts, { adopt });
  const kinds = kindsNeeded(stepsOf(plan));
  const may = await withOtherPrivilege(facts.links, stepsOf(plan), links, signal);
  if (kinds.length === 0 && may === facts.links) return { plan, facts };
  const kernel = kinds.length === 0 ? {} : await links.probe(kinds, signal);
  const probed = { ...facts, ...(may === undefined ? {} : { links: may }), kernel };
  return { plan: makeLinksPlan(loaded, LOCAL, probed, { adopt }), facts: probed };
}

function refuseHosts({ spec, file }: LoadedSpec): void {
  if (!namesHosts(spec)) return;
  throw new NetctlError('USAGE', `--links-only is for the links of one host, and ${file} names hosts`, {
    hint: 'netctl persist --on HOST stores what is to be on one of them.',
  });
}
