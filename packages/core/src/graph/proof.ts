import { z } from 'zod';

import { NetctlError } from '../errors.js';
import type { HostName } from '../model.js';
import type { TopologyCheck } from './topology.js';

const party = z.object({ host: z.string(), name: z.string() });

/** Of the document of `verify --json`, what a drawing shows. */
const result = z.object({
  version: z.literal(1),
  stack: z.string(),
  checks: z.array(
    z.object({
      kind: z.string(),
      host: z.string(),
      network: z.string(),
      from: party.optional(),
      to: party.optional(),
      isolatedFrom: z.string().optional(),
      claim: z.string(),
      state: z.enum(['passed', 'failed', 'untested']),
      cause: z.string().optional(),
      cure: z.string().optional(),
    }),
  ),
});

/** What real packets have shown, as `netctl verify --json` tells it. */
export type Proof = z.output<typeof result>;
/** One thing that was to be proved, as the document has it. */
export type ProofCheck = Proof['checks'][number];

/**
 * Reads the document of `netctl verify --json`.
 * @throws NetctlError USAGE for what is none, or is one of another stack
 */
export function parseProof(text: string, file: string, stack: string): Proof {
  const hint = `Write it with: netctl verify --json > ${file}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NetctlError('USAGE', `${file} is not JSON`, { hint, cause: error });
  }
  const parsed = result.safeParse(value);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.') ?? '';
    const where = at === '' ? '' : `: ${at} is missing, or is something else`;
    throw new NetctlError('USAGE', `${file} is no result of verify${where}`, { hint });
  }
  if (parsed.data.stack !== stack) {
    throw new NetctlError('USAGE', `${file} is about the stack ${parsed.data.stack}, and not about ${stack}`, { hint });
  }
  return parsed.data;
}

/** What was to be proved of a network; of one of the swarm, whichever host it was seen from. */
export function checksOf(proof: Proof | undefined, network: string, host?: HostName): readonly ProofCheck[] {
  return (proof?.checks ?? []).filter((one) => one.network === network && (host === undefined || one.host === host));
}

/** What of that a container sends or answers; another host may have one of the same name. */
export function checksOfMember(checks: readonly ProofCheck[], host: HostName, name: string): readonly TopologyCheck[] {
  return checks
    .filter(({ from, to }) => [from, to].some((one) => one?.host === host && one.name === name))
    .map(shownCheck);
}

export function shownCheck({ state, claim, cause, cure }: ProofCheck): TopologyCheck {
  return { state, claim, ...(cause === undefined ? {} : { cause }), ...(cure === undefined ? {} : { cure }) };
}

/** What several checks say together: one that failed counts more than all that did not. */
export function provedBy(checks: readonly Pick<TopologyCheck, 'state'>[]): TopologyCheck['state'] | undefined {
  const [first] = checks;
  if (first === undefined) return undefined;
  return (['failed', 'untested'] as const).find((state) => checks.some((one) => one.state === state)) ?? 'passed';
}
