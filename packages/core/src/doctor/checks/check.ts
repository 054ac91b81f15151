import type { DoctorFacts } from '../facts.js';
import type { Finding } from '../finding.js';

/** Reads the facts and says what is wrong with one matter; pure. */
export type Check = (facts: DoctorFacts) => readonly Finding[];
