import { FIRM, LINTS } from '../../../packages/core/src/codes.js';
import { FINDINGS } from '../../../packages/core/src/doctor/codes.js';
import { ERROR_CODES } from '../../../packages/core/src/errors.js';
import { MADE, table } from './markdown.js';

/** docs/reference/codes.md */
export function codesPage(): string {
  const lints = Object.entries(LINTS).map(([code, { severity, ignorable, seenIn, reason }]) => {
    return [`\`${code}\``, severity, seenIn === 'spec' ? 'validate' : 'plan', ignorable ? 'yes' : 'no', reason];
  });
  const firm = Object.entries<readonly string[]>(FIRM).map(([why, codes]) => [
    why,
    codes.map((code) => `\`${code}\``).join(', '),
  ]);
  const failures = Object.entries(ERROR_CODES).map(([code, { exit, retry }]) => [
    `\`${code}\``,
    String(exit),
    retry ? 'yes' : 'no',
  ]);
  const findings = Object.entries(FINDINGS).map(([code, { severity, title }]) => [`\`${code}\``, severity, title]);
  return [
    '# Every code',
    MADE,
    'Each problem, failure and finding has a code, in brackets at the end of its line and as `code` in JSON. Cause and cure ' +
      'stand with it, in words about your file and your host.',
    '## Problems that are judgements',
    'What Docker and the kernel would take; see [what it warns of](../warnings.md).',
    table(['code', 'severity', 'shown by', 'may be ignored', 'reason'], lints),
    '## Problems that are errors',
    'They cannot be ignored, by the reason why.',
    table(['why', 'codes'], firm),
    '## Failures of a command',
    'The `code` of the `error` in JSON, and of a NetctlError in the library.',
    table(['code', 'exit status', 'the same call may succeed later'], failures),
    '## Findings of `netctl doctor`',
    'See [when it does not work](../doctor.md).',
    table(['code', 'severity', 'what it says'], findings),
  ].join('\n\n');
}
