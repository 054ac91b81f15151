import { differs, staleChecks } from './compare.js';
import type { Live, LiveService } from './live.js';
import { isOwn, ownerOf } from './marks.js';
import type { ServiceOwner } from './marks.js';
import type { ServiceRegistration } from './registration.js';
import { sidecarId } from './sidecar.js';

/** An id that is not ours to use. */
export interface Conflict {
  readonly id: string;
  /** The netctl that has it; undefined for somebody else. */
  readonly owner?: ServiceOwner;
  readonly message: string;
}

/** A service to register, and what of it Consul would leave behind. */
export interface Change {
  readonly registration: ServiceRegistration;
  readonly staleChecks: readonly string[];
}

/** What separates an agent from what is wanted. */
export interface Difference {
  readonly change: readonly Change[];
  readonly remove: readonly string[];
  readonly unchanged: readonly string[];
  readonly conflicts: readonly Conflict[];
}

/** Compares what is wanted, with its marks, to what the agent has; what is kept is not removed. Pure. */
export function diff(
  wanted: readonly ServiceRegistration[],
  live: Live,
  owner: ServiceOwner,
  kept: ReadonlySet<string> = new Set(),
): Difference {
  const change: Change[] = [];
  const unchanged: string[] = [];
  const conflicts: Conflict[] = [];
  const byId = new Map<string, ServiceRegistration>();
  for (const registration of wanted) {
    const { ID: id } = registration;
    const conflict = byId.has(id)
      ? { id, owner, message: `${id} is asked for twice; the first has it` }
      : conflictOf(registration, live, owner);
    if (conflict !== undefined) conflicts.push(conflict);
    if (byId.has(id)) continue;
    byId.set(id, registration);
    if (conflict !== undefined) continue;
    if (differs(registration, live, owner)) change.push({ registration, staleChecks: staleChecks(registration, live) });
    else unchanged.push(id);
  }
  const remove = [...live.services.values()].filter(
    (one) => isOwn(one, owner) && !isWanted(one, byId) && !kept.has(one.ID),
  );
  // The sidecar of a service goes with it.
  const gone = new Set(remove.map(({ ID: id }) => id));
  return {
    change,
    unchanged,
    conflicts,
    remove: remove.filter(({ Destination: of }) => !gone.has(of)).map(({ ID: id }) => id),
  };
}

function isWanted(service: LiveService, wanted: ReadonlyMap<string, ServiceRegistration>): boolean {
  if (service.Kind !== 'connect-proxy') return wanted.has(service.ID);
  // Without a sidecar in its registration, Consul leaves the one that a service had.
  return wanted.get(service.Destination)?.Connect?.SidecarService !== undefined;
}

function conflictOf(
  { ID: id, Connect: connect }: ServiceRegistration,
  live: Live,
  owner: ServiceOwner,
): Conflict | undefined {
  const ids = connect?.SidecarService === undefined ? [id] : [id, sidecarId(id)];
  const other = ids.map((one) => live.services.get(one)).find((one) => one !== undefined && !isOwn(one, owner));
  if (other === undefined) return undefined;
  const theirs = ownerOf(other);
  const who = theirs === undefined ? 'somebody else' : `the netctl of ${theirs.stack} on ${theirs.host}`;
  const message = `${other.ID} is registered by ${who}, and stays as it is`;
  return { id, message, ...(theirs !== undefined && { owner: theirs }) };
}
