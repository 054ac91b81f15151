import type { Plan } from '../model.js';
import type { LoadedSpec } from '../spec/load.js';
import { addressesOfSpec } from './addresses.js';
import type { NetworkUse } from './addresses.js';
import { lookAtAll } from './hosts.js';
import type { Targets } from './hosts.js';
import type { LookOptions } from './observe.js';
import { statusOf } from './status.js';
import type { StatusItem } from './status.js';

/**
 * The steps that separate the host from the spec, each with its reason. Writes nothing.
 * @throws NetctlError when the engine or the links cannot be read; what is wrong with the plan is in its `problems`
 */
export async function plan(
  loaded: LoadedSpec,
  targets: Targets,
  options: Omit<LookOptions, 'known'> & { readonly partial?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Plan> {
  return (await lookAtAll(loaded, targets, options, options.signal)).plan;
}

/** A plan, and who has or will have which address of each network of the spec. */
export interface AddressedPlan {
  readonly plan: Plan;
  readonly addresses: readonly NetworkUse[];
}

/** As `plan`, with the addresses of every network. */
export async function planAddressed(
  loaded: LoadedSpec,
  targets: Targets,
  options: Parameters<typeof plan>[2] = {},
): Promise<AddressedPlan> {
  const { plan: pending, observed } = await lookAtAll(loaded, targets, options, options.signal);
  return { plan: pending, addresses: addressesOfSpec(loaded, observed) };
}

/** What is there beside what the spec wants, on every host that could be asked. */
export interface Status {
  readonly version: 1;
  readonly stack: string;
  readonly items: readonly StatusItem[];
  readonly problems: Plan['problems'];
}

/**
 * What the spec wants beside what is there, who is attached, and how many addresses are left. Writes nothing. A host that
 * cannot be reached is among the problems (HOST_UNREACHABLE), unless none can.
 */
export async function status(loaded: LoadedSpec, targets: Targets, signal?: AbortSignal): Promise<Status> {
  const { plan: pending, observed } = await lookAtAll(loaded, targets, { partial: true }, signal);
  return {
    version: 1,
    stack: loaded.spec.name,
    items: statusOf(loaded, observed, pending),
    problems: pending.problems,
  };
}
