import type { FindingCode } from '../../packages/core/src/doctor/codes.js';

/**
 * The findings that test/integration/doctor.test.ts produces on a host that really has the fault; it fails where it misses
 * one, or has one more. The others are produced from recorded data alone, in test/unit/doctor.
 */
export const SHOWN_FOR_REAL: readonly FindingCode[] = [];
