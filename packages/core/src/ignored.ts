import { lintOf } from './codes.js';
import { lint } from './problem.js';
import type { Problem } from './problem.js';

/** The problems that `ignore:` leaves. A code that may not be ignored is never left out, whatever the list says. */
export function withoutIgnored(problems: readonly Problem[], ignore: readonly string[]): readonly Problem[] {
  return problems.filter((one) => !isIgnored(one, ignore));
}

function isIgnored({ code }: Problem, ignore: readonly string[]): boolean {
  return ignore.includes(code) && lintOf(code)?.ignorable === true;
}

/**
 * Codes of the list that ignore nothing, of those that the spec alone decides: what a host has against a spec is
 * another thing on the next host, or tomorrow.
 */
export function ignoredNothing(problems: readonly Problem[], ignore: readonly string[]): readonly Problem[] {
  return ignore.flatMap((code, index) => {
    if (code === 'IGNORED_NOTHING' || lintOf(code)?.seenIn !== 'spec') return [];
    if (problems.some((one) => one.code === code)) return [];
    const message = `${code} is ignored, and nothing in this file has that problem.`;
    return [lint('IGNORED_NOTHING', `ignore[${index}]`, message, 'Remove it.')];
  });
}
