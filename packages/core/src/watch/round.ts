import { apply } from '../apply/apply.js';
import type { ApplyEvent } from '../apply/events.js';
import type { Targets } from '../apply/hosts.js';
import type { ApplyOptions, Report } from '../apply/options.js';
import { ERROR_CODES, NetctlError } from '../errors.js';
import { LOCAL } from '../spec/hosts.js';
import type { LoadedSpec } from '../spec/load.js';
import type { RoundResult } from './events.js';

/** What one round came to: a report, an error, or both where disruptive steps were refused and the rest was done. */
export interface Outcome {
  readonly result: RoundResult;
  readonly report?: Report;
  readonly error?: NetctlError;
  /** Hosts that did not answer. */
  readonly away: readonly string[];
}

/**
 * Observes, plans and applies once. What stands against a disruptive step does not stand against repairs: where all is
 * refused, what disrupts nobody is done by itself.
 * @throws what is no NetctlError, and the reason of the signal
 */
export async function playRound(loaded: LoadedSpec, targets: Targets, options: ApplyOptions): Promise<Outcome> {
  const additive = options.allowDisruptive !== true;
  const tried = await attempt(loaded, targets, { ...options, additive, partial: true });
  if (additive || tried.result !== 'refused') return tried;
  const rest = await attempt(loaded, targets, { ...options, allowDisruptive: false, additive: true, partial: true });
  if (rest.report === undefined) return rest;
  return { ...tried, report: rest.report };
}

async function attempt(loaded: LoadedSpec, targets: Targets, options: ApplyOptions): Promise<Outcome> {
  try {
    const report = await apply(loaded, targets, options);
    const { done, left } = report;
    const result = done.length > 0 ? 'repaired' : left.length > 0 ? 'left' : 'quiet';
    return { result, report, away: awayIn(report) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof NetctlError)) throw error;
    return { result: resultOf(error), error, away: 'engine' in targets ? awayAlone(error) : awayIn(error) };
  }
}

function resultOf({ code }: NetctlError): RoundResult {
  if (code === 'LOCKED') return 'waiting';
  return code === 'REFUSED' || code === 'NEEDS_YES' ? 'refused' : 'failed';
}

/** Of several. */
function awayIn({ problems }: Pick<Report, 'problems'>): readonly string[] {
  return problems.flatMap(({ code, host }) => (code === 'HOST_UNREACHABLE' && host !== undefined ? [host] : []));
}

/** The one, where it is no use to ask it again in the same way. */
function awayAlone({ code, cause }: NetctlError): readonly string[] {
  const causes = [code, ...(cause instanceof NetctlError ? [cause.code] : [])];
  return causes.some((one) => ERROR_CODES[one].exit === 69 || one === 'LINK_TIMEOUT') ? [LOCAL] : [];
}

/** What of an apply is news; that there is nothing to do is none. */
export function isNews(event: ApplyEvent): boolean {
  if (event.event === 'plan') return event.plan.stages.length > 0;
  return event.event !== 'host' || event.state === 'failed';
}
