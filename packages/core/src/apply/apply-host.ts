import { about, NetctlError } from '../errors.js';
import type { NetworkProps, Plan, Step } from '../model.js';
import { changesLinks } from '../plan/changes-links.js';
import { stepsOf } from '../plan/plan.js';
import type { PlanOptions } from '../plan/plan.js';
import type { LoadedSpec } from '../spec/load.js';
import { afterFailure } from './after-failure.js';
import { askTheWire } from './ask.js';
import type { WireQuestions } from './ask.js';
import type { Company } from './company.js';
import { converged, LOOKS } from './converged.js';
import { ofHost, privilegeEvents } from './events.js';
import type { ApplyEvent } from './events.js';
import { settleGuards } from './guards.js';
import { hostSafety } from './host-safety.js';
import { linksFree } from './links-lock.js';
import { takeLock } from './lock.js';
import type { OnWait } from './lock.js';
import { journalFile } from './journal-file.js';
import { journalKeeper } from './journal-keeper.js';
import { journalOf } from './journal.js';
import type { Journal, Unfinished } from './journal.js';
import { observeAndPlan } from './observe.js';
import type { HostTarget, LookOptions, PlanResult } from './observe.js';
import type { ApplyOptions, Report } from './options.js';
import { thisOwner } from './owner.js';
import { isOwed, OwedError } from './owed.js';
import { checked, isQuiet, isSamePlan } from './refuse.js';
import { runPlan } from './run-plan.js';
import { startRun } from './run-step.js';
import type { Run } from './run-step.js';
import { takeTurn } from './turn.js';
import { namesHosts } from '../spec/hosts.js';

/**
 * Makes one host what the spec says of it: takes the lock, plans, saves the plan, runs it, looks again, and is satisfied only
 * when nothing is left to do. Running it again changes nothing. `seen` is what a look a moment ago has shown.
 * @throws NetctlError LOCKED, REFUSED, NEEDS_YES, PERMISSION (nothing was changed), STEP_FAILED, VERIFY_FAILED, and
 * what the backends throw
 */
export async function applyOn(
  loaded: LoadedSpec,
  target: HostTarget,
  options: ApplyOptions = {},
  seen?: PlanResult,
  together?: Company,
): Promise<Report> {
  const { host, backends } = target;
  const { signal } = options;
  const stack = loaded.spec.name;
  const stateDir = options.stateDir ?? '/var/lib';
  const several = namesHosts(loaded.spec);
  const emit = (event: ApplyEvent): void => options.onEvent?.(several ? ofHost(event, host) : event);
  const scope = scopeOf(options);
  const end = performance.now() + (options.wait ?? 0);
  const look = async (known?: LookOptions['known']): Promise<PlanResult> => {
    const around = together?.observed();
    const found = await observeAndPlan(
      loaded,
      { host, backends },
      { ...scope, stateDir, ...(known && { known }) },
      signal,
      around,
    );
    together?.saw(host, found.facts);
    return found;
  };

  const first = seen ?? (await look());
  const { engine } = first.facts;
  if (first.unfinished === undefined && isQuiet(first.plan, options)) {
    // Nothing to write needs no lock; one look is all that a second apply costs.
    emit({ event: 'plan', plan: first.plan });
    return { version: 1, stack, done: [], left: [], moved: [], asked: [], problems: first.plan.problems };
  }

  const startedAt = new Date().toISOString();
  const onWait: OnWait = (what) => emit({ event: 'waiting', what });
  await using _lock = await takeLock({
    name: engine.id,
    holder: { pid: process.pid, stack, since: startedAt },
    wait: options.wait ?? 0,
    signal,
    onWait,
  });
  await linksFree(options.wait ?? 0, signal, onWait);
  const undone = await settleGuards(backends.links.safety, host);
  const restartStuck = options.restartStuck === true;
  const elsewhere = together?.swarmNetworks;
  const turn = {
    ...{ stack, stateDir, backends, resume: options.resume === true, restartStuck, end, look, emit, signal },
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
  const keeper = journalKeeper(backends.engine, journalFile(stateDir, engine.id, stack));
  const begin = (): Run => startRun(stack, restartStuck, together);
  const back = (error: unknown, journal: Journal | undefined, run = begin()) =>
    afterFailure(error, journal, run, backends, keeper, elsewhere);
  const fails = async (error: unknown, journal: Journal | undefined, run?: Run): Promise<unknown> => {
    together?.fails(host, error);
    // Who goes back to a network of the swarm goes to the one that is there in the end.
    await together?.makerEnded(host);
    const failure = await back(error, journal, run);
    // The others look at whether all is as it should be, and what this one did is part of that.
    if (together?.meets === true) await look().catch(() => undefined);
    return failure;
  };
  for (let attempt = 1; ; attempt += 1) {
    if (attempt > LOOKS) throw restless();
    // Only what is seen under the lock counts: another netctl may have been at work until now.
    const found = await takeTurn(turn);
    const { unfinished } = found;
    keeper.found(unfinished);
    let plan: Plan;
    let left: readonly Step[];
    let journal: Journal;
    let wire: WireQuestions;
    try {
      ({ plan, left } = checked(found, engine.id, options, together));
      // Whoever is off goes back where he was before anything is left out.
      if (left.some((step) => isOwed(step, left))) throw new OwedError(left);
      if (stepsOf(plan).length === 0) {
        emit({ event: 'plan', plan });
        await keeper.drop();
        return {
          version: 1,
          stack,
          done: [],
          left,
          moved: [],
          asked: [],
          problems: [...undone, ...found.plan.problems],
        };
      }
      // Before the first write, and under the lock: whoever answers now is nobody of ours.
      wire = await askTheWire(plan, loaded, { host, facts: found.facts, links: backends.links }, options);
      const earlier =
        unfinished === undefined ? undefined : { journal: unfinished.journal, parked: found.facts.parked ?? [] };
      journal = journalOf(plan, await thisOwner(), startedAt, found.facts.networks, earlier);
      if (!(await keeper.keep(journal, touchesEngine(plan)))) continue;
      // Whoever had the place in the engine a moment ago may have changed what was planned for.
      const now = await look({ unfinished });
      if (!isSamePlan(now.plan, found.plan)) {
        if (unfinished === undefined) await keeper.drop();
        continue;
      }
      ({ plan, left } = checked(now, engine.id, options, together));
      await together?.meet(host, 'start', signal);
    } catch (error) {
      // Nothing has been begun; what an earlier run left is in the copies too.
      if (unfinished === undefined) await keeper.drop().catch(() => undefined);
      const ends = error instanceof OwedError ? back : fails;
      const failure = await ends(error, unfinished?.journal);
      if (failure instanceof OwedError && attempt < LOOKS) continue;
      throw failure;
    }
    emit({ event: 'plan', plan });
    privilegeEvents(plan, found.facts.links?.privilege).forEach(emit);
    for (const one of wire.asked) emit({ event: 'asked', ...one });
    const run = begin();
    const { confirm } = options;
    const safety = hostSafety(backends, found.facts.links, { stack, ...(confirm === undefined ? {} : { confirm }) });
    try {
      if (journal.parked.length > 0) {
        await backends.engine.prepare(networksOf(plan), stack).catch(notPrepared);
        if (touchesLinks(plan)) await safety?.check().catch(unguarded);
      }
      const done = await runPlan(plan, backends, run, { signal, emit, safety });
      await converged(() => look({ unfinished: journalAfter(journal, run) }), left, { host, together }, signal);
      await keeper.drop();
      const isLeft = (await safety?.finish()) === true;
      const { asked, problems } = wire;
      return {
        version: 1,
        stack,
        done,
        left,
        moved: run.moved,
        asked,
        problems: [...undone, ...found.plan.problems, ...problems],
        ...(isLeft ? { unconfirmed: [host] } : {}),
      };
    } catch (error) {
      await safety?.release().catch(() => undefined);
      throw await fails(error, journal, run);
    }
  }
}

/** What of the journal has to be right now: who was gone, or taken off by somebody else, is nobody's to put back. */
function journalAfter(journal: Journal, { moved }: Run): Unfinished {
  const others = new Set(moved.flatMap(({ container, result }) => (result === 'restored' ? [] : [container])));
  const parked = journal.parked.filter(({ endpoint }) => !others.has(endpoint.container));
  return { journal: { ...journal, parked }, copies: [], owners: [], orphaned: false };
}

export function scopeOf({ destroy, adopt, recreate, keepDynamic, acceptLoss }: ApplyOptions): PlanOptions {
  return {
    ...(destroy === true ? { destroy } : {}),
    ...(adopt === true ? { adopt } : {}),
    ...(recreate === true ? { recreate } : {}),
    ...(keepDynamic === true ? { keepDynamic } : {}),
    ...(acceptLoss === undefined ? {} : { acceptLoss }),
  };
}

function unguarded(error: unknown): never {
  throw about('Nothing was changed', error);
}

function notPrepared(error: unknown): never {
  throw about('Nothing was changed: what the engine adds to networks cannot be seen', error);
}

function networksOf(plan: Plan): readonly NetworkProps[] {
  return stepsOf(plan).flatMap((step) => (step.op === 'network.create' ? [step.props] : []));
}

function touchesEngine(plan: Plan): boolean {
  return stepsOf(plan).some((step) => !changesLinks(step));
}

function touchesLinks(plan: Plan): boolean {
  return stepsOf(plan).some(changesLinks);
}

function restless(): NetctlError {
  return new NetctlError('LOCKED', 'Nothing was changed: at every look the host wanted another plan', {
    hint: 'Somebody else is at work on its networks; wait until they are done.',
  });
}
