import type { Severity } from '../problem.js';
import { FINDINGS } from './codes.js';
import type { FindingCode, Matter } from './codes.js';

/** One thing that the doctor has to say. */
export interface Finding {
  /** Stable and upper case; `OK` for a matter that is in order, `NOT_LOOKED` for one that could not be looked at. */
  readonly code: string;
  readonly matter: Matter;
  readonly severity: Severity | 'ok';
  /** What it is, as half a sentence without a full stop. */
  readonly title: string;
  /** What was seen, a line each. */
  readonly evidence: readonly string[];
  readonly cause?: string;
  /** What cures it, a line each: commands as they are typed, or a sentence where there is none. */
  readonly cure: readonly string[];
}

/** What a finding adds to the table of codes. */
export interface FindingDetails {
  readonly evidence: readonly string[];
  readonly cause: string;
  readonly cure: readonly string[];
  /** Where it is not as severe as the table has it. */
  readonly severity?: Severity;
}

export function finding(code: FindingCode, { evidence, cause, cure, severity }: FindingDetails): Finding {
  const known = FINDINGS[code];
  return {
    code,
    matter: known.matter,
    severity: severity ?? known.severity,
    title: known.title,
    evidence,
    cause,
    cure,
  };
}

/** A matter that is in order, and what was seen of it. */
export function inOrder(matter: Matter, title: string): Finding {
  return { code: 'OK', matter, severity: 'ok', title, evidence: [], cure: [] };
}

export function notLooked(matter: Matter, why: string, cure: readonly string[] = []): Finding {
  return {
    code: 'NOT_LOOKED',
    matter,
    severity: 'note',
    title: 'could not be looked at',
    evidence: [],
    cause: why,
    cure,
  };
}
