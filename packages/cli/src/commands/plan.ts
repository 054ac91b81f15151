import {
  countSteps,
  formatOwners,
  formatPlan,
  formatUse,
  namesHosts,
  plan as planSpec,
  planAddressed,
  stepsOf,
} from '@netctl/core';
import type { NetworkUse } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { planDocument } from '../documents.js';
import { moveScope } from '../move-scope.js';
import type { GlobalOptions, MoveCommandOptions } from '../options.js';
import { openSession } from '../session.js';
import { stateDir } from '../state-dir.js';
import { asTheSpecSays, someUnreachable } from '../unreachable.js';

export interface PlanCommandOptions extends GlobalOptions, MoveCommandOptions {
  readonly detailedExitcode?: boolean;
  readonly destroy?: boolean;
  readonly adopt?: boolean;
  readonly addresses?: boolean;
  readonly partial?: boolean;
}

/** `netctl plan`: shows the steps and why; writes nothing. */
export async function plan({ file, options, output, signal }: CommandInput<PlanCommandOptions>): Promise<number> {
  await using session = await openSession(file, options, signal);
  const { loaded, targets } = session;
  const scope = {
    signal,
    destroy: options.destroy === true,
    partial: options.partial === true,
    adopt: options.adopt === true,
    stateDir: stateDir(process.env),
    ...moveScope(options),
  };
  const { plan: result, addresses } =
    options.addresses === true
      ? await planAddressed(loaded, targets, scope)
      : { plan: await planSpec(loaded, targets, scope), addresses: undefined };
  const steps = stepsOf(result);
  output.document({ ...planDocument(result), ...(addresses && { addresses }) });
  output.problems(result.problems, loaded.file);
  const away = someUnreachable(result);
  if (steps.length === 0) output.line(asTheSpecSays(result.stack, away));
  else output.line(`${formatPlan(result)}\n${countSteps(steps)}. Nothing was written.`);
  const several = namesHosts(loaded.spec);
  for (const line of addresses?.flatMap((one) => addressLines(one, several)) ?? []) output.line(line);
  if (result.problems.some(({ severity }) => severity === 'error')) return 3;
  return options.detailedExitcode === true && (steps.length > 0 || away) ? 2 : 0;
}

/** A bar of each subnet, and below it who has what. */
function addressLines({ host, network, subnets }: NetworkUse, several: boolean): readonly string[] {
  return subnets.flatMap((use) => [
    '',
    `network ${network}${several ? ` on ${host}` : ''}  ${formatUse(use)}`,
    ...formatOwners(use).map((line) => `  ${line}`),
  ]);
}
