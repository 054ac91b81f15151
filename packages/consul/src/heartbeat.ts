import type { ServiceOwner } from './marks.js';
import type { CheckRegistration, ServiceRegistration } from './registration.js';

/** How long Consul waits for a netctl that says nothing. */
export interface Patience {
  /** Seconds without a reconcile after which the entries are critical, and DNS does not answer them; 600 by default. */
  readonly ttl?: number;
  /** Seconds that they are critical before Consul deregisters them, 600 by default; Consul has 60 for the least. */
  readonly deregisterAfter?: number;
}

const DEFAULT_TTL = 600;
const DEFAULT_DEREGISTER_AFTER = 600;

/** The name of the service that says that a netctl is at work; a token needs `write` on it. */
export const HEARTBEAT_SERVICE = 'netctl';

/** One per stack and host. Its only check has the same id. */
export function heartbeatId({ stack, host }: ServiceOwner): string {
  return `netctl-${stack}-${host}`;
}

/**
 * The one entry with a TTL, which all others of the owner follow, so that one write in a while keeps any number of them.
 * It outlives them: 1.8.7 calls a check that follows nothing passing for up to a minute.
 */
export function heartbeat(owner: ServiceOwner, patience: Patience): ServiceRegistration {
  const id = heartbeatId(owner);
  return {
    ID: id,
    Name: HEARTBEAT_SERVICE,
    Tags: [],
    Address: '',
    Port: 0,
    Meta: {},
    Checks: [
      {
        CheckID: id,
        Name: `netctl of ${owner.stack} on ${owner.host}`,
        TTL: seconds(patience.ttl ?? DEFAULT_TTL),
        Status: 'passing',
        DeregisterCriticalServiceAfter: seconds(2 * deregisterAfter(patience)),
      },
    ],
  };
}

/**
 * The registration with a check that follows the heartbeat before its own, and ids for all of them: they are unique in an
 * agent, and a container may ask for any.
 */
export function withLifeline(
  registration: ServiceRegistration,
  owner: ServiceOwner,
  patience: Patience,
): ServiceRegistration {
  const { ID: id, Checks: checks = [] } = registration;
  const lifeline: CheckRegistration = {
    CheckID: `${id}:netctl`,
    Name: 'netctl is at work',
    AliasService: heartbeatId(owner),
    Status: 'passing',
    DeregisterCriticalServiceAfter: seconds(deregisterAfter(patience)),
  };
  const own = checks.map((check, index) => ({ ...check, CheckID: `${id}:check:${check.CheckID ?? index + 1}` }));
  return { ...registration, Checks: [lifeline, ...own] };
}

const deregisterAfter = (patience: Patience): number => patience.deregisterAfter ?? DEFAULT_DEREGISTER_AFTER;
const seconds = (count: number): string => `${count}s`;
