import { createHash } from 'node:crypto';
import type { LiveService } from './live.js';
import type { ServiceRegistration } from './registration.js';

/** Whose an entry is: a stack on a host. Several hosts may share one agent. */
export interface ServiceOwner {
  readonly stack: string;
  readonly host: string;
}

/** Keys of a service's Meta, in which Consul takes letters, digits, `-` and `_`. */
const STACK = 'netctl-stack';
const HOST = 'netctl-host';
const SPEC = 'netctl-spec';
const TOKEN = 'netctl-token';

/** The registration with the marks in its Meta, and in that of its sidecar, which would else be a copy made once. */
export function withMarks(
  registration: ServiceRegistration,
  owner: ServiceOwner,
  tokenMark: string,
): ServiceRegistration {
  const marks = {
    ...{ [STACK]: owner.stack, [HOST]: owner.host, [SPEC]: fingerprint(registration) },
    ...(tokenMark !== '' && { [TOKEN]: tokenMark }),
  };
  const { Connect: connect, Meta: meta } = registration;
  const sidecar = connect?.SidecarService;
  return {
    ...registration,
    Meta: { ...meta, ...marks },
    ...(sidecar !== undefined && {
      Connect: { ...connect, SidecarService: { ...sidecar, Meta: { ...(sidecar.Meta ?? meta), ...marks } } },
    }),
  };
}

/** Undefined for what no netctl registered. */
export function ownerOf({ Meta: meta }: LiveService): ServiceOwner | undefined {
  const [stack, host] = [meta[STACK], meta[HOST]];
  return stack === undefined || host === undefined ? undefined : { stack, host };
}

export function isOwn(service: LiveService, owner: ServiceOwner): boolean {
  const { stack, host } = ownerOf(service) ?? {};
  return stack === owner.stack && host === owner.host;
}

export function specOf(service: { readonly Meta: Readonly<Record<string, string>> }): string | undefined {
  return service.Meta[SPEC];
}

/** The same for everybody, whatever the token that it was registered with. */
export function withoutTokenMark(service: LiveService): LiveService {
  return { ...service, Meta: Object.fromEntries(Object.entries(service.Meta).filter(([key]) => key !== TOKEN)) };
}

/**
 * Tells one token from another without being of use to whoever guesses: 16 bits. The agent keeps the token that a service
 * was registered with and goes on using it, so that with a new token all have to be registered again.
 */
export function tokenMark(token: string | undefined): string {
  return token === undefined ? '' : createHash('sha256').update(token).digest('hex').slice(0, 4);
}

/** The agent lists no definition of a check and not all of a proxy, so that what they were made from is known by this. */
function fingerprint(registration: ServiceRegistration): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(registration)))
    .digest('hex')
    .slice(0, 32);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
