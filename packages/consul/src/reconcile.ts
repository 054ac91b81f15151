import { NetctlError } from '@netctl/core';
import { deregisterCheck, deregisterService, listLive, passCheck, registerService } from './agent.js';
import type { AgentClient } from './client.js';
import type { Consul } from './connect.js';
import { diff } from './diff.js';
import type { Change, Conflict, Difference } from './diff.js';
import { each } from './each.js';
import { entriesFor, pulseFor } from './entries.js';
import { heartbeatId, otherEngine } from './heartbeat.js';
import type { Patience } from './heartbeat.js';
import { keptIds } from './kept.js';
import type { KeptPlace } from './kept.js';
import type { ServiceOwner } from './marks.js';
import type { ServiceRegistration } from './registration.js';

/** The agent writes each to its disk. */
const AT_ONCE = 8;

export interface ReconcileOptions extends Patience {
  /** Where the owner's entries stay, though they are not wanted. */
  readonly kept?: readonly KeptPlace[];
  /** The id of the engine whose containers they are: nothing is done while another one's are kept under the same owner. */
  readonly engine?: string;
  readonly signal?: AbortSignal;
}

/** One entry that Consul refused; the others were done. */
export interface FailedEntry {
  readonly id: string;
  /** CONSUL_ERROR or CONSUL_DENIED. */
  readonly error: NetctlError;
}

/** What one reconcile did. Ids are those of the services; the heartbeat is not among them. */
export interface Reconciled {
  /** Made, or put right. */
  readonly registered: readonly string[];
  readonly deregistered: readonly string[];
  readonly unchanged: readonly string[];
  readonly conflicts: readonly Conflict[];
  readonly failed: readonly FailedEntry[];
}

/**
 * Makes the entries of one owner in an agent those that are wanted: looks at all of them, registers what is missing or
 * differs, and deregisters what is the owner's and wanted no more. What has no mark of this owner is never touched. It is
 * also the heartbeat, so it has to be run far more often than `ttl`. Run again after a failure it does what is left.
 * With nothing wanted nothing is left.
 * @throws NetctlError CONSUL_UNREACHABLE, CONSUL_TIMEOUT, PERMISSION when the agent is not there; CONSUL_ERROR,
 * CONSUL_DENIED when it lists nothing or refuses the heartbeat; CONSUL_ERROR while another engine has this owner
 */
export async function reconcile(
  consul: Consul,
  wanted: readonly ServiceRegistration[],
  owner: ServiceOwner,
  options: ReconcileOptions = {},
): Promise<Reconciled> {
  const { client, tokenMark } = consul;
  const { signal } = options;
  const live = await listLive(client, signal);
  const pulse = heartbeatId(owner);
  const other = otherEngine(owner, live, options.engine ?? '');
  if (other !== undefined) throw twoEngines(owner, other);
  const kept = keptIds(options.kept ?? [], live, owner);
  const registrar = { owner, patience: options, tokenMark };
  const entries = [...entriesFor(wanted, registrar)];
  // First, since the others follow it.
  if (entries.length + kept.size > 0) entries.unshift(pulseFor(registrar, options.engine));
  const difference = diff(entries, live, owner, kept);
  await keepAlive(client, difference, pulse, signal);
  const { change, remove, unchanged, conflicts } = without(difference, pulse);

  const writes: readonly Write[] = [
    ...remove.map((id) => ({ id, run: async () => deregisterService(client, id, signal) })),
    ...change.map((one) => ({ id: one.registration.ID, run: async () => put(client, one, signal) })),
  ];
  const refused = await runAll(writes);
  // Last, and not while anything follows it.
  if (difference.remove.includes(pulse) && refused.size === 0) await deregisterService(client, pulse, signal);
  const isDone = (id: string): boolean => !refused.has(id);
  return {
    registered: change.map(({ registration }) => registration.ID).filter(isDone),
    deregistered: remove.filter(isDone),
    unchanged,
    conflicts,
    failed: writes.flatMap(({ id }) => {
      const error = refused.get(id);
      return error === undefined ? [] : [{ id, error }];
    }),
  };
}

/** Removes all entries of the owner; a second time there is nothing to do. Throws as `reconcile` does. */
export async function deregisterAll(
  consul: Consul,
  owner: ServiceOwner,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Reconciled> {
  return reconcile(consul, [], owner, options);
}

interface Write {
  readonly id: string;
  readonly run: () => Promise<void>;
}

/** Gives what was refused of single entries; throws what would go wrong for all of them. */
async function runAll(writes: readonly Write[]): Promise<ReadonlyMap<string, NetctlError>> {
  const refused = new Map<string, NetctlError>();
  await each(writes, AT_ONCE, async ({ id, run }) => {
    try {
      await run();
    } catch (error) {
      if (!isOfTheEntry(error)) throw error;
      refused.set(id, error);
    }
  });
  return refused;
}

async function keepAlive(
  client: AgentClient,
  { change, unchanged, conflicts }: Difference,
  pulse: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const taken = conflicts.find(({ id }) => id === pulse);
  if (taken !== undefined) {
    throw new NetctlError('CONSUL_ERROR', `The heartbeat of netctl cannot be registered: ${taken.message}`, {
      hint: `Deregister it (consul services deregister -id=${pulse}), or rename the stack.`,
    });
  }
  const beat = change.find(({ registration }) => registration.ID === pulse);
  if (beat !== undefined) await put(client, beat, signal);
  // After a registration too: only what was said of it is there again after a restart of the agent (seen on 1.8.7).
  if (beat !== undefined || unchanged.includes(pulse)) await passCheck(client, pulse, signal);
}

/** Each would deregister the other's living containers, for ever. */
function twoEngines({ stack, host }: ServiceOwner, engine: string): NetctlError {
  const message = `Another netctl keeps services of ${stack} on ${host} in this agent, for the engine ${JSON.stringify(engine)}`;
  return new NetctlError('CONSUL_ERROR', message, {
    hint: 'Give the hosts names in hosts:, or rename the stack. If that engine is gone, wait until ttl is over.',
  });
}

function without({ change, remove, unchanged, conflicts }: Difference, pulse: string): Difference {
  return {
    change: change.filter(({ registration }) => registration.ID !== pulse),
    remove: remove.filter((id) => id !== pulse),
    unchanged: unchanged.filter((id) => id !== pulse),
    conflicts,
  };
}

async function put(
  client: AgentClient,
  { registration, staleChecks }: Change,
  signal: AbortSignal | undefined,
): Promise<void> {
  await registerService(client, registration, signal);
  for (const id of staleChecks) await deregisterCheck(client, id, signal);
}

function isOfTheEntry(error: unknown): error is NetctlError {
  return error instanceof NetctlError && (error.code === 'CONSUL_ERROR' || error.code === 'CONSUL_DENIED');
}
