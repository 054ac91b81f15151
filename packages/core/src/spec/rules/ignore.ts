import { IGNORABLE, whyFirm } from '../../codes.js';
import { formatPath } from '../path.js';
import { list, quote } from '../show.js';
import { suggest } from '../suggest.js';
import { error } from './rule.js';
import type { Rule } from './rule.js';

/** A typo would leave the problem as it is, and a refusal that protects somebody is not a matter of opinion. */
const ignoredCodesMayBe: Rule = ({ spec }) =>
  spec.ignore.flatMap((code, index) => {
    const path = formatPath(['ignore', index]);
    const why = whyFirm(code);
    if (why !== undefined) {
      const message = `${quote(code)} cannot be ignored: ${why}.`;
      return [error('NOT_IGNORABLE', path, message, 'Remove it, and do what the problem itself says.')];
    }
    const known: readonly string[] = IGNORABLE;
    if (known.includes(code)) return [];
    const meant = suggest(code, known);
    const hint = meant === undefined ? `The codes that can be ignored are ${list(known)}.` : `Did you mean ${meant}?`;
    return [error('UNKNOWN_CODE', path, `${quote(code)} is not the code of a problem.`, hint)];
  });

export const ignoreRules: readonly Rule[] = [ignoredCodesMayBe];
