import { LINTS } from './codes.js';
import type { LintCode, ProblemCode } from './codes.js';

/**
 * `error` stops everything: the spec is wrong (exit 65) or what it asks is refused (exit 3).
 * `warning` is worth reading but stops nothing; `note` is for completeness.
 */
export type Severity = 'error' | 'warning' | 'note';

/** Something to say about the spec, or about the spec on this host. Positions are 1-based. */
export interface Problem {
  /** Stable and upper case, such as `UNKNOWN_KEY`. */
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** Where in the spec, such as `networks.lan.ip_range`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, as one sentence. */
  readonly hint?: string;
  /** The host that it is about, where the spec names hosts. */
  readonly host?: string;
  /** The file that line and column are of, where it is a Compose project's. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Makes a problem; the position is added by whoever knows the file. */
export function problem(severity: Severity, code: ProblemCode, path: string, message: string, hint?: string): Problem {
  return { code, severity, path, message, ...(hint === undefined ? {} : { hint }) };
}

/** Makes the problem of a lint, as severe as the table of lints has it. */
export function lint(code: LintCode, path: string, message: string, hint: string): Problem {
  return problem(LINTS[code].severity, code, path, message, hint);
}
