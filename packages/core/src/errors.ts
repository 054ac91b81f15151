import type { Problem } from './problem.js';

/**
 * Every way netctl can fail, with the exit status of the command line (see the table in docs/commands.md) and whether the
 * same call can succeed later without anybody changing anything.
 */
export const ERROR_CODES = {
  USAGE: { exit: 64, retry: false },
  SPEC_UNREADABLE: { exit: 65, retry: false },
  SPEC_INVALID: { exit: 65, retry: false },
  REFUSED: { exit: 3, retry: false },
  NEEDS_YES: { exit: 3, retry: false },
  ENGINE_UNREACHABLE: { exit: 69, retry: true },
  ENGINE_NOT_DOCKER: { exit: 69, retry: false },
  ENGINE_TOO_OLD: { exit: 3, retry: false },
  ENGINE_TOO_NEW: { exit: 3, retry: false },
  ENGINE_TIMEOUT: { exit: 69, retry: true },
  ENGINE_ERROR: { exit: 1, retry: false },
  ENDPOINT_STUCK: { exit: 1, retry: false },
  CHANGED_MEANWHILE: { exit: 1, retry: true },
  IPROUTE2_MISSING: { exit: 3, retry: false },
  LINK_FAILED: { exit: 1, retry: false },
  LINK_TIMEOUT: { exit: 1, retry: true },
  HOST_CUT_OFF: { exit: 1, retry: false },
  NOT_CONFIRMED: { exit: 1, retry: false },
  PERMISSION: { exit: 77, retry: false },
  STEP_FAILED: { exit: 1, retry: true },
  VERIFY_FAILED: { exit: 1, retry: true },
  LOCKED: { exit: 75, retry: true },
  UNFINISHED: { exit: 75, retry: false },
  JOURNAL_UNREADABLE: { exit: 75, retry: false },
  JOURNAL_UNWRITABLE: { exit: 3, retry: false },
  CONSUL_UNREACHABLE: { exit: 69, retry: true },
  CONSUL_TIMEOUT: { exit: 69, retry: true },
  CONSUL_DENIED: { exit: 77, retry: false },
  CONSUL_ERROR: { exit: 1, retry: true },
  LAB_UNAVAILABLE: { exit: 77, retry: false },
  LAB_FAILED: { exit: 1, retry: false },
  INTERRUPTED: { exit: 130, retry: true },
  TERMINATED: { exit: 143, retry: true },
  /** A fault of netctl itself. */
  INTERNAL: { exit: 1, retry: false },
} as const satisfies Record<string, { readonly exit: number; readonly retry: boolean }>;

/** The code of a NetctlError: a key of `ERROR_CODES`, which has its exit status and whether a retry can help. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What a NetctlError says beside its code and its message. */
export interface NetctlErrorDetails {
  /** What to do about it, as one sentence. */
  readonly hint?: string;
  /** All that is wrong, where there is a list. */
  readonly problems?: readonly Problem[];
  /** The step that was being run, as the plan prints it. */
  readonly step?: string;
  /** The spec that the problems are of. */
  readonly file?: string;
  readonly cause?: unknown;
}

/** The one error class that netctl throws. `message` says what and why; `hint` says what to do. */
export class NetctlError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];
  readonly step: string | undefined;
  readonly file: string | undefined;

  constructor(code: ErrorCode, message: string, details: NetctlErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'NetctlError';
    this.code = code;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
    this.step = details.step;
    this.file = details.file;
  }

  /** The exit status of the command line for this error. */
  get exit(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whatever was thrown, as an error. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error));
}

/** The same error with what it is about before its words, since a bare request says nothing to people. */
export function about(what: string, error: unknown): unknown {
  if (!(error instanceof NetctlError)) return error;
  const { code, message, hint, problems } = error;
  return new NetctlError(code, `${what}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    problems,
    cause: error,
  });
}
