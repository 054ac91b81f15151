import { refusal } from '../../../packages/core/src/docker/errors.js';
import type { NetctlError } from '../../../packages/core/src/errors.js';

/** The engine's own words, through the same translation as the real engine's. */
export function refused(status: number, text: string): NetctlError {
  return refusal(status, text, 'the call');
}
