import { NetctlError } from '../errors.js';
import type { Step } from '../model.js';
import { stepTitle } from '../plan/format.js';

/** Why a stage is undone whose guard undid, though nothing is known to be wrong. */
export const SLOW = 'the links took too long to change, and their guard had not heard of this netctl in time';

/** What a guard did before the stage that it was to be relieved in. */
export function undoneByGuard(): NetctlError {
  return new NetctlError('HOST_CUT_OFF', 'Undone: the guard of this host did not hear of netctl in time', {
    hint: 'What was changed on its links is as it was before. The host was cut off for a while, or too busy; run the same again.',
  });
}

interface Undoing {
  readonly steps: readonly Step[];
  /** Why the host is cut off, or why that could not be seen. */
  readonly cut: string | Error;
  /** The same, when all was undone. */
  readonly after: string | Error | undefined;
  /** What could not be undone. */
  readonly failed: readonly Error[];
}

/** The error of a stage that was undone. */
export function stageUndone({ steps, cut, after, failed }: Undoing): NetctlError {
  const what = `${failed.length === 0 ? 'Undone' : 'Undone as far as could be seen'}: ${steps.map(stepTitle).join(', ')}`;
  const hint = (cure: string): string =>
    [...failed.map(({ message }) => `${message}.`), stateAfter(after, failed.length === 0), cure].join(' ').trim();
  if (cut instanceof Error) {
    const why = `it could not be seen whether that cuts this host off: ${cut.message}`;
    const own = cut instanceof NetctlError ? (cut.hint ?? '') : '';
    return new NetctlError('LINK_FAILED', `${what}: ${why}`, { hint: hint(own), cause: cut });
  }
  const cause = failed[0] === undefined ? {} : { cause: failed[0] };
  if (cut === SLOW) {
    const cure = 'It was cut off for a while, or too busy; run the same again.';
    return new NetctlError('HOST_CUT_OFF', `${what}: ${cut}`, { hint: hint(cure), ...cause });
  }
  const cure = 'Have the way go by another link first, or write the spec so that it stays.';
  return new NetctlError('HOST_CUT_OFF', `${what} would cut this host off: ${cut}`, { hint: hint(cure), ...cause });
}

function stateAfter(after: string | Error | undefined, isWhole: boolean): string {
  if (after instanceof Error) return `Whether that helped could not be seen: ${after.message}.`;
  if (after !== undefined) return `It did not help: ${after}.`;
  return isWhole ? 'The host is as it was before.' : 'Its ways are as they were before.';
}
