import {
  formatOwners,
  formatPlan,
  formatSummary,
  formatUse,
  namesHosts,
  plan as planSpec,
  planAddressed,
  planLinks,
  stepsOf,
} from '@netctl/core';
import type { LoadedSpec, NetworkUse, Plan } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { planDocument } from '../documents.js';
import { moveScope } from '../move-scope.js';
import { openLinks } from '../open-host.js';
import type { GlobalOptions, MoveCommandOptions } from '../options.js';
import type { Output } from '../output.js';
import { refusedAsItIs } from '../refused-as-it-is.js';
import { openSession } from '../session.js';
import { readSpec } from '../spec-file.js';
import { stateDir } from '../state-dir.js';
import { asTheSpecSays, linksAsTheSpecSays, someUnreachable } from '../unreachable.js';

export interface PlanCommandOptions extends GlobalOptions, MoveCommandOptions {
  readonly detailedExitcode?: boolean;
  readonly destroy?: boolean;
  readonly adopt?: boolean;
  readonly addresses?: boolean;
  readonly partial?: boolean;
  readonly linksOnly?: boolean;
}

/** `netctl plan`: shows the steps and why; writes nothing. */
export async function plan(input: CommandInput<PlanCommandOptions>): Promise<number> {
  const { file, options, output, signal } = input;
  if (options.linksOnly === true) return planLinksOnly(input);
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
  const away = someUnreachable(result);
  tellPlan(result, loaded, output, asTheSpecSays(result.stack, away));
  const several = namesHosts(loaded.spec);
  for (const line of addresses?.flatMap((one) => addressLines(one, several)) ?? []) output.line(line);
  return exitOf(result, output, options.detailedExitcode === true && (steps.length > 0 || away));
}

/** `netctl plan --links-only`: VLAN links and shims; the engine need not run. */
async function planLinksOnly({ file, options, output, signal }: CommandInput<PlanCommandOptions>): Promise<number> {
  const loaded = await readSpec(file, options, signal);
  await using host = await openLinks({ ...options, signal });
  const result = await planLinks(loaded, host.links, { adopt: options.adopt === true, signal });
  output.document(planDocument(result));
  tellPlan(result, loaded, output, linksAsTheSpecSays(result.stack));
  return exitOf(result, output, options.detailedExitcode === true && stepsOf(result).length > 0);
}

/** The problems are at the top, and may be off the screen: the last line says that it ends with them. */
function exitOf(result: Plan, output: Output, differs: boolean): number {
  const refused = refusedAsItIs(result.problems);
  if (refused === undefined) return differs ? 2 : 0;
  output.line(refused);
  return 3;
}

function tellPlan(result: Plan, { file }: LoadedSpec, output: Output, nothing: string): void {
  output.problems(result.problems, file);
  const steps = stepsOf(result);
  output.line(steps.length === 0 ? nothing : `${formatPlan(result)}\n${formatSummary(result, 'Nothing was written.')}`);
}

/** A bar of each subnet, and below it who has what. */
function addressLines({ host, network, subnets }: NetworkUse, several: boolean): readonly string[] {
  return subnets.flatMap((use) => [
    '',
    `network ${network}${several ? ` on ${host}` : ''}  ${formatUse(use)}`,
    ...formatOwners(use).map((line) => `  ${line}`),
  ]);
}
