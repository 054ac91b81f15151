import type { Live } from './live.js';
import { isOwn } from './marks.js';
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
/**
 * Seconds that the heartbeat is left longer than what follows it, since a check that follows nothing is passing for up to a
 * minute (seen on 1.8.7), and would count anew. Consul looks twice a minute.
 */
const OUTLIVES = 120;

const ENGINE = 'netctl-engine';

/** The name of the service that says that a netctl is at work; a token needs `write` on it. */
export const HEARTBEAT_SERVICE = 'netctl';

/** One per stack and host, neither of which has a colon. Its only check has the same id. */
export function heartbeatId({ stack, host }: ServiceOwner): string {
  return `netctl:${stack}:${host}`;
}

/** The engine whose netctl keeps the entries of this owner now, where that is known and another one than ours. */
export function otherEngine(owner: ServiceOwner, { services, checks }: Live, engine: string): string | undefined {
  const id = heartbeatId(owner);
  const service = services.get(id);
  if (service === undefined || !isOwn(service, owner)) return undefined;
  const theirs = service.Meta[ENGINE];
  const isKept = checks.get(id)?.some(({ Status: status }) => status === 'passing') === true;
  return isKept && engine !== '' && theirs !== engine ? theirs : undefined;
}

/** The id of the check by which a service follows the heartbeat. */
export const lifelineId = (service: string): string => `${service}:netctl`;

/** The id of a check that a container asks for. */
export const checkId = (service: string, check: string): string => `${service}:check:${check}`;

/**
 * The one entry with a TTL, which all others of the owner follow, so that one write in a while keeps any number of them. With
 * the id of the engine, where that is known, so that two hosts of one name are told apart.
 */
export function heartbeat(owner: ServiceOwner, patience: Patience, engine = ''): ServiceRegistration {
  const id = heartbeatId(owner);
  return {
    ID: id,
    Name: HEARTBEAT_SERVICE,
    Tags: [],
    Address: '',
    Port: 0,
    Meta: engine === '' ? {} : { [ENGINE]: engine },
    Checks: [
      {
        CheckID: id,
        Name: `netctl of ${owner.stack} on ${owner.host}`,
        TTL: seconds(patience.ttl ?? DEFAULT_TTL),
        Status: 'passing',
        DeregisterCriticalServiceAfter: seconds(deregisterAfter(patience) + OUTLIVES),
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
    CheckID: lifelineId(id),
    Name: 'netctl is at work',
    AliasService: heartbeatId(owner),
    Status: 'passing',
    DeregisterCriticalServiceAfter: seconds(deregisterAfter(patience)),
  };
  const own = checks.map((check, index) => ({ ...check, CheckID: checkId(id, check.CheckID ?? `${index + 1}`) }));
  return { ...registration, Checks: [lifeline, ...own] };
}

const deregisterAfter = (patience: Patience): number => patience.deregisterAfter ?? DEFAULT_DEREGISTER_AFTER;
const seconds = (count: number): string => `${count}s`;
