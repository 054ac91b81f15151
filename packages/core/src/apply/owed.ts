import { NetctlError } from '../errors.js';
import type { Step } from '../model.js';
import { countSteps } from '../plan/summary.js';

/** Whether a step puts somebody on his network whom no step of these takes off it. */
export function isOwed(step: Step, left: readonly Step[]): boolean {
  if (step.op === 'endpoint.restore') return true;
  if (step.op !== 'endpoint.attach' || step.was === undefined) return false;
  return !left.some(({ op, ref }) => op === 'endpoint.park' && ref === step.ref);
}

/** Steps that put somebody back were left out with those that they wait for. */
export class OwedError extends NetctlError {
  constructor(left: readonly Step[]) {
    super('UNFINISHED', `What an earlier apply took off cannot be put back without ${countSteps(left)}`, {
      hint: 'Leave out --additive.',
    });
  }
}
