import { messageOf, NetctlError } from '../errors.js';
import type { Problem } from '../problem.js';
import type { JournalKeeper } from './journal-keeper.js';
import type { Journal } from './journal.js';
import type { Backends } from './observe.js';
import { OwedError } from './owed.js';
import { isUncertain, recover } from './recover.js';
import type { Elsewhere } from './recover.js';
import type { Run } from './run-step.js';

/** Puts back what a run that did not get to its end took off, and says so. */
export async function afterFailure(
  error: unknown,
  journal: Journal | undefined,
  run: Run,
  backends: Backends,
  keeper: JournalKeeper,
  elsewhere?: Elsewhere,
): Promise<unknown> {
  if (journal === undefined) return error;
  const { problems, left, unsure } = await recover(journal, backends, run, elsewhere);
  // What the engine was asked for and gave no answer to it may still do, and then the next apply has to look again.
  const settled = left !== undefined && !((unsure || isUncertain(error)) && journal.parked.length > 0);
  if (settled) await keeper.settle(journal, left).catch(() => undefined);
  if (error instanceof OwedError && left?.length === 0) return error;
  return problems.length === 0 ? error : withProblems(error, problems);
}

const UNTOUCHED = 'nothing was changed';

/** The same failure, with what was found while an earlier apply was undone. */
export function withProblems(error: unknown, problems: readonly Problem[]): NetctlError {
  const known = error instanceof NetctlError ? error : undefined;
  return new NetctlError(
    known?.code ?? 'STEP_FAILED',
    messageOf(error).replace(UNTOUCHED, `${UNTOUCHED} but what an earlier apply left, which was put back`),
    {
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
      ...(known?.step === undefined ? {} : { step: known.step }),
      problems: [...(known?.problems ?? []), ...problems],
      cause: known?.cause ?? error,
    },
  );
}
