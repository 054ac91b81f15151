import { NetctlError } from '../errors.js';
import type { HostName, Plan, Step } from '../model.js';
import { pause } from '../pause.js';
import { withoutDisruptive } from '../plan/additive.js';
import { stepTitle } from '../plan/format.js';
import { stepsOf } from '../plan/plan.js';
import type { Company } from './company.js';

/** An engine may take a moment to show what it was asked for. */
export const LOOKS = 5;
const BETWEEN_LOOKS_MS = 1000;

/**
 * The second plan is the proof: it must be empty, but for what was left out on purpose.
 * @throws NetctlError VERIFY_FAILED
 */
export async function converged(
  look: () => Promise<{ readonly plan: Plan }>,
  left: readonly Step[],
  { host, together }: { readonly host: HostName; readonly together?: Company | undefined },
  signal?: AbortSignal,
): Promise<void> {
  // What others have made is part of what is looked for.
  if (together?.meets === true) {
    await together.meet(host, 'end', signal);
    await look();
    await together.meet(host, 'seen', signal);
  }
  for (let count = 1; ; count += 1) {
    const { plan } = await look();
    const rest = (left.length === 0 ? stepsOf(plan) : stepsOf(withoutDisruptive(plan))).slice();
    if (rest.length === 0) return;
    if (count === LOOKS) {
      throw new NetctlError(
        'VERIFY_FAILED',
        `Every step succeeded, and still this is left: ${rest.map(stepTitle).join(', ')}`,
        {
          hint: `${rest[0]?.why ?? ''}. Somebody else may be changing it; \`netctl plan\` shows the rest.`,
        },
      );
    }
    await pause(BETWEEN_LOOKS_MS, signal);
  }
}
