import type { ApplyOptions } from '../apply/options.js';
import { NetctlError } from '../errors.js';
import type { Step } from '../model.js';
import { LOCAL } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { WakeReason, WatchEvent } from './events.js';
import { watchHosts } from './hosts.js';
import type { WatchedHosts } from './hosts.js';
import { makeLoop } from './loop.js';
import type { RoundEnd, Woken } from './loop.js';
import { TIMING } from './options.js';
import type { WatchOptions, WatchReport } from './options.js';
import { isNews, playRound } from './round.js';
import type { Outcome } from './round.js';
import { watchSpec } from './spec.js';
import { tellChanges } from './told.js';
import { undoneSteps } from './undone.js';

/** Stays, and keeps the hosts of a spec what it says. */
export interface Watch {
  /**
   * Until the signal is aborted; the step in hand is finished then.
   * @throws NetctlError where the first spec cannot be used, and what is no NetctlError, as a fault of the program
   */
  run(signal: AbortSignal): Promise<WatchReport>;
  /** Reads the spec again, and looks, also where it is pausing after a failure. */
  reload(by: 'spec' | 'reload'): void;
  /** False when a round has made no progress for so long that it never will. */
  isAlive(): boolean;
}

/** Milliseconds. */
const PATIENCE = 5 * 60_000;

/**
 * Level-triggered: events of the engines, changes of links and a timer only wake it. Each time it observes, plans and
 * applies anew, by the same `apply` as the command; so it needs no memory of what it did, and a lost event costs no more
 * than the interval.
 */
export function watch(options: WatchOptions): Watch {
  const timing = { ...TIMING, ...options.timing };
  const emit = (event: WatchEvent): void => options.onEvent?.(event);
  const spec = watchSpec(options.load, emit);
  const undone = undoneSteps();
  const told = tellChanges(emit);
  const sum = { stack: '', rounds: 0, repairs: 0, failures: 0 };
  let progressAt = 0;
  let stop = new AbortController().signal;
  let hosts: WatchedHosts | undefined;
  const progress = (): void => {
    progressAt = performance.now();
  };

  const play = async (loaded: LoadedSpec, there: WatchedHosts, done: Step[], signal: AbortSignal): Promise<Outcome> => {
    let targets;
    try {
      targets = await there.ready(loaded);
    } catch (error) {
      // What is wrong with how a host is named does not pass by itself; later on the spec may be changed.
      const isNew = sum.rounds === 0 && error instanceof NetctlError && error.code === 'USAGE';
      if (error instanceof NetctlError && !isNew) return { result: 'failed', error, away: [] };
      throw error;
    }
    progress();
    const onEvent: ApplyOptions['onEvent'] = (event) => {
      progress();
      if (event.event === 'step' && event.state === 'done') done.push(event.step);
      if (isNews(event)) emit(event);
    };
    const outcome = await playRound(loaded, targets, { ...options.apply, signal, onEvent });
    for (const host of outcome.away) {
      const wasThere = 'engine' in targets ? host === LOCAL : !(targets.get(host) instanceof NetctlError);
      if (wasThere) await there.drop(host);
    }
    return outcome;
  };

  const round = async ({ reasons, count }: Woken<WakeReason>, there: WatchedHosts): Promise<RoundEnd> => {
    const begun = performance.now();
    progress();
    // One for each round: what listens to the signal of a whole life is let go of at its end alone.
    const controller = new AbortController();
    const abort = (): void => controller.abort(stop.reason);
    stop.addEventListener('abort', abort, { once: true });
    try {
      if (stop.aborted) return undefined;
      const loaded = await spec.read(controller.signal);
      sum.stack = loaded.spec.name;
      // As they are told: a round that fails in the end has done them too.
      const done: Step[] = [];
      const outcome = await play(loaded, there, done, controller.signal);
      // A wait for a connection that was given up is no failure.
      if (controller.signal.aborted && outcome.report === undefined) return undefined;
      const { result, report, error } = outcome;
      sum.rounds += 1;
      sum.repairs += done.length;
      if (error !== undefined) sum.failures += result === 'waiting' ? 0 : 1;
      told.failure(result, error);
      if (report !== undefined) {
        told.left(report.left);
        told.problems(report.problems);
      }
      const again = undone(done, performance.now());
      if (again?.isNew === true) {
        const { step, times, pauseMs } = again;
        emit({ event: 'undone', step, times, pauseMs });
      }
      const left = report?.left.length ?? 0;
      const durationMs = Math.round(performance.now() - begun);
      emit({
        event: 'round',
        round: sum.rounds,
        result,
        woken: reasons,
        wakes: count,
        done: done.length,
        left,
        durationMs,
        ...(again === undefined ? {} : { pauseMs: again.pauseMs }),
      });
      return { failed: error !== undefined, pause: again?.pauseMs ?? 0 };
    } catch (error) {
      // Told to stop, and what was in hand is done.
      if (stop.aborted) return undefined;
      throw error;
    } finally {
      stop.removeEventListener('abort', abort);
    }
  };

  const loop = makeLoop<WakeReason>({
    timing,
    run: async (woken) => (hosts === undefined ? undefined : round(woken, hosts)),
  });

  return {
    run: async (signal) => {
      stop = signal;
      const wake = (reason: WakeReason): void => loop.wake(reason);
      await using opened = watchHosts({ open: options.open, wake, emit, pauses: timing.backoff, signal });
      hosts = opened;
      await loop.run(signal);
      return { version: 1, ...sum };
    },
    reload: (by) => {
      spec.expire();
      loop.wake({ by }, true);
    },
    isAlive: () => loop.busyFor() === undefined || performance.now() - progressAt < (options.patience ?? PATIENCE),
  };
}
