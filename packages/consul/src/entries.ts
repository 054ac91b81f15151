import { heartbeat, withLifeline } from './heartbeat.js';
import type { Patience } from './heartbeat.js';
import { withMarks } from './marks.js';
import type { ServiceOwner } from './marks.js';
import type { ServiceRegistration } from './registration.js';
import { withSidecarChecks } from './sidecar.js';

/** Who registers: whose the entries are, how long they last, and by which token; the mark is '' without one. */
export interface Registrar {
  readonly owner: ServiceOwner;
  readonly patience: Patience;
  readonly tokenMark: string;
}

/** The services as an agent is told of them, with their checks and marks. */
export function entriesFor(
  services: readonly ServiceRegistration[],
  { owner, patience, tokenMark }: Registrar,
): readonly ServiceRegistration[] {
  return services.map((one) => withMarks(withLifeline(withSidecarChecks(one), owner, patience), owner, tokenMark));
}

/** The heartbeat as an agent is told of it. */
export function pulseFor({ owner, patience, tokenMark }: Registrar, engine?: string): ServiceRegistration {
  return withMarks(heartbeat(owner, patience, engine), owner, tokenMark);
}
